const blocks = [...'▁▂▃▄▅▆▇█'];

/** Values over time as a line of block characters, the least as the lowest; a gap is where there was none. */
export function sparkBlocks(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return '';
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const block = (value: number) =>
    blocks[most === least ? 0 : Math.round(((value - least) / (most - least)) * (blocks.length - 1))];
  return values.map((value) => (value === null ? '·' : block(value))).join('');
}

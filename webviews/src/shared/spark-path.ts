export const sparkWidth = 120;
export const sparkHeight = 18;

/** The path of a small curve in a box of {@link sparkWidth} × {@link sparkHeight}; what is not finite leaves a gap. */
export function sparkPath(x: readonly number[], y: readonly number[]): string {
  const finite = y.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const [from, to] = [x[0] ?? 0, x[x.length - 1] ?? 0];
  let inGap = true;
  let path = '';
  for (const [index, value] of y.entries()) {
    if (!Number.isFinite(value)) {
      inGap = true;
      continue;
    }
    const left = to > from ? (((x[index] ?? 0) - from) / (to - from)) * sparkWidth : sparkWidth / 2;
    const top = high > low ? sparkHeight - 2 - ((value - low) / (high - low)) * (sparkHeight - 4) : sparkHeight / 2;
    path += `${inGap ? 'M' : 'L'}${left.toFixed(1)} ${top.toFixed(1)}`;
    inGap = false;
  }
  // A line of no length is seen as a dot.
  return finite.length === 1 ? `${path}h0` : path;
}

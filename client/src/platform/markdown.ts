/** Text as Markdown shows it literally, on one line, cut at `limit` characters. */
export function markdownText(text: string, limit = 200): string {
  const line = text.replaceAll(/\s+/g, ' ');
  const characters = [...line];
  const cut = characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : line;
  return cut.replaceAll(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&');
}

/** Text that stays in its cell of a table, and else as it is: for Markdown that is read as it is written. */
export function markdownCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}

/** The lines of a table, whose cells `write` makes from text. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  write: (text: string) => string = markdownText,
): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((cells) => line(cells.map((cell) => write(cell))))];
}

/** What is known of one thing, as a tooltip: its name, then a line for each fact. */
export function factsTooltip(name: string, facts: readonly (readonly [string, string])[]): string {
  const table = markdownTable(['', ''], facts, (text) => markdownText(text, 400));
  return [`**${markdownText(name)}**`, '', ...table].join('\n');
}

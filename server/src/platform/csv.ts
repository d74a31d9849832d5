/**
 * One line of CSV by RFC 4180, its line end included. Text that a spreadsheet would take for a formula (it begins with
 * `=`, `+`, `-`, `@`, a tab or a carriage return, and is no number) gets a leading apostrophe, which spreadsheets hide:
 * a run's name or tag may come from anyone, and opening a table must not run it. Numbers stay as they are.
 */
export function csvLine(cells: readonly (string | number | null | undefined)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'number' ? String(value) : harmless(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function harmless(text: string): string {
  if (!/^[=+\-@\t\r]/.test(text)) return text;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) || /^[+-]inf(?:inity)?$/i.test(text)
    ? text
    : `'${text}`;
}

/** One line of CSV (RFC 4180), without its end. */
function csvLine(cells: readonly string[]): string {
  return cells.map(csvCell).join(',');
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// A spreadsheet would run such text as a formula.
const formula = /^[=@\t\r]|^[+-](?![\d.]|inf|Infinity)/;

/** A table as CSV. Text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function toCsv(header: readonly string[], rows: Iterable<readonly string[]>): string {
  const lines = [csvLine(header.map(defuse))];
  for (const row of rows) lines.push(csvLine(row.map(defuse)));
  return `${lines.join('\r\n')}\r\n`;
}

function defuse(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

import { parse } from 'csv-parse/sync';
import type { ArtifactPreview } from '#schemas/protocol/experiments.ts';
import { cutText } from './wire.ts';

type TablePreview = Extract<ArtifactPreview, { type: 'table' }>;

const shownRows = 200;
const shownColumns = 200;
const longestCell = 500;
/** All cells of a preview together, UTF-16 units: an answer stays under a megabyte. */
const roomForCells = 600_000;

/**
 * The first rows of a CSV or TSV file, its first line the column names; null where it can't be read as one. `delimiter`
 * null: a comma, or a semicolon where the first line has more of those. With `truncated`, the last line may be cut.
 */
export function previewDelimited(
  text: string,
  options: { delimiter: string | null; truncated: boolean },
): TablePreview | null {
  const complete = options.truncated ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
  const records = parseRecords(complete, options.delimiter ?? delimiterOf(complete));
  const [columns, ...rows] = records ?? [];
  if (!columns) return null;
  return bounded(columns, rows, options.truncated || rows.length > shownRows);
}

/** A table as `mlflow.log_table` writes it, `{"columns": […], "data": [[…]]}`; null where the text is no such thing. */
export function previewJsonTable(text: string): TablePreview | null {
  // Python's writer puts NaN and infinities where JSON knows none.
  const table =
    parseOrNull(text) ??
    parseOrNull(text.replace(beyondJson, (found) => (found.startsWith('"') ? found : `"${found}"`)));
  if (typeof table !== 'object' || table === null || !('columns' in table) || !('data' in table)) return null;
  const { columns, data } = table;
  if (!Array.isArray(columns) || !Array.isArray(data) || !data.every((row) => Array.isArray(row))) return null;
  const rows = data.slice(0, shownRows + 1).map((row) => row.map(cellText));
  return bounded(columns.map(cellText), rows, rows.length > shownRows);
}

/** Whole strings, so that nothing within one is taken for a number. */
const beyondJson = /"(?:[^"\\]|\\.)*"|NaN|-?Infinity/g;

function parseRecords(text: string, delimiter: string): string[][] | null {
  try {
    return parse(text, {
      bom: true,
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      to: shownRows + 2,
    });
  } catch {
    return null;
  }
}

function delimiterOf(text: string): string {
  const end = text.indexOf('\n');
  const line = end < 0 ? text : text.slice(0, end);
  return line.split(';').length > line.split(',').length ? ';' : ',';
}

function bounded(columns: readonly string[], rows: readonly (readonly string[])[], truncated: boolean): TablePreview {
  const width = Math.min(shownColumns, Math.max(columns.length, ...rows.slice(0, shownRows).map((row) => row.length)));
  const cut = (cells: readonly string[]) =>
    Array.from({ length: width }, (_, column) => cutText(cells[column] ?? '', longestCell));
  let room = roomForCells;
  const shown: string[][] = [];
  for (const row of rows.slice(0, shownRows)) {
    const cells = cut(row);
    room -= cells.reduce((sum, cell) => sum + cell.length + 3, 0);
    if (room < 0) break;
    shown.push(cells);
  }
  const isCut = truncated || columns.length > shownColumns || shown.length < Math.min(rows.length, shownRows);
  return { type: 'table', columns: cut(columns), rows: shown, truncated: isCut };
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function cellText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  return JSON.stringify(value);
}

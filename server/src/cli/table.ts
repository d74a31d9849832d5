import measure from 'fast-string-truncated-width';
import { harmless, type Output, type Style } from './output.ts';

export interface Column<T> {
  readonly header: string;
  readonly cell: (row: T) => string;
  readonly align?: 'left' | 'right';
  /** How its cells look; the text is there already. */
  readonly style?: (row: T) => Style | null;
  /** May be made narrower down to so many columns of the terminal; without it, never. */
  readonly shrinkTo?: number;
  /** Left out where there is no room for it: the higher, the sooner. */
  readonly optional?: number;
}

const gap = 2;
const narrowest = 4;

/**
 * A table without lines, as wide as the output lets it be: long texts are cut with an ellipsis, and optional columns
 * that don't fit are left out. Wide characters count twice.
 */
export function renderTable<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  output: Pick<Output, 'width' | 'style'>,
): { text: string; shown: readonly Column<T>[] } {
  const laidOut = columns.map((column) => layOut(column, rows));
  const shown = fitColumns(laidOut, output.width);
  const header = line(
    shown.map(({ column, width }) => ({ text: column.header, width, align: column.align, style: 'dim' as const })),
    output,
  );
  const lines = rows.map((row, index) =>
    line(
      shown.map(({ column, cells, width }) => ({
        text: cells[index] ?? '',
        width,
        align: column.align,
        style: column.style?.(row) ?? null,
      })),
      output,
    ),
  );
  return { text: [header, ...lines].join('\n'), shown: shown.map(({ column }) => column) };
}

/** Columns that a text takes in a terminal. */
export function displayWidth(text: string): number {
  return measure(text).width;
}

const graphemes = new Intl.Segmenter();

/** Text cut to so many columns of the terminal, an ellipsis at its end. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let room = width - 1;
  for (const { segment } of graphemes.segment(text)) {
    room -= displayWidth(segment);
    if (room < 0) break;
    kept += segment;
  }
  return `${kept}…`;
}

interface LaidOut<T> {
  readonly column: Column<T>;
  readonly cells: readonly string[];
  width: number;
}

function layOut<T>(column: Column<T>, rows: readonly T[]): LaidOut<T> {
  const cells = rows.map((row) => harmless(column.cell(row)));
  const width = cells.reduce((widest, cell) => Math.max(widest, displayWidth(cell)), displayWidth(column.header));
  return { column, cells, width };
}

/** First long texts are shortened as far as reads well, then optional columns go, then all that can becomes narrow. */
function fitColumns<T>(columns: readonly LaidOut<T>[], available: number): readonly LaidOut<T>[] {
  let shown = [...columns];
  const least = (column: LaidOut<T>) => Math.min(column.width, column.column.shrinkTo ?? column.width);
  while (total(shown, least) > available) {
    const ranks = shown.map(({ column }) => column.optional ?? 0);
    const highest = Math.max(...ranks);
    if (highest === 0) break;
    shown = shown.toSpliced(ranks.lastIndexOf(highest), 1);
  }
  shrink(shown, available, (column) => column.column.shrinkTo ?? column.width);
  shrink(shown, available, () => narrowest);
  return shown;
}

function shrink<T>(columns: readonly LaidOut<T>[], available: number, least: (column: LaidOut<T>) => number): void {
  let excess = total(columns, ({ width }) => width) - available;
  while (excess > 0) {
    const widest = columns.filter((column) => column.width > least(column)).sort((a, b) => b.width - a.width)[0];
    if (!widest) return;
    widest.width -= 1;
    excess -= 1;
  }
}

function total<T>(columns: readonly LaidOut<T>[], widthOf: (column: LaidOut<T>) => number): number {
  return columns.reduce((sum, column) => sum + widthOf(column), 0) + gap * Math.max(0, columns.length - 1);
}

interface Cell {
  readonly text: string;
  readonly width: number;
  readonly align: 'left' | 'right' | undefined;
  readonly style: Style | null;
}

function line(cells: readonly Cell[], output: Pick<Output, 'style'>): string {
  const padded = cells.map(({ text, width, align, style }, index) => {
    const cut = truncate(text, width);
    const padding = ' '.repeat(Math.max(0, width - displayWidth(cut)));
    const styled = style ? output.style(style, cut) : cut;
    if (align === 'right') return padding + styled;
    return index === cells.length - 1 ? styled : styled + padding;
  });
  return padded.join(' '.repeat(gap)).trimEnd();
}

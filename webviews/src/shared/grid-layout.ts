/** A column of a grid. Frozen columns come first and stay in sight. */
export interface GridColumn {
  readonly id: string;
  readonly label: string;
  /** What stands in the head instead of the label: a template. */
  readonly header?: unknown;
  /** Longer words for the head's tooltip. */
  readonly title?: string;
  /** CSS pixels. */
  readonly width: number;
  readonly align?: 'start' | 'end' | 'center';
  readonly sortable?: boolean;
  readonly resizable?: boolean;
  readonly frozen?: boolean;
  /** Cells hold an icon alone. */
  readonly icons?: boolean;
  /** Cells name their row: `rowheader` to assistive technology. */
  readonly names?: boolean;
}

export interface GridSort {
  readonly column: string;
  readonly descending: boolean;
}

export interface PlacedColumn {
  readonly column: GridColumn;
  /** Position among all columns. */
  readonly index: number;
  /** Pixels from the start of the grid; for a frozen column, from the start of the frozen part. */
  readonly left: number;
  readonly width: number;
}

export interface GridLayout {
  readonly frozen: readonly PlacedColumn[];
  readonly scrolling: readonly PlacedColumn[];
  readonly frozenWidth: number;
  readonly totalWidth: number;
}

export const minimumColumnWidth = 40;

/**
 * Places columns one after another. Frozen ones take at most `frozenShare` of the viewport: the widest gives way, so that
 * a narrow panel still shows something beside it.
 */
export function layoutColumns(columns: readonly GridColumn[], viewportWidth: number, frozenShare = 0.55): GridLayout {
  const frozenColumns = columns.filter(({ frozen }) => frozen);
  const wanted = frozenColumns.reduce((sum, { width }) => sum + width, 0);
  const excess = viewportWidth > 0 ? Math.max(0, wanted - Math.floor(viewportWidth * frozenShare)) : 0;
  const widest = frozenColumns.reduce((best, { width }) => Math.max(best, width), 0);
  const givesWay = frozenColumns.findIndex(({ width }) => width === widest);
  const frozen: PlacedColumn[] = [];
  const scrolling: PlacedColumn[] = [];
  let frozenWidth = 0;
  for (const [index, column] of columns.entries()) {
    if (!column.frozen) continue;
    const width = frozen.length === givesWay ? Math.max(96, column.width - excess) : column.width;
    frozen.push({ column, index, left: frozenWidth, width });
    frozenWidth += width;
  }
  let left = frozenWidth;
  for (const [index, column] of columns.entries()) {
    if (column.frozen) continue;
    scrolling.push({ column, index, left, width: column.width });
    left += column.width;
  }
  return { frozen, scrolling, frozenWidth, totalWidth: left };
}

/** The scrolling columns that a viewport shows, and `overscan` more on either side. */
export function columnsInView(
  layout: GridLayout,
  view: { scrollLeft: number; width: number; overscan?: number },
): readonly PlacedColumn[] {
  const { scrolling, frozenWidth } = layout;
  const { scrollLeft, width, overscan = 2 } = view;
  const first = firstEndingAfter(scrolling, scrollLeft + frozenWidth);
  let end = first;
  while (end < scrolling.length && (scrolling[end]?.left ?? 0) < scrollLeft + width) end += 1;
  return scrolling.slice(Math.max(0, first - overscan), end + overscan);
}

function firstEndingAfter(columns: readonly PlacedColumn[], edge: number): number {
  let low = 0;
  let high = columns.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const column = columns[middle];
    if (column && column.left + column.width <= edge) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The least scrolling that brings `start … start + size` between `before` and the far edge of the viewport. */
export function scrollToShow(
  item: { start: number; size: number },
  view: { scroll: number; size: number; before: number },
): number {
  if (item.start < view.scroll + view.before) return Math.max(0, item.start - view.before);
  if (item.start + item.size > view.scroll + view.size) return item.start + item.size - view.size;
  return view.scroll;
}

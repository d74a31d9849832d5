/** A cell of a grid: row −1 is the head. */
export interface GridPosition {
  readonly row: number;
  readonly column: number;
}

export interface GridBounds {
  readonly rows: number;
  readonly columns: number;
  /** Rows of one page. */
  readonly page: number;
}

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** Where a key leads to from a cell, by the grid pattern of ARIA; null for a key that leads nowhere. */
export function moveByKey(at: GridPosition, { key, ctrlKey, metaKey }: Key, bounds: GridBounds): GridPosition | null {
  const far = ctrlKey || metaKey;
  const lastRow = bounds.rows - 1;
  const lastColumn = bounds.columns - 1;
  switch (key) {
    case 'ArrowUp':
      return within({ row: far ? 0 : at.row - 1, column: at.column }, bounds);
    case 'ArrowDown':
      return within({ row: far ? lastRow : at.row + 1, column: at.column }, bounds);
    case 'ArrowLeft':
      return within({ row: at.row, column: far ? 0 : at.column - 1 }, bounds);
    case 'ArrowRight':
      return within({ row: at.row, column: far ? lastColumn : at.column + 1 }, bounds);
    case 'Home':
      return within({ row: far ? 0 : at.row, column: 0 }, bounds);
    case 'End':
      return within({ row: far ? lastRow : at.row, column: lastColumn }, bounds);
    case 'PageUp':
      return within({ row: Math.max(0, at.row - bounds.page), column: at.column }, bounds);
    case 'PageDown':
      return within({ row: at.row + bounds.page, column: at.column }, bounds);
    default:
      return null;
  }
}

/** The nearest cell that there is. */
export function within({ row, column }: GridPosition, bounds: Omit<GridBounds, 'page'>): GridPosition {
  return {
    row: Math.max(-1, Math.min(row, bounds.rows - 1)),
    column: Math.max(0, Math.min(column, bounds.columns - 1)),
  };
}

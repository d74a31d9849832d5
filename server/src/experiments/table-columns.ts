import type { z } from 'zod';
import { toJsonNumber } from '#schemas/domain/number.ts';
import type { TableColumn, tableCell } from '#schemas/protocol/experiments.ts';
import { isNumberText } from './number-text.ts';
import type { FieldKind, FieldSummary, RunFields, RunRecord } from './tracking-store.ts';
import { cutText } from './wire.ts';

export type TableCell = z.infer<typeof tableCell>;

/** A column of params, metrics or tags by its id, `kind.key`; null for attributes and what is no column. */
export function parseColumnId(id: string): { kind: FieldKind; key: string } | null {
  const match = /^(param|metric|tag)\.(.+)$/s.exec(id);
  const kind = match?.[1];
  if (kind !== 'param' && kind !== 'metric' && kind !== 'tag') return null;
  return { kind, key: match?.[2] ?? '' };
}

/** What a store has to read for these columns. */
export function fieldsOf(columnIds: readonly string[]): RunFields {
  const columns = columnIds.map(parseColumnId);
  const keys = (kind: FieldKind) => [
    ...new Set(columns.flatMap((column) => (column?.kind === kind ? column.key : []))),
  ];
  return { params: keys('param'), metrics: keys('metric'), tags: keys('tag') };
}

/** Longer text is cut in cells; sorting looks no further. */
const longestCell = 200;

/** One column's values by row, rows rising; runs that lack it take no room. */
export class ColumnValues {
  readonly #rows: number[] = [];
  readonly #values: (string | number)[] = [];
  readonly #texts = new Map<string, string>();

  add(row: number, value: string | number): void {
    this.#rows.push(row);
    this.#values.push(typeof value === 'number' ? value : this.#share(value));
  }

  /** The value of a row; undefined where the run lacks it. */
  at(row: number): string | number | undefined {
    // Where every run has the column, rows are positions.
    const position = this.#rows[row] === row ? row : this.#find(row);
    return position < 0 ? undefined : this.#values[position];
  }

  clear(): void {
    this.#rows.length = 0;
    this.#values.length = 0;
    this.#texts.clear();
  }

  /** Params take few different values: equal texts are kept once. */
  #share(text: string): string {
    const cut = cutText(text, longestCell);
    const known = this.#texts.get(cut);
    if (known !== undefined) return known;
    if (this.#texts.size < 1_000) this.#texts.set(cut, cut);
    return cut;
  }

  #find(row: number): number {
    let low = 0;
    let high = this.#rows.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#rows[middle] ?? 0;
      if (found === row) return middle;
      if (found < row) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}

interface Column {
  readonly values: ColumnValues;
  readonly first: string | number;
  runs: number;
  numeric: boolean;
  varies: boolean;
}

/**
 * All columns of a query's runs, gathered in one pass. Values are kept as long as they are fewer than `budget` in all;
 * beyond it, only what is told of each column is.
 */
export class ColumnStore {
  readonly #columns: Readonly<Record<FieldKind, Map<string, Column>>> = {
    param: new Map(),
    metric: new Map(),
    tag: new Map(),
  };
  readonly #budget: number;
  #cells = 0;

  constructor(budget: number) {
    this.#budget = budget;
  }

  /** False where there were too many values to keep: {@link values} then has none. */
  get keepsValues(): boolean {
    return this.#cells <= this.#budget;
  }

  /** Rows have to rise from call to call. */
  add(row: number, run: RunRecord): void {
    for (const [key, value] of run.params) this.#add(row, 'param', key, value);
    for (const [key, { value }] of run.metrics) this.#add(row, 'metric', key, value);
    for (const [key, value] of run.tags) this.#add(row, 'tag', key, value);
  }

  /** Undefined where no run has the column, or values are not kept. */
  values(columnId: string): ColumnValues | undefined {
    const column = parseColumnId(columnId);
    return column === null || !this.keepsValues ? undefined : this.#columns[column.kind].get(column.key)?.values;
  }

  describe(): FieldSummary[] {
    return kinds.flatMap((kind) =>
      [...this.#columns[kind]].map(([key, { runs, numeric, varies }]) => ({ kind, key, runs, numeric, varies })),
    );
  }

  // Called a million times for a large table: no object is made for a cell.
  #add(row: number, kind: FieldKind, key: string, value: string | number): void {
    const columns = this.#columns[kind];
    let column = columns.get(key);
    if (column === undefined) {
      column = { values: new ColumnValues(), first: value, runs: 0, numeric: true, varies: false };
      columns.set(key, column);
    }
    column.runs += 1;
    column.numeric &&= isNumeric(value);
    column.varies ||= !isSame(column.first, value);
    if (!this.keepsValues) return;
    this.#cells += 1;
    if (this.keepsValues) column.values.add(row, value);
    else this.#dropValues();
  }

  #dropValues(): void {
    for (const columns of Object.values(this.#columns)) for (const { values } of columns.values()) values.clear();
  }
}

const kinds = ['param', 'metric', 'tag'] as const;

/** Columns of params, metrics and tags, each by key. */
export function describeFields(summaries: readonly FieldSummary[]): TableColumn[] {
  return kinds.flatMap((kind) =>
    summaries
      .filter((summary) => summary.kind === kind)
      .map((summary) => ({ id: `${kind}.${summary.key}`, ...summary }))
      .sort((a, b) => byText.compare(a.key, b.key) || (a.key < b.key ? -1 : 1)),
  );
}

function isSame(a: string | number, b: string | number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/** Orders keys and text as people do: `run-2` before `run-10`. */
export const byText = new Intl.Collator('en', { numeric: true });

function isNumeric(value: string | number): boolean {
  return typeof value === 'number' || isNumberText(value);
}

export function toCell(value: string | number | null | undefined): TableCell {
  if (value === undefined || value === null) return null;
  return typeof value === 'number' ? toJsonNumber(value) : cutText(value, longestCell);
}

/** A run's own value in a column. */
export function fieldOf(run: RunRecord, columnId: string): string | number | undefined {
  const column = parseColumnId(columnId);
  if (column === null) return undefined;
  if (column.kind === 'metric') return run.metrics.get(column.key)?.value;
  return (column.kind === 'param' ? run.params : run.tags).get(column.key);
}

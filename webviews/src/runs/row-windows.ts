import type { z } from 'zod';
import type { TableRow, tableCell } from '#schemas/protocol/experiments.ts';

export type Cell = z.infer<typeof tableCell>;

/** A row as far as it has been read: the cells of the columns that were in sight. */
export interface WindowRow {
  readonly ref: TableRow['ref'];
  readonly status: TableRow['status'];
  readonly marks: TableRow['marks'];
  readonly cells: ReadonlyMap<string, Cell>;
}

export interface WindowRequest {
  readonly start: number;
  readonly count: number;
  readonly columns: readonly string[];
  readonly signal: AbortSignal;
}

export interface WindowAnswer {
  readonly rows: readonly TableRow[];
  readonly total: number;
  readonly revision: number;
}

interface Page {
  rows: WindowRow[];
  revision: number;
  /** What was read is of an older revision: shown until the new is there. */
  stale: boolean;
  loaded: Set<string>;
  pending: Map<string, AbortController>;
}

export interface RowWindowsOptions {
  readonly fetch: (request: WindowRequest) => Promise<WindowAnswer>;
  /** Rows or their number changed. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

const rowsOfPage = 100;
const keptPages = 80;
const columnsAtOnce = 60;

/**
 * The rows of a query that a person has scrolled past, read in pages of 100 and only for the columns in sight. What has
 * left the sight before it was answered is cancelled.
 */
export class RowWindows {
  readonly #options: RowWindowsOptions;
  readonly #pages = new Map<number, Page>();
  #total = 0;
  #needed: { first: number; last: number; columns: readonly string[] } | null = null;

  constructor(options: RowWindowsOptions) {
    this.#options = options;
  }

  get total(): number {
    return this.#total;
  }

  /** What is known before any page is read. */
  setTotal(total: number): void {
    this.#total = total;
  }

  row(index: number): WindowRow | undefined {
    return this.#pages.get(Math.floor(index / rowsOfPage))?.rows[index % rowsOfPage];
  }

  /** The rows that are there, among those read. */
  *known(): Iterable<WindowRow> {
    for (const { rows } of this.#pages.values()) yield* rows;
  }

  /** Another query or order: nothing that was read holds. */
  reset(total: number): void {
    for (const page of this.#pages.values()) abort(page);
    this.#pages.clear();
    this.#total = total;
    this.#read();
  }

  /** Something changed: reads anew what is in sight, showing the old until the new is there. */
  refresh(): void {
    for (const page of this.#pages.values()) {
      abort(page);
      page.stale = true;
    }
    this.#read();
  }

  /** Says what is in sight: rows `start … end` of these columns. */
  need(start: number, end: number, columns: readonly string[]): void {
    const first = Math.floor(start / rowsOfPage);
    const last = Math.max(first, Math.floor((end - 1) / rowsOfPage));
    this.#needed = { first, last, columns };
    for (const [index, page] of this.#pages) if (index < first - 1 || index > last + 1) abort(page);
    this.#read();
  }

  #read(): void {
    if (!this.#needed) return;
    const { first, last, columns } = this.#needed;
    for (let index = first; index <= last; index += 1) {
      if (index * rowsOfPage >= this.#total && index > 0) break;
      const page = this.#touch(index);
      const missing = columns.filter((id) => !page.pending.has(id) && (page.stale || !page.loaded.has(id)));
      const unread = page.revision < 0 && page.pending.size === 0;
      if (missing.length === 0 && !unread) continue;
      for (let at = 0; at < Math.max(1, missing.length); at += columnsAtOnce) {
        this.#load(index, page, missing.slice(at, at + columnsAtOnce));
      }
    }
  }

  #touch(index: number): Page {
    const known = this.#pages.get(index);
    const page = known ?? { rows: [], revision: -1, stale: false, loaded: new Set(), pending: new Map() };
    this.#pages.delete(index);
    this.#pages.set(index, page);
    for (const [oldest, { pending }] of this.#pages) {
      if (this.#pages.size <= keptPages) break;
      if (pending.size === 0) this.#pages.delete(oldest);
    }
    return page;
  }

  async #load(index: number, page: Page, columns: readonly string[]): Promise<void> {
    const aborter = new AbortController();
    // A page without columns still has rows; the empty name stands for them.
    const names = columns.length > 0 ? columns : [''];
    for (const id of names) page.pending.set(id, aborter);
    try {
      const start = index * rowsOfPage;
      const answer = await this.#options.fetch({ start, count: rowsOfPage, columns, signal: aborter.signal });
      if (aborter.signal.aborted) return;
      release(page, names, aborter);
      this.#accept(page, columns, answer);
    } catch (error) {
      release(page, names, aborter);
      if (!aborter.signal.aborted) this.#options.onError(error);
    }
  }

  #accept(page: Page, columns: readonly string[], answer: WindowAnswer): void {
    const same = page.revision === answer.revision && !page.stale && isSameRows(page.rows, answer.rows);
    const fresh = !same;
    page.rows = answer.rows.map((row, position) => {
      const cells = new Map(same ? page.rows[position]?.cells : []);
      for (const [column, id] of columns.entries()) cells.set(id, row.cells[column] ?? null);
      return { ref: row.ref, status: row.status, marks: row.marks, cells };
    });
    page.revision = answer.revision;
    page.stale = false;
    page.loaded = new Set([...(fresh ? [] : page.loaded), ...columns]);
    this.#total = answer.total;
    this.#options.onChange();
    // Rows of another revision than the columns that were there: those are to be read again.
    if (fresh) this.#read();
  }
}

function isSameRows(rows: readonly WindowRow[], answer: readonly TableRow[]): boolean {
  return rows.length === answer.length && rows.every(({ ref }, index) => ref.runId === answer[index]?.ref.runId);
}

function abort(page: Page): void {
  for (const aborter of new Set(page.pending.values())) aborter.abort();
  page.pending.clear();
}

function release(page: Page, names: readonly string[], aborter: AbortController): void {
  for (const id of names) if (page.pending.get(id) === aborter) page.pending.delete(id);
}

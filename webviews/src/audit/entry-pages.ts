import type { AuditEntry } from '#schemas/domain/audit.ts';

export interface EntryPagesOptions {
  readonly fetch: (
    range: { readonly start: number; readonly count: number },
    signal: AbortSignal,
  ) => Promise<{ readonly entries: readonly AuditEntry[]; readonly total: number }>;
  /** Entries or their number changed. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

const entriesOfPage = 100;

/** The entries of a query that a person has scrolled past, read in pages. What has left the sight unread is cancelled. */
export class EntryPages {
  readonly #options: EntryPagesOptions;
  #pages = new Map<number, readonly AuditEntry[]>();
  readonly #pending = new Map<number, AbortController>();
  #needed = { first: 0, last: 0 };
  #total = 0;

  constructor(options: EntryPagesOptions) {
    this.#options = options;
  }

  get total(): number {
    return this.#total;
  }

  entry(index: number): AuditEntry | undefined {
    return this.#pages.get(Math.floor(index / entriesOfPage))?.[index % entriesOfPage];
  }

  /** Another query, or the log grew: reads what it begins with, and shows that in place of all that was there. */
  async open(signal: AbortSignal): Promise<void> {
    const { entries, total } = await this.#options.fetch({ start: 0, count: entriesOfPage }, signal);
    signal.throwIfAborted();
    for (const aborter of this.#pending.values()) aborter.abort();
    this.#pending.clear();
    this.#pages = new Map([[0, entries]]);
    this.#total = total;
    this.#read();
  }

  /** Says what is in sight: entries `start … end`. */
  need(start: number, end: number): void {
    const first = Math.floor(start / entriesOfPage);
    this.#needed = { first, last: Math.max(first, Math.floor((end - 1) / entriesOfPage)) };
    for (const [index, aborter] of this.#pending) {
      if (index >= first && index <= this.#needed.last) continue;
      aborter.abort();
      this.#pending.delete(index);
    }
    this.#read();
  }

  #read(): void {
    const { first, last } = this.#needed;
    for (let index = first; index <= last && index * entriesOfPage < this.#total; index += 1) {
      if (!this.#pages.has(index) && !this.#pending.has(index)) void this.#load(index);
    }
  }

  async #load(index: number): Promise<void> {
    const aborter = new AbortController();
    this.#pending.set(index, aborter);
    try {
      const range = { start: index * entriesOfPage, count: entriesOfPage };
      const { entries } = await this.#options.fetch(range, aborter.signal);
      if (aborter.signal.aborted) return;
      this.#pages.set(index, entries);
      this.#options.onChange();
    } catch (error) {
      if (!aborter.signal.aborted) this.#options.onError(error);
    } finally {
      if (this.#pending.get(index) === aborter) this.#pending.delete(index);
    }
  }
}

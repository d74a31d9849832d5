import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

export interface PollClock {
  now(): number;
  /** Returns what cancels it. */
  after(milliseconds: number, run: () => void): () => void;
}

export const systemClock: PollClock = {
  now: Date.now,
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export interface PollOptions {
  /** Looks once, and answers after how many milliseconds to look again. Never fails. */
  readonly look: (signal: AbortSignal) => Promise<number>;
  /** A change of this file, or of one beside it whose name begins alike, is looked at soon. */
  readonly file?: string | null;
  /** Two looks are this far apart at least, milliseconds, however often the file changes. */
  readonly shortestMs: () => number;
  readonly clock?: PollClock | undefined;
}

/** A file that was touched will be touched again in a moment. */
const settleMs = 300;

/** Looks at something again and again, the first time at once, until it is stopped. */
export class Poll {
  readonly #options: PollOptions;
  readonly #clock: PollClock;
  readonly #stopped = new AbortController();
  readonly #files: FSWatcher | null;
  #cancel: () => void = () => undefined;
  #dueAt = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking = false;

  constructor(options: PollOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#files = options.file ? watchFile(options.file, () => this.#hint()) : null;
    this.#schedule(0);
  }

  stop(): void {
    this.#stopped.abort();
    this.#cancel();
    this.#files?.close();
  }

  #schedule(milliseconds: number): void {
    this.#cancel();
    if (this.#stopped.signal.aborted) return;
    this.#dueAt = this.#clock.now() + milliseconds;
    this.#cancel = this.#clock.after(milliseconds, () => void this.#look());
  }

  #hint(): void {
    if (this.#looking) return;
    const now = this.#clock.now();
    const due = Math.max(now + settleMs, this.#lookedAt + this.#options.shortestMs());
    if (due < this.#dueAt) this.#schedule(due - now);
  }

  async #look(): Promise<void> {
    this.#looking = true;
    const again = await this.#options.look(this.#stopped.signal);
    this.#looking = false;
    this.#lookedAt = this.#clock.now();
    this.#schedule(again);
  }
}

/** Tells of changes of a database file and what lies beside it (journal, write-ahead log); null where that can't be had. */
function watchFile(file: string, onChange: () => void): FSWatcher | null {
  try {
    const name = basename(file);
    const watcher = watch(dirname(file), { persistent: false }, (_event, changed) => {
      if (changed === null || changed.startsWith(name)) onChange();
    });
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}

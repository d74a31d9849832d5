import { isDeepStrictEqual } from 'node:util';

/** What is known of something that changes without us: nothing yet, or a value and how old it is. */
export interface LiveAnswer<T> {
  readonly known: { readonly value: T; readonly ageMs: number } | null;
  /** A newer value is on its way: asking again later is worth it. */
  readonly pending: boolean;
}

export interface LiveCacheOptions<T> {
  /** Asks the source. What it answers after `signal` was aborted is not wanted any more. */
  readonly load: (key: string, signal: AbortSignal) => Promise<T>;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** A value younger than this is not asked for again. */
  readonly freshMs: number;
  /** How long an answer is waited for. */
  readonly timeoutMs: number;
  /** How long the source is left alone after a failure; doubles with each further one. */
  readonly backOffMs: { readonly first: number; readonly longest: number };
  /** Keys kept; the one asked for longest ago goes first. */
  readonly maxKeys: number;
  readonly onFailed?: (key: string, error: unknown) => void;
  /** Another value than before was loaded, and is what is known now. */
  readonly onChanged?: (key: string) => void;
}

interface Entry<T> {
  value: { readonly of: T; readonly at: number } | null;
  /** Told to be old, whatever its age. */
  outdated: boolean;
  loading: AbortController | null;
  failures: number;
  notBefore: number;
}

/**
 * Answers at once with what is known, however old, and asks for something newer behind the asker's back: once a key at a
 * time, for a limited time, and less and less often where that fails.
 */
export class LiveCache<T> {
  readonly #options: LiveCacheOptions<T>;
  /** In the order they were asked for, the latest last. */
  readonly #entries = new Map<string, Entry<T>>();

  constructor(options: LiveCacheOptions<T>) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): LiveAnswer<T> {
    const entry = this.#touch(key);
    const now = this.#options.now();
    const isFresh = entry.value !== null && !entry.outdated && now - entry.value.at < this.#options.freshMs;
    if (!isFresh && entry.loading === null && now >= entry.notBefore) this.#load(key, entry);
    return {
      // A clock that was set back makes nothing younger than new.
      known: entry.value && { value: entry.value.of, ageMs: Math.max(0, now - entry.value.at) },
      pending: entry.loading !== null,
    };
  }

  /** Takes a value that was kept elsewhere, unless a newer one is known. */
  restore(key: string, value: T, at: number): void {
    const entry = this.#touch(key);
    if (entry.value === null || entry.value.at < at) entry.value = { of: value, at };
  }

  /** The source may answer differently now: what is known counts as old, and failures are forgotten. */
  invalidate(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    entry.loading?.abort();
    entry.loading = null;
    entry.failures = 0;
    entry.notBefore = 0;
    entry.outdated = true;
  }

  /** Forgets everything and gives up what is under way. */
  clear(): void {
    for (const { loading } of this.#entries.values()) loading?.abort();
    this.#entries.clear();
  }

  #touch(key: string): Entry<T> {
    const entry = this.#entries.get(key) ?? { value: null, outdated: false, loading: null, failures: 0, notBefore: 0 };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    for (const [oldest, { loading }] of this.#entries) {
      if (this.#entries.size <= this.#options.maxKeys) break;
      loading?.abort();
      this.#entries.delete(oldest);
    }
    return entry;
  }

  #load(key: string, entry: Entry<T>): void {
    const loading = new AbortController();
    entry.loading = loading;
    // As old as the question: the source may have changed while it answered.
    const at = this.#options.now();
    const timer = setTimeout(() => {
      failed(new Error(`No answer within ${this.#options.timeoutMs} ms.`));
      loading.abort();
    }, this.#options.timeoutMs);
    const settle = (apply: () => void): void => {
      clearTimeout(timer);
      // Given up, invalidated or dropped in the meantime: nobody waits for this answer any more.
      if (entry.loading !== loading || loading.signal.aborted) return;
      entry.loading = null;
      apply();
    };
    const failed = (error: unknown): void =>
      settle(() => {
        const { first, longest } = this.#options.backOffMs;
        entry.notBefore = this.#options.now() + Math.min(longest, first * 2 ** Math.min(entry.failures, 30));
        entry.failures += 1;
        this.#options.onFailed?.(key, error);
      });
    // A source that throws before its first promise fails like one that rejects.
    Promise.resolve()
      .then(() => this.#options.load(key, loading.signal))
      .then(
        (value) =>
          settle(() => {
            entry.failures = 0;
            entry.notBefore = 0;
            entry.outdated = false;
            if (entry.value === null || entry.value.at <= at) this.#keep(key, entry, { of: value, at });
          }),
        failed,
      );
  }

  #keep(key: string, entry: Entry<T>, value: NonNullable<Entry<T>['value']>): void {
    const { onChanged } = this.#options;
    const before = entry.value;
    entry.value = value;
    if (onChanged && (before === null || !isDeepStrictEqual(before.of, value.of))) onChanged(key);
  }
}

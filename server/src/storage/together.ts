import { mapConcurrently } from '../platform/concurrency.ts';

export interface TogetherOptions {
  /** How many at a time. */
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Does work for all items, some at a time. The first failure aborts the signal of those that run, and is thrown once all
 * have ended: nothing goes on behind the caller's back.
 */
export async function together<T>(
  items: Iterable<T>,
  { limit, signal }: TogetherOptions,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const failures: unknown[] = [];
  await mapConcurrently([...items], limit, async (item) => {
    if (failures.length > 0) return;
    try {
      both.throwIfAborted();
      await work(item, both);
    } catch (error) {
      failures.push(error);
      stop.abort();
    }
  });
  if (failures.length > 0) throw failures[0];
}

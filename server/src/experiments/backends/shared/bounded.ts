/**
 * Maps with at most `limit` calls under way, answers in the order of the items. The first failure rejects at once and
 * starts no further call; an abort does the same with the signal's reason.
 */
export async function mapBounded<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const queue = items.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failed) return;
      signal?.throwIfAborted();
      results[index] = await work(item, index);
    }
  };
  signal?.throwIfAborted();
  try {
    await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  } finally {
    failed = true;
  }
  return results;
}

import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { startWorker } from '../../platform/worker.ts';
import type { SummaryAnswer, SummaryQuestion } from './language-index.worker.ts';
import type { Summaries } from './summary-cache.ts';

/** Files of one message: few enough that what comes back takes no time that anybody feels. */
const BATCH = 50;

/** Threads at most: each has its own copy of the language in memory, and the editor wants its cores too. */
const MOST_THREADS = 2;

/** Files that are worth one more thread. Fewer are read before a second one has warmed up. */
const FILES_A_THREAD = 300;

/**
 * Megabytes. Nothing is kept from one file to the next: room for what several files leave behind lets most of it go
 * without a look at it, and more room would only add to what the process holds.
 */
const LIMITS = { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 512 };

/** Reads files in threads of their own, which end with them. What they find comes as it is found, in any order. */
export async function* summariesInWorkers(
  paths: readonly string[],
  known: Summaries,
  signal: AbortSignal,
): AsyncGenerator<SummaryAnswer> {
  const batches = batchesOf(paths);
  const workers = Array.from({ length: threadsFor(paths.length) }, () =>
    startWorker(new URL('./language-index.worker.ts', import.meta.url), null, LIMITS),
  );
  const coming = new Map<Worker, Promise<readonly [Worker, SummaryAnswer]>>();
  const askNext = (worker: Worker) => {
    const { value: batch } = batches.next();
    if (!batch) {
      coming.delete(worker);
      return;
    }
    const answer = ask(worker, batch, { known, signal });
    // Whoever waits for all of them hears of it; nobody does after another one has failed.
    answer.catch(() => undefined);
    coming.set(worker, answer);
  };
  try {
    for (const worker of workers) askNext(worker);
    while (coming.size > 0) {
      const [worker, answer] = await Promise.race(coming.values());
      askNext(worker);
      yield answer;
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function threadsFor(files: number): number {
  return Math.min(MOST_THREADS, availableParallelism(), Math.max(1, Math.floor(files / FILES_A_THREAD)));
}

function* batchesOf(paths: readonly string[]): Generator<readonly string[], undefined> {
  for (let from = 0; from < paths.length; from += BATCH) yield paths.slice(from, from + BATCH);
  return undefined;
}

async function ask(
  worker: Worker,
  paths: readonly string[],
  { known, signal }: { known: Summaries; signal: AbortSignal },
): Promise<readonly [Worker, SummaryAnswer]> {
  signal.throwIfAborted();
  worker.postMessage({ paths, before: knownOf(paths, known) } satisfies SummaryQuestion);
  const [answer]: SummaryAnswer[] = await once(worker, 'message', { signal });
  return [worker, answer ?? []];
}

function knownOf(paths: readonly string[], known: Summaries): Summaries {
  return new Map(
    paths.flatMap((path) => {
      const before = known.get(path);
      return before ? [[path, before] as const] : [];
    }),
  );
}

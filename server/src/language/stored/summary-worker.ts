import { once } from 'node:events';
import { startWorker } from '../../platform/worker.ts';
import type { SummaryAnswer, SummaryQuestion } from './language-index.worker.ts';
import type { Summaries } from './summary-cache.ts';

/** Files of one message: few enough that what comes back takes no time that anybody feels. */
const BATCH = 50;

/** Megabytes. Nothing is kept from one file to the next, so that there is no reason to let garbage lie. */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 };

/** Reads files in a thread of its own, which ends with them. What it finds comes as it is found. */
export async function* summariesInWorker(
  paths: readonly string[],
  known: Summaries,
  signal: AbortSignal,
): AsyncGenerator<SummaryAnswer> {
  const worker = startWorker(new URL('./language-index.worker.ts', import.meta.url), null, LIMITS);
  try {
    for (let from = 0; from < paths.length; from += BATCH) {
      signal.throwIfAborted();
      const batch = paths.slice(from, from + BATCH);
      worker.postMessage({ paths: batch, before: knownOf(batch, known) } satisfies SummaryQuestion);
      const [answer]: SummaryAnswer[] = await once(worker, 'message', { signal });
      if (answer) yield answer;
    }
  } finally {
    await worker.terminate();
  }
}

function knownOf(paths: readonly string[], known: Summaries): Summaries {
  return new Map(
    paths.flatMap((path) => {
      const before = known.get(path);
      return before ? [[path, before] as const] : [];
    }),
  );
}

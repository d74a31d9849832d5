import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { FailureError } from '../../platform/failure.ts';
import { startWorker } from '../../platform/worker.ts';
import { batchesOf } from './batches.ts';
import type { Batch, BatchAnswer, HashWorkerData } from './hash-messages.ts';
import type { FoundFile } from './walk-directory.ts';

/** Megabytes. A thread holds two buffers and little else; small limits keep its heap from growing for no reason. */
const LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 };

const PROGRESS_EVERY_MS = 100;

interface Options {
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
  /** Bytes hashed so far by all threads. */
  readonly onBytes?: ((done: number) => void) | undefined;
}

/** Digests by path, computed in threads that end with the work, with its first failure or with the signal. */
export async function hashInThreads(files: readonly FoundFile[], options: Options): Promise<Map<string, string>> {
  const batches = batchesOf(files).values();
  const data: HashWorkerData = { progress: new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT) };
  const digests = new Map<string, string>();
  const failed = new AbortController();
  const stop = options.signal ? AbortSignal.any([failed.signal, options.signal]) : failed.signal;
  const reports = reportOften(data, options.onBytes);
  const workers = Array.from({ length: options.threads }, () => startHashing(data));
  try {
    const work = workers.map((worker) => serve(worker, batches, digests, stop));
    for (const task of work) task.catch((error: unknown) => failed.abort(error));
    await Promise.all(work);
    return digests;
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    clearInterval(reports);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function startHashing(data: HashWorkerData): Worker {
  const worker = startWorker(new URL('./hash.worker.ts', import.meta.url), data, LIMITS);
  // Whoever waits for an answer hears of it too; without a listener an error would end this process.
  return worker.on('error', () => undefined);
}

function reportOften({ progress }: HashWorkerData, onBytes: Options['onBytes']): NodeJS.Timeout | undefined {
  if (!onBytes) return undefined;
  const counter = new BigInt64Array(progress);
  return setInterval(() => onBytes(Number(Atomics.load(counter, 0))), PROGRESS_EVERY_MS);
}

async function serve(
  worker: Worker,
  batches: IterableIterator<Batch>,
  digests: Map<string, string>,
  signal: AbortSignal,
): Promise<void> {
  for (const batch of batches) {
    worker.postMessage(batch);
    const [answer]: BatchAnswer[] = await once(worker, 'message', { signal });
    record(batch, answer, digests);
  }
}

function record(batch: Batch, answer: BatchAnswer | undefined, digests: Map<string, string>): void {
  if (answer && 'failure' in answer) {
    const { reason, message, remedy } = answer.failure;
    throw new FailureError(reason, message, remedy === null ? {} : { remedy });
  }
  for (const [index, { path }] of batch.entries()) {
    const digest = answer?.digests[index];
    if (digest === undefined) throw new FailureError('internal', `The thread that hashes gave no digest of “${path}”.`);
    digests.set(path, digest);
  }
}

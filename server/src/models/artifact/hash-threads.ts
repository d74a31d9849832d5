import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { FailureError, fromFailure } from '../../platform/failure.ts';
import { startWorker } from '../../platform/worker.ts';
import { batchesOf } from './batches.ts';
import type { Batch, BatchAnswer, FileToHash, HashedFile, HashWorkerData } from './hash-messages.ts';

/** Megabytes. A thread holds two buffers and little else; small limits keep its heap from growing for no reason. */
const LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 };

const PROGRESS_EVERY_MS = 100;

interface Options {
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
  /** Bytes hashed so far by all threads. */
  readonly onBytes?: ((done: number) => void) | undefined;
}

/** Digests and copies by path, made in threads that end with the work, with its first failure or with the signal. */
export async function hashInThreads(files: readonly FileToHash[], options: Options): Promise<Map<string, HashedFile>> {
  const batches = batchesOf(files).values();
  const data: HashWorkerData = { progress: new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT) };
  const hashed = new Map<string, HashedFile>();
  const failed = new AbortController();
  const stop = options.signal ? AbortSignal.any([failed.signal, options.signal]) : failed.signal;
  const reports = reportOften(data, options.onBytes);
  const workers = Array.from({ length: options.threads }, () => startHashing(data));
  try {
    const work = workers.map((worker) => serve(worker, batches, hashed, stop));
    for (const task of work) task.catch((error: unknown) => failed.abort(error));
    await Promise.all(work);
    return hashed;
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
  hashed: Map<string, HashedFile>,
  signal: AbortSignal,
): Promise<void> {
  for (const batch of batches) {
    worker.postMessage(batch);
    const [answer]: BatchAnswer[] = await once(worker, 'message', { signal });
    record(batch, answer, hashed);
  }
}

function record(batch: Batch, answer: BatchAnswer | undefined, hashed: Map<string, HashedFile>): void {
  if (answer && 'failure' in answer) throw fromFailure(answer.failure);
  for (const [index, { path }] of batch.entries()) {
    const file = answer?.files[index];
    if (file === undefined) throw new FailureError('internal', `The thread that hashes gave no digest of “${path}”.`);
    hashed.set(path, file);
  }
}

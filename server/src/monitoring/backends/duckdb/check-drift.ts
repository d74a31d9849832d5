import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { FailureError } from '../../../platform/failure.ts';
import { startWorker } from '../../../platform/worker.ts';
import type { DescribeColumns } from '../../drift/describe-columns.ts';
import type { CheckDrift } from '../../drift/drift-checker.ts';
import type { DriftTask, FromDriftWorker, ToDriftWorker } from './worker-messages.ts';

/** Compares files in a worker thread that ends with the answer; cancelling interrupts DuckDB too. */
export const checkDrift: CheckDrift = (check, options) =>
  inThread({ check }, options, (message) => ('report' in message ? message.report : undefined));

/** Describes columns of files, as {@link checkDrift} compares them. */
export const describeColumns: DescribeColumns = (files, describe, options) =>
  inThread({ files, describe }, options, (message) => ('details' in message ? message.details : undefined));

interface Options {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** What of the thread's messages is the answer. */
type Answer<T> = (message: FromDriftWorker) => T | undefined;

async function inThread<T>(task: DriftTask, { signal, onProgress }: Options, answer: Answer<T>): Promise<T> {
  signal?.throwIfAborted();
  const spill = await mkdtemp(join(tmpdir(), 'mlops-drift-'));
  const data: ToDriftWorker = { task, spill };
  const worker = startWorker(new URL('./drift.worker.ts', import.meta.url), data);
  const ended = once(worker, 'exit').catch(() => undefined);
  let ready = false;
  // What is said to a thread before it listens may be lost.
  const cancel = () => {
    if (ready && signal?.aborted) worker.postMessage('cancel');
  };
  worker.on('message', (message: FromDriftWorker) => {
    if (!('ready' in message)) return;
    ready = true;
    cancel();
  });
  signal?.addEventListener('abort', cancel);
  try {
    return await answerOf(worker, answer, onProgress);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', cancel);
    // It ends by itself after its answer. Terminated while DuckDB works, it would take this process with it.
    await ended;
    await rm(spill, { recursive: true, force: true });
  }
}

function answerOf<T>(
  worker: Worker,
  answer: Answer<T>,
  onProgress?: (done: number, total: number) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const broken = (cause: unknown) =>
      reject(new FailureError('restarted', 'The check of the data broke down.', { remedy: 'Try again.', cause }));
    worker.on('message', (message: FromDriftWorker) => {
      const answered = answer(message);
      if (answered !== undefined) resolve(answered);
      else if ('failure' in message) {
        const { reason, message: said, remedy } = message.failure;
        reject(new FailureError(reason, said, remedy === null ? {} : { remedy }));
      } else if ('done' in message) onProgress?.(message.done, message.total);
    });
    worker.on('error', broken);
    worker.on('exit', (code) => broken(new Error(`The thread ended with ${code}.`)));
  });
}

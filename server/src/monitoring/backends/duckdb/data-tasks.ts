import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { FailureError, fromFailure } from '../../../platform/failure.ts';
import { startWorker } from '../../../platform/worker.ts';
import type { DescribeColumns } from '../../drift/describe-columns.ts';
import type { CheckDrift } from '../../drift/drift-checker.ts';
import type { MakeProfile } from '../../drift/profile/profile-request.ts';
import type { MeasurePerformance } from '../../performance/performance-request.ts';
import type { DataResult, DataTask, FromDataWorker, ToDataWorker } from './worker-messages.ts';

/** Compares files in a thread of its own. */
export const checkDrift: CheckDrift = async (check, options) => {
  const result = await runTask({ kind: 'drift', check }, options);
  if (result.kind !== 'drift') throw otherAnswer();
  return result.report;
};

/** Describes columns of files, as {@link checkDrift} compares them. */
export const describeColumns: DescribeColumns = async (files, describe, options) => {
  const result = await runTask({ kind: 'details', files, describe }, options);
  if (result.kind !== 'details') throw otherAnswer();
  return result.details;
};

/** Measures predictions in a thread of its own. */
export const measurePerformance: MeasurePerformance = async (request, options) => {
  const result = await runTask({ kind: 'performance', request }, options);
  if (result.kind !== 'performance') throw otherAnswer();
  return result.measured;
};

/** Makes a profile in a thread of its own. */
export const makeProfile: MakeProfile = async (request, options) => {
  const result = await runTask({ kind: 'profile', request }, options);
  if (result.kind !== 'profile') throw otherAnswer();
  return result.profile;
};

function otherAnswer(): FailureError {
  return new FailureError('internal', 'The thread for data answered something else.');
}

interface TaskOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** The thread ends with its answer; cancelling interrupts DuckDB too. */
async function runTask(task: DataTask, { signal, onProgress }: TaskOptions): Promise<DataResult> {
  signal?.throwIfAborted();
  const spill = await mkdtemp(join(tmpdir(), 'mlops-drift-'));
  const data: ToDataWorker = { task, spill };
  const worker = startWorker(new URL('./data.worker.ts', import.meta.url), data);
  const ended = once(worker, 'exit').catch(() => undefined);
  let ready = false;
  // What is said to a thread before it listens may be lost.
  const cancel = () => {
    if (ready && signal?.aborted) worker.postMessage('cancel');
  };
  worker.on('message', (message: FromDataWorker) => {
    if (!('ready' in message)) return;
    ready = true;
    cancel();
  });
  signal?.addEventListener('abort', cancel);
  try {
    return await answerOf(worker, onProgress);
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

function answerOf(worker: Worker, onProgress?: (done: number, total: number) => void): Promise<DataResult> {
  return new Promise((resolve, reject) => {
    const broken = (cause: unknown) =>
      reject(new FailureError('restarted', 'The check of the data broke down.', { remedy: 'Try again.', cause }));
    worker.on('message', (message: FromDataWorker) => {
      if ('result' in message) resolve(message.result);
      else if ('failure' in message) reject(fromFailure(message.failure));
      else if ('done' in message) onProgress?.(message.done, message.total);
    });
    worker.on('error', broken);
    worker.on('exit', (code) => broken(new Error(`The thread ended with ${code}.`)));
  });
}

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { DriftReport } from '#schemas/domain/drift-report.ts';
import { FailureError, fromFailure } from '../../../platform/failure.ts';
import { startWorker } from '../../../platform/worker.ts';
import type { CheckDrift } from '../../drift/drift-checker.ts';
import type { FromDriftWorker, ToDriftWorker } from './worker-messages.ts';

/** Compares files in a worker thread that ends with the answer; cancelling interrupts DuckDB too. */
export const checkDrift: CheckDrift = async (check, { signal, onProgress }) => {
  signal?.throwIfAborted();
  const spill = await mkdtemp(join(tmpdir(), 'mlops-drift-'));
  const data: ToDriftWorker = { check, spill };
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
};

function answerOf(worker: Worker, onProgress?: (done: number, total: number) => void): Promise<DriftReport> {
  return new Promise((resolve, reject) => {
    const broken = (cause: unknown) =>
      reject(new FailureError('restarted', 'The check of the data broke down.', { remedy: 'Try again.', cause }));
    worker.on('message', (message: FromDriftWorker) => {
      if ('report' in message) resolve(message.report);
      else if ('failure' in message) reject(fromFailure(message.failure));
      else if ('done' in message) onProgress?.(message.done, message.total);
    });
    worker.on('error', broken);
    worker.on('exit', (code) => broken(new Error(`The thread ended with ${code}.`)));
  });
}

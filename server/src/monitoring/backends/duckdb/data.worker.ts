import { parentPort, workerData } from 'node:worker_threads';
import { FailureError, toFailure } from '../../../platform/failure.ts';
import type { SessionOptions } from './session.ts';
import type { DataResult, DataTask, FromDataWorker, ToDataWorker } from './worker-messages.ts';

/** Does one task for the thread that started it, answers by one message and ends; `cancel` ends it early. */
const port = parentPort;
if (!port) throw new Error('This file runs in a worker thread only.');

const { task, spill }: ToDataWorker = workerData;
const aborter = new AbortController();
port.on('message', () => aborter.abort());

const answer = (message: FromDataWorker) => port.postMessage(message);
try {
  const perform = await load(task).catch((error: unknown) => {
    throw withoutDuckDb(error);
  });
  answer({ ready: true });
  answer({ result: await perform({ spill, signal: aborter.signal }) });
} catch (error) {
  answer({ failure: toFailure(error) });
}
port.close();

/** DuckDB is loaded with what uses it. */
async function load(task: DataTask): Promise<(options: SessionOptions) => Promise<DataResult>> {
  if (task.kind === 'performance') {
    const { measureFiles } = await import('./labelled-files.ts');
    return async (options) => ({ kind: task.kind, measured: await measureFiles(task.request, options) });
  }
  const onProgress = (done: number, total: number) => answer({ done, total });
  if (task.kind === 'profile') {
    const { profileFiles } = await import('./profile-files.ts');
    return async (options) => ({
      kind: task.kind,
      profile: await profileFiles(task.request, { ...options, onProgress }),
    });
  }
  const { checkFiles, describeFiles } = await import('./check-files.ts');
  if (task.kind === 'drift') {
    return async (options) => ({ kind: task.kind, report: await checkFiles(task.check, { ...options, onProgress }) });
  }
  const { files, describe } = task;
  return async (options) => ({
    kind: task.kind,
    details: await describeFiles(files, describe, { ...options, onProgress }),
  });
}

/** The library is not in the bundle, and not on every platform. */
function withoutDuckDb(cause: unknown): unknown {
  if (!/@?duckdb/i.test(String(cause))) return cause;
  return new FailureError(
    'unsupported',
    'DuckDB, which reads the data, is not part of this installation or can’t be loaded.',
    {
      remedy: `Install the package for this platform (${process.platform}-${process.arch}), or @duckdb/node-bindings beside it.`,
      cause,
    },
  );
}

import { parentPort, workerData } from 'node:worker_threads';
import { FailureError, toFailure } from '../../../platform/failure.ts';
import type { FromDriftWorker, ToDriftWorker } from './worker-messages.ts';

/** Makes one check, or describes columns, for the thread that started it, answers by one message and ends; `cancel` ends it early. */
const port = parentPort;
if (!port) throw new Error('This file runs in a worker thread only.');

const { task, spill }: ToDriftWorker = workerData;
const aborter = new AbortController();
port.on('message', () => aborter.abort());

const answer = (message: FromDriftWorker) => port.postMessage(message);
try {
  const { checkFiles, describeFiles } = await import('./check-files.ts').catch((error: unknown) => {
    throw withoutDuckDb(error);
  });
  answer({ ready: true });
  const options = {
    spill,
    signal: aborter.signal,
    onProgress: (done: number, total: number) => answer({ done, total }),
  };
  answer(
    'check' in task
      ? { report: await checkFiles(task.check, options) }
      : { details: await describeFiles(task.files, task.describe, options) },
  );
} catch (error) {
  answer({ failure: toFailure(error) });
}
port.close();

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

import { parentPort, workerData } from 'node:worker_threads';
import { FailureError, toFailure } from '../../../platform/failure.ts';
import type { FromDriftWorker, ToDriftWorker } from './worker-messages.ts';

/** Makes one check for the thread that started it, answers by one message and ends; `cancel` ends it early. */
const port = parentPort;
if (!port) throw new Error('This file runs in a worker thread only.');

const { check, spill }: ToDriftWorker = workerData;
const aborter = new AbortController();
port.on('message', () => aborter.abort());

const answer = (message: FromDriftWorker) => port.postMessage(message);
try {
  const { checkFiles } = await import('./check-files.ts').catch((error: unknown) => {
    throw withoutDuckDb(error);
  });
  answer({ ready: true });
  const report = await checkFiles(check, {
    spill,
    signal: aborter.signal,
    onProgress: (done, total) => answer({ done, total }),
  });
  answer({ report });
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

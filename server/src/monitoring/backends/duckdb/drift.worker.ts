import { parentPort, workerData } from 'node:worker_threads';
import { toFailure } from '../../../platform/failure.ts';
import { checkFiles } from './check-files.ts';
import type { FromDriftWorker, ToDriftWorker } from './worker-messages.ts';

/** Makes one check for the thread that started it, answers by one message and ends; `cancel` ends it early. */
const port = parentPort;
if (!port) throw new Error('This file runs in a worker thread only.');

const { check, spill }: ToDriftWorker = workerData;
const aborter = new AbortController();
port.on('message', () => aborter.abort());

const answer = (message: FromDriftWorker) => port.postMessage(message);
try {
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

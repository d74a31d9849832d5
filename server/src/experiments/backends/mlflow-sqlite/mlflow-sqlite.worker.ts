import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { toFailure } from '../../../platform/failure.ts';
import { Connection } from '../../../platform/mlflow/database-connection.ts';
import { perform } from './operations.ts';
import { requiredTables } from './required-tables.ts';
import type { ToWorker } from './worker-messages.ts';

/** Reads one store for the thread that started it: one call at a time, each answered by one message. */
const { path, patienceMs } = z.object({ path: z.string(), patienceMs: z.number().optional() }).parse(workerData);
const connection = new Connection(path, {
  required: requiredTables,
  ...(patienceMs === undefined ? {} : { patienceMs }),
});
const port = parentPort;
if (!port) throw new Error('This file runs in a worker thread only.');

port.on('message', async (message: ToWorker) => {
  try {
    if (message.kind === 'close') {
      await connection.close();
      port.postMessage({ answer: null });
    } else {
      port.postMessage({ kind: message.kind, answer: await perform(connection, message) });
    }
  } catch (error) {
    port.postMessage({ failure: toFailure(error) });
  }
});

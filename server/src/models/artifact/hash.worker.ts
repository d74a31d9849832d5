import { parentPort, workerData } from 'node:worker_threads';
import { toFailure } from '../../platform/failure.ts';
import { hashByParts } from './hash-file.ts';
import type { Batch, BatchAnswer, HashWorkerData } from './hash-messages.ts';

/** Bytes of one read: calls cost nothing beside it, and it stays in a core’s cache from reading to hashing. */
const PART = 1024 * 1024;

/** Hashes files for the thread that started it: one batch at a time, each answered by one message. */
const port = parentPort;
if (!port) throw new Error('This file runs in a worker thread only.');

const { progress }: HashWorkerData = workerData;
const counter = new BigInt64Array(progress);
const buffer = new Uint8Array(PART);

port.on('message', (batch: Batch) => port.postMessage(answerTo(batch)));

function answerTo(batch: Batch): BatchAnswer {
  try {
    return { files: batch.map((file) => hashByParts(file, buffer, count)) };
  } catch (error) {
    return { failure: toFailure(error) };
  }
}

function count(bytes: number): void {
  Atomics.add(counter, 0, BigInt(bytes));
}

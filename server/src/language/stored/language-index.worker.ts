import { parentPort } from 'node:worker_threads';
import { readSummarySync, type StoredSummary } from './stored-summary.ts';

export interface SummaryQuestion {
  readonly paths: readonly string[];
  /** What was known of them. */
  readonly before: ReadonlyMap<string, StoredSummary>;
}

export type SummaryAnswer = readonly (readonly [path: string, summary: StoredSummary | null])[];

/** Reads files for the thread that started it: one batch at a time, each answered by one message. */
const port = parentPort;
if (!port) throw new Error('This file runs in a worker thread only.');

port.on('message', ({ paths, before }: SummaryQuestion) => {
  port.postMessage(paths.map((path) => [path, readSummarySync(path, before.get(path))]) satisfies SummaryAnswer);
});

import type { Failure } from '#schemas/domain/failure.ts';
import type { Answers, Kind, Requests } from './operations.ts';

/** Which store a worker reads. */
export interface StoreLocation {
  readonly path: string;
  /** How long a locked store is waited for, in milliseconds. */
  readonly patienceMs?: number;
}

export type ToWorker = { [K in Kind]: { kind: K; request: Requests[K] } }[Kind] | { kind: 'close' };

export type FromWorker = { [K in Kind]: { kind: K; answer: Answers[K] } }[Kind] | { failure: Failure };

/** Tells our messages from anything else; what is in them is known, because both ends are one build. */
export function isFromWorker(message: unknown): message is FromWorker {
  return typeof message === 'object' && message !== null && ('failure' in message || 'answer' in message);
}

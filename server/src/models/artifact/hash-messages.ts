import type { Failure } from '#schemas/domain/failure.ts';
import type { FoundFile } from './walk-directory.ts';

export interface HashWorkerData {
  /** One 64-bit number that all threads add the bytes to that they hashed. */
  readonly progress: SharedArrayBuffer;
}

/** Files that one thread hashes one after another. */
export type Batch = readonly FoundFile[];

/** Digests in the batch's order, or why there are none. */
export type BatchAnswer = { readonly digests: readonly string[] } | { readonly failure: Failure };

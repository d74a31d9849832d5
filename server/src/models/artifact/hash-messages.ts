import type { Failure } from '#schemas/domain/failure.ts';
import type { FoundFile } from './walk-directory.ts';

export interface HashWorkerData {
  /** One 64-bit number that all threads add the bytes to that they hashed. */
  readonly progress: SharedArrayBuffer;
}

export interface FileToHash extends FoundFile {
  /** Absolute: where a copy is made meanwhile; null for none. */
  readonly copy: string | null;
}

export interface HashedFile {
  readonly sha256: string;
  /** A copy of the very bytes that were hashed, on the disk; null where none was asked for, or none could be written. */
  readonly copy: string | null;
}

/** Files that one thread hashes one after another. */
export type Batch = readonly FileToHash[];

/** What was found in the batch's order, or why nothing was. */
export type BatchAnswer = { readonly files: readonly HashedFile[] } | { readonly failure: Failure };

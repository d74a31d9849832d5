import type { DriftDetails } from '#schemas/domain/drift-details.ts';
import type { FilePair } from './drift-checker.ts';
import type { TypedColumn } from './drift-data.ts';

/** What is wanted of both samples of some columns. */
export interface DescriptionRequest {
  readonly columns: readonly TypedColumn[];
  /** The column that says when, for courses over time. */
  readonly timeColumn: string | null;
  /** Bins over all values, instead of where nearly all of them are. */
  readonly whole: boolean;
}

/** Reads both samples of columns, in the order that they were asked for. Fails as a check of the same files does. */
export type DescribeColumns = (
  files: FilePair,
  request: DescriptionRequest,
  options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void },
) => Promise<readonly DriftDetails[]>;

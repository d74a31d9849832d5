import type { StoredColumn, Summary, TypedColumn } from '../drift-data.ts';

/** One data set, as profiles look at it. */
export interface ColumnSource {
  readonly rows: number;
  readonly columns: readonly StoredColumn[];
  summaries(columns: readonly TypedColumn[]): Promise<ReadonlyMap<string, Summary>>;
  /** Different values by their text with their counts, the most frequent first and then by name; at most `most`. */
  counts(column: TypedColumn, most: number): Promise<readonly (readonly [string, number])[]>;
  /** Different numbers with their counts, rising; null where there are more than `most`. */
  numbers(column: TypedColumn, most: number): Promise<readonly (readonly [number, number])[] | null>;
  /** All values of a column that can be compared, part by part; a part is valid during the call only. */
  scan(column: TypedColumn, visit: (values: Float64Array) => void): Promise<void>;
}

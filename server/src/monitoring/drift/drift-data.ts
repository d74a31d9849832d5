import type { ColumnType } from './methods.ts';
import type { Vocabulary } from './vocabulary.ts';

export type Side = 'reference' | 'current';
export type Both<T> = Readonly<Record<Side, T>>;

/** A column as it lies in the data. */
export interface StoredColumn {
  readonly name: string;
  /** What its values look like; null for what can't be compared, such as lists. */
  readonly type: ColumnType | null;
  /** The store's name of its type, for messages. */
  readonly storedAs: string;
  /** Whole numbers of a type that has no others. */
  readonly integers: boolean;
  /** Floating-point numbers of 32 bits. */
  readonly single: boolean;
  /** There is no value at all in it: its type says nothing. */
  readonly empty: boolean;
}

/** A column with what its values are taken for on both sides. */
export interface TypedColumn {
  readonly name: string;
  readonly type: ColumnType;
}

export interface Scan {
  readonly column: TypedColumn;
  readonly side: Side;
}

export interface Summary {
  /** Values that can be compared: not missing, not NaN, not infinite. */
  readonly present: number;
  /** Of columns with an order; 0 where there is none. */
  readonly minimum: number;
  readonly maximum: number;
}

/** How often each value occurs. */
export interface ValueCounts {
  /** How many values occur so often; the entry of the least value comes first and has this value alone. */
  readonly entries: readonly { readonly reference: number; readonly current: number; readonly times: number }[];
  /** How often the least value occurs, by its text's code points. */
  readonly first: Both<number>;
  readonly distinct: number;
  readonly distinctInReference: number;
  /** What only the current data has: a few of the names, and how many rows have one of them. */
  readonly fresh: { readonly names: readonly string[]; readonly values: number; readonly rows: number };
}

/** The two data sets of a check. Numbers are doubles, times seconds since 1970, texts their length in characters. */
export interface DriftData {
  readonly rows: Both<number>;
  readonly columns: Both<readonly StoredColumn[]>;
  /** One scan of each side for all columns. */
  summaries(columns: readonly TypedColumn[]): Promise<ReadonlyMap<string, Both<Summary>>>;
  /** Those whose reference surely has more than so many different values; of the others one has to look further. */
  withManyValues(columns: readonly TypedColumn[], more: number): Promise<ReadonlySet<string>>;
  valueCounts(column: TypedColumn): Promise<ValueCounts>;
  /** The words of a column of texts. One scan of each side. */
  vocabulary(column: TypedColumn): Promise<Vocabulary>;
  /** Counts between edges, each bin with its lower one and the last with both. One scan of each side for all columns. */
  histograms(
    requests: readonly { readonly column: TypedColumn; readonly edges: readonly number[] }[],
  ): Promise<readonly Both<readonly number[]>[]>;
  /** Which scans come next, so that one can be prepared during another. */
  announce(scans: readonly Scan[]): void;
  /** All values that can be compared, in any order and in parts that are only valid during the call. */
  scan(column: TypedColumn, side: Side, visit: (values: Float64Array) => void): Promise<void>;
  /** About so many of the values, chosen at random but always the same. */
  sample(column: TypedColumn, side: Side, size: number): Promise<Float64Array>;
}

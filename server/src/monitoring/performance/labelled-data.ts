/** Predictions that have their labels, with what slices are made of. */
export interface LabelledData {
  /** Rows of the predictions, whether they have a label or not. */
  readonly predicted: number;
  /** Of those, how many have a label by now. */
  readonly matched: number;
  /** Rows with both a label and a prediction. */
  readonly rows: number;
  readonly label: LabelledColumn;
  readonly prediction: LabelledColumn;
  readonly slices: readonly Slicing[];
}

export interface LabelledColumn {
  /** Different values as text, in order; null where they are numbers, more than {@link MOST_CLASSES} of them. */
  readonly classes: readonly string[] | null;
  readonly isNumeric: boolean;
  /** The numbers; where the column is none, NaN. */
  readonly numbers: Float64Array;
  /** Places in `classes`, −1 where it has none. */
  readonly codes: Float64Array;
}

/** One column whose values make slices. */
export interface Slicing {
  readonly column: string;
  /** The most frequent values. */
  readonly values: readonly string[];
  /** Places in `values`, −1 for others and missing ones. */
  readonly codes: Float64Array;
}

/** A column of numbers with more different values is no class. */
export const MOST_CLASSES = 100;
/** Slices of one column. */
export const MOST_SLICES = 20;

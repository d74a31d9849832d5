import type { DriftMethod } from '#schemas/config/drift-methods.ts';
import type { Correction } from './correction.ts';
import type { ColumnType } from './methods.ts';
import type { OwnDetector } from './own-detectors.ts';

export interface ColumnSettings {
  readonly method?: DriftMethod | undefined;
  readonly threshold?: number | undefined;
  readonly type?: ColumnType | undefined;
  /** Share of missing values beyond which the column has drifted. */
  readonly maxMissing?: number | undefined;
  /** The name of a detector of one's own. */
  readonly detector?: string | undefined;
}

/** What is compared, and how. */
export interface DriftRequest {
  /** Those alone, in this order; null for all that can be compared. */
  readonly columns: ReadonlyMap<string, ColumnSettings> | null;
  readonly exclude: readonly string[];
  /** Detectors of one's own, by their names. */
  readonly detectors?: ReadonlyMap<string, OwnDetector> | undefined;
  /** Methods of columns that name none; empty for Evidently's choice. Each is used where it fits. */
  readonly methods: readonly DriftMethod[];
  readonly threshold: number | null;
  /** Share of drifted columns from which the data have drifted. */
  readonly share: number;
  readonly correction: Correction;
  readonly minimumRows: number;
  /** Whether the segment is looked for that a drift comes from; not unless told. */
  readonly explain?: boolean | undefined;
  /** Whether a classifier of all columns together is made, and its threshold where it is not the usual one. */
  readonly domainClassifier?: { readonly threshold: number | null } | null | undefined;
}

import type { AlertStatus } from '#schemas/domain/monitor-report.ts';
import type { MonitorDocument } from './monitor-documents.ts';

/** A number, one for each label set, or why there is none. */
export type Fact =
  | { readonly value: number; readonly labels: Readonly<Record<string, string>> }
  | { readonly unknown: string; readonly labels: Readonly<Record<string, string>> };

interface ColumnFacts {
  readonly statistic: number | null;
  readonly drifted: boolean | null;
  /** Share of missing values in the current data. */
  readonly missing: number | null;
  readonly threshold: number | null;
}

/**
 * What one check of a monitor found, as the conditions of its alerts see it: `drift.share`, `drift.columns.tenure.drifted`,
 * `performance.auc`, `metrics.latency-p99`. A condition over a part that is unknown is unknown: it neither fires nor resolves.
 */
export interface MonitorFacts {
  readonly drift:
    | {
        readonly share: number | null;
        readonly drifted: boolean | null;
        /** Of the current data. */
        readonly rows: number;
        readonly columns: Readonly<Record<string, ColumnFacts>>;
      }
    | { readonly unknown: string }
    | null;
  /** By the name of the measure, then the whole (no labels) and the slices. */
  readonly performance: Readonly<Record<string, readonly Fact[]>>;
  /** By the name in the document, one a series. */
  readonly metrics: Readonly<Record<string, readonly Fact[]>>;
}

/** Judges the alerts of a document, remembers their states, and puts what has to be told into the outbox and on its way. */
export type ProcessAlerts = (
  check: {
    readonly document: MonitorDocument;
    /** Absolute: the folder of the document. */
    readonly folder: string;
    readonly facts: MonitorFacts;
    /** Unix milliseconds. */
    readonly now: number;
  },
  signal?: AbortSignal,
) => Promise<readonly AlertStatus[]>;

import type { z } from 'zod';
import type { PerformanceMeasure, performanceSettings } from '#schemas/config/monitor.ts';
import type { FileName } from '../drift/drift-checker.ts';

export type PerformanceSettings = z.output<typeof performanceSettings>;

/** What is measured, and from which files. */
export interface PerformanceRequest {
  readonly predictions: FileName;
  readonly labels: FileName;
  readonly settings: PerformanceSettings;
  /** Fewer rows, of all or of a slice, give no verdict. */
  readonly minimumRows: number;
}

/** One measure of all rows, or of a slice. */
export interface Performance {
  readonly name: PerformanceMeasure;
  /** The slice; empty for all rows. */
  readonly labels: Readonly<Record<string, string>>;
  readonly rows: number;
  /** Null where there is none; `reason` says why. */
  readonly value: number | null;
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Why there is no value: too few data, or something that can’t be measured on these. */
  readonly lack: 'no-data' | 'could-not-check' | null;
  readonly reason: string | null;
}

/** Measures how good predictions were. Fails with `not-found`, `input`, `corrupt` or `unsupported` where data can’t be read. */
export type MeasurePerformance = (
  request: PerformanceRequest,
  options: { readonly signal?: AbortSignal },
) => Promise<readonly Performance[]>;

import { z } from 'zod';
import { driftReport } from './drift-report.ts';
import { jsonNumber } from './number.ts';

/** How one check ended. What nobody can tell is never “ok”. */
export const checkState = z.enum(['ok', 'out-of-bounds', 'no-data', 'could-not-check']);
export type CheckState = z.infer<typeof checkState>;

/** One thing that a monitor looked at. */
export const monitorCheck = z.object({
  kind: z.enum(['drift', 'performance', 'metric']),
  /** `drift` for the data set, a column's name for a column, else the name in the document. */
  name: z.string(),
  /** The slice of a performance, or the label set of a series; empty for the whole. */
  labels: z.record(z.string(), z.string()),
  value: jsonNumber.nullable(),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  /** Of a performance: the bounds of its 95 % bootstrap interval. */
  interval: z.object({ low: jsonNumber, high: jsonNumber }).nullable(),
  unit: z.string().nullable(),
  state: checkState,
  /** One line for a person where the figures alone don't tell why. */
  reason: z.string().nullable(),
});
export type MonitorCheck = z.infer<typeof monitorCheck>;

/** What an alert does at the moment; `unknown` where its condition could not be told. */
export const alertState = z.enum(['inactive', 'pending', 'firing', 'silenced', 'inhibited', 'unknown']);

export const alertStatus = z.object({
  name: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  state: alertState,
  labels: z.record(z.string(), z.string()),
  /** Unix milliseconds since when it is so; null where it never was otherwise. */
  since: z.number().nullable(),
  /** One line: what the condition found, or why it could not be told. */
  reason: z.string().nullable(),
  runbook: z.string().nullable(),
});
export type AlertStatus = z.infer<typeof alertStatus>;

/** One check of a Monitor document. */
export const monitorReport = z.object({
  /** `metadata.name`. */
  monitor: z.string(),
  model: z.string().nullable(),
  /** Unix milliseconds of its beginning. */
  at: z.number(),
  /** The gravest of its checks: out-of-bounds, could-not-check, no-data, ok. */
  state: checkState,
  checks: z.array(monitorCheck),
  alerts: z.array(alertStatus),
  /** The whole comparison, where the document has one that could be done. */
  drift: driftReport.nullable(),
});
export type MonitorReport = z.infer<typeof monitorReport>;

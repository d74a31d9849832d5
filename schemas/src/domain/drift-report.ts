import { z } from 'zod';
import { driftMethods } from '../config/drift-methods.ts';
import { jsonNumber } from './number.ts';

/** What a check found. Without enough data, or where something went wrong, it is never “no drift”. */
export const driftVerdict = z.enum(['drift', 'no-drift', 'no-data', 'could-not-check']);
export type DriftVerdict = z.infer<typeof driftVerdict>;

/** One column by one method. */
export const driftColumn = z.object({
  column: z.string(),
  type: z.enum(['numeric', 'categorical', 'boolean', 'time', 'text']).nullable(),
  method: z.enum(driftMethods).nullable(),
  /** The distance, or the test's own statistic. */
  statistic: jsonNumber.nullable(),
  /** null for distances. */
  pValue: z.number().nullable(),
  /** After the correction for many columns; null where there is none. */
  adjustedPValue: z.number().nullable(),
  threshold: z.number().nullable(),
  drifted: z.boolean().nullable(),
  verdict: driftVerdict,
  /** One line for a person where the figures alone don't tell why. */
  reason: z.string().nullable(),
  /** Bound on the statistic's absolute error; 0 where it is exact. */
  errorBound: z.number().nullable(),
  /** Shares of missing values, null where the column was not read. */
  missing: z.object({ reference: z.number(), current: z.number() }).nullable(),
});
export type DriftColumn = z.infer<typeof driftColumn>;

export const driftReport = z.object({
  rows: z.object({ reference: z.int(), current: z.int() }),
  columns: z.array(driftColumn),
  /** Columns that were not compared on purpose. */
  leftOut: z.array(z.object({ column: z.string(), reason: z.string() })),
  /** Of the columns with a verdict, how large a part drifted; null without any. */
  share: z.number().nullable(),
  drifted: z.boolean().nullable(),
  verdict: driftVerdict,
});
export type DriftReport = z.infer<typeof driftReport>;

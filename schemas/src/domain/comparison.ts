import { z } from 'zod';
import { jsonInteger, jsonNumber } from './number.ts';
import { run, runRef } from './run.ts';

/** One row of a comparison: `values[i]` belongs to the i-th run, null where that run lacks the key. */
const textRow = z.object({ key: z.string(), values: z.array(z.string().nullable()), differs: z.boolean() });
const metricRow = z.object({
  key: z.string(),
  values: z.array(jsonNumber.nullable()),
  differs: z.boolean(),
  /** The last value of some run is at another step than 0: the metric has a course, not one value a run. */
  stepped: z.boolean().optional(),
});
export type TextRow = z.infer<typeof textRow>;
export type MetricRow = z.infer<typeof metricRow>;

/**
 * Runs side by side: the tables of the compare panel and of `runs compare`. Rows are sorted by key. A `run` comes with
 * empty params, metrics and tags: the rows have them.
 */
export const comparison = z.object({
  runs: z.array(z.object({ ref: runRef, run })),
  params: z.array(textRow),
  metrics: z.array(metricRow),
  tags: z.array(textRow),
});
export type Comparison = z.infer<typeof comparison>;

export const curveAxis = z.enum(['step', 'time', 'relative']);
export type CurveAxis = z.infer<typeof curveAxis>;

/**
 * One metric of one run as arrays of equal length, at most 2,500 points, extremes kept.
 * `x`: the step, Unix milliseconds, or milliseconds since the run's first point, by the axis asked for.
 */
export const curve = z.object({
  ref: runRef,
  key: z.string(),
  x: z.array(jsonInteger),
  y: z.array(jsonNumber),
  /** Points the store has in the asked range, before downsampling. */
  total: z.number(),
});
export type Curve = z.infer<typeof curve>;

import { z } from 'zod';
import { driftColumn } from './drift-report.ts';
import { jsonNumber } from './number.ts';

const both = <T extends z.ZodType>(each: T) => z.object({ reference: each, current: each });

/** Points of a curve or bins of a histogram that an answer may have. */
export const mostDriftPoints = 2_500;

/** How often values lie between edges, in both samples. Bins hold their lower edge, the last one its upper edge too. */
export const driftHistogram = z.object({
  /** One more than there are bins; of times, Unix milliseconds, of texts, characters. */
  edges: z.array(z.number()).min(2).max(mostDriftPoints),
  reference: z.array(z.int()),
  current: z.array(z.int()),
  /** Values outside of the edges: a few that lie far away would leave no room for all the others. */
  outside: both(z.int()),
});
export type DriftHistogram = z.infer<typeof driftHistogram>;

/** The most frequent values by name, the others in one. */
export const driftCategories = z.object({
  entries: z.array(z.object({ name: z.string(), reference: z.int(), current: z.int() })),
  rest: z.object({ values: z.int(), reference: z.int(), current: z.int() }).nullable(),
});
export type DriftCategories = z.infer<typeof driftCategories>;

/** A figure of both samples: a quantile, the mean. */
export const driftFigure = z.object({ name: z.string(), reference: jsonNumber, current: jsonNumber });
export type DriftFigure = z.infer<typeof driftFigure>;

/** A course over time: the median of numbers, the share of one category. */
const driftCourse = z.object({
  name: z.string(),
  side: z.enum(['reference', 'current']),
  /** Unix milliseconds, the middle of each span. */
  x: z.array(z.number()).max(mostDriftPoints),
  y: z.array(z.number()).max(mostDriftPoints),
});
export const driftOverTime = z.object({
  /** The column that says when. */
  column: z.string(),
  measure: z.enum(['median', 'share']),
  courses: z.array(driftCourse),
});
export type DriftOverTime = z.infer<typeof driftOverTime>;

/** What the two samples of one column look like. */
export const driftDetails = z.object({
  column: z.string(),
  type: driftColumn.shape.type,
  rows: both(z.int()),
  /** Values that could be compared. */
  present: both(z.int()),
  histogram: driftHistogram.nullable(),
  categories: driftCategories.nullable(),
  /** Of what has an order; empty otherwise. Times are Unix milliseconds. */
  figures: z.array(driftFigure),
  /** The quantiles are estimates: there are too many values to sort them. */
  estimated: z.boolean(),
  overTime: driftOverTime.nullable(),
  /** Columns of times that both samples or one of them has. */
  timeColumns: z.array(z.string()),
});
export type DriftDetails = z.infer<typeof driftDetails>;

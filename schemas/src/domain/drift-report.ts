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
  /** null where a detector of one’s own judged, or nobody could. */
  method: z.enum(driftMethods).nullable(),
  /** The name of a detector of one’s own. */
  detector: z.string().optional(),
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
  /** Of texts whose words were counted: how many different ones, and which share of the current words the reference lacks. */
  words: z
    .object({
      vocabulary: z.object({ reference: z.int(), current: z.int() }),
      outOfVocabulary: z.number(),
      /** The share that was to be expected if nothing had changed. */
      expected: z.number(),
    })
    .optional(),
});
export type DriftColumn = z.infer<typeof driftColumn>;

/** One condition of a segment; what is missing is in no range and among no values. */
export const segmentCondition = z.union([
  /** A range: from its lower end, below its upper end; null where it is open. */
  z.object({ column: z.string(), from: z.number().nullable(), below: z.number().nullable() }),
  z.object({ column: z.string(), values: z.array(z.string()).min(1) }),
  z.object({ column: z.string(), missing: z.literal(true) }),
]);
export type SegmentCondition = z.infer<typeof segmentCondition>;

/** Rows that explain a drift: without them, on both sides, most of it is gone. */
export const driftSegment = z.object({
  /** The drifted column; null for all drifted columns together, where there are several. */
  column: z.string().nullable(),
  /** As an SQL condition; null where no segment explains the drift, and `reason` tells it. */
  predicate: z.string().nullable(),
  /** All of them hold. */
  conditions: z.array(segmentCondition),
  /** Share of the drift that is gone without the segment's rows; null without a segment. */
  explained: z.number().nullable(),
  /** The segment's share of the rows of each side. */
  rows: z.object({ reference: z.number(), current: z.number() }).nullable(),
  reason: z.string().nullable(),
});
export type DriftSegment = z.infer<typeof driftSegment>;

/** Whether a model can tell the two data sets apart, row by row: it sees what the columns do together. */
export const domainClassifier = z.object({
  /** Of rows that the model was not made from; null where there is none. */
  auc: z.number().nullable(),
  threshold: z.number(),
  drifted: z.boolean().nullable(),
  verdict: driftVerdict,
  reason: z.string().nullable(),
  /** The columns that tell most, with their shares of what the model gained; at most five. */
  columns: z.array(z.object({ column: z.string(), share: z.number() })),
});
export type DomainClassifier = z.infer<typeof domainClassifier>;

const rowCounts = z.object({ reference: z.int(), current: z.int() });

export const driftReport = z.object({
  rows: rowCounts,
  columns: z.array(driftColumn),
  /** Columns that were not compared on purpose. */
  leftOut: z.array(z.object({ column: z.string(), reason: z.string() })),
  /** Of the columns with a verdict, how large a part drifted; null without any. */
  share: z.number().nullable(),
  drifted: z.boolean().nullable(),
  verdict: driftVerdict,
  /** Where the drift comes from; left out where nothing drifted or nobody asked. */
  segments: z.array(driftSegment).optional(),
  /** Left out where nobody asked. */
  domainClassifier: domainClassifier.optional(),
  /** From how many rows the segments and the classifier come, where those were not all. */
  sampledRows: rowCounts.optional(),
});
export type DriftReport = z.infer<typeof driftReport>;

import { z } from 'zod';
import { driftDetails } from '../domain/drift-details.ts';
import { driftColumn, driftReport } from '../domain/drift-report.ts';
import { jsonNumber } from '../domain/number.ts';
import { defineRequest } from './request.ts';

/** What is compared: two files (or globs), or what a Monitor document says. */
export const driftTarget = z.discriminatedUnion('kind', [
  /** Absolute paths, or relative to the folder. */
  z.object({ kind: z.literal('files'), reference: z.string().min(1), current: z.string().min(1) }),
  z.object({
    kind: z.literal('monitor'),
    /** Absolute path. */
    file: z.string().min(1),
    /** `metadata.name`, where the file has several. */
    name: z.string().nullable(),
  }),
]);
export type DriftTarget = z.infer<typeof driftTarget>;

/** A part of the rows that a drift comes from. */
export const driftSegment = z.looseObject({
  /** As a person reads it: `plan = pro and age >= 40`. */
  predicate: z.string(),
  /** Of the drift, how much it explains. */
  share: z.number(),
  /** Rows of the current data. */
  rows: z.number().optional(),
});

/** Earlier checks that are told of a column, and columns that are asked for at once: an answer stays under a megabyte. */
export const mostDriftHistory = 30;
export const mostDriftColumns = 250;

/** An earlier check of one column by one method. */
export const driftHistoryPoint = z.object({
  /** Unix milliseconds. */
  at: z.number(),
  statistic: jsonNumber.nullable(),
  drifted: z.boolean().nullable(),
});
export type DriftHistoryPoint = z.infer<typeof driftHistoryPoint>;

/** A check as it is shown: all but its columns, which follow in parts. */
export const driftSummary = driftReport.omit({ columns: true }).extend({
  /** Unix milliseconds when it was done. */
  at: z.number(),
  /** As a person knows them. */
  names: z.object({ reference: z.string(), current: z.string() }),
  /** Rows of the table: a column by several methods has several. */
  columns: z.int(),
  /** Columns that drifted, by whatever method. */
  driftedColumns: z.int(),
  /** Columns that were left out, of which `leftOut` has the first. */
  leftOutTotal: z.int(),
  segments: z.array(driftSegment).optional(),
});
export type DriftSummary = z.infer<typeof driftSummary>;

export const shownDriftColumn = driftColumn.extend({
  /** Earlier checks, oldest first. */
  history: z.array(driftHistoryPoint).max(mostDriftHistory).optional(),
});
export type ShownDriftColumn = z.infer<typeof shownDriftColumn>;

const check = {
  folder: z.string(),
  /** Which check is meant. Whoever asks makes it up: asked again with the same one, what was found is there still. */
  check: z.string().min(1).max(100),
};

/** Compares the data; tells its progress. What is known of this check already is answered at once. */
export const checkDrift = defineRequest('drift/check', z.object({ ...check, target: driftTarget }), driftSummary);

/** A part of the columns of a check that was done, in the order of the report. Fails with `not-found` where it is gone. */
export const driftColumns = defineRequest(
  'drift/columns',
  z.object({ ...check, start: z.int().min(0), count: z.int().min(1).max(mostDriftColumns) }),
  z.object({ columns: z.array(shownDriftColumn) }),
);

/** Reads both samples of one column. Fails with `not-found` where the check is gone, and as the check itself does. */
export const driftColumnDetails = defineRequest(
  'drift/column',
  z.object({
    ...check,
    column: z.string(),
    /** The column that says when, for the course over time. */
    timeColumn: z.string().nullable(),
    /** Bins over all values, instead of where nearly all of them are. */
    whole: z.boolean(),
  }),
  driftDetails,
);

/** Writes a check that was done to a file: one page with charts, which needs nothing else, or a table. */
export const exportDrift = defineRequest(
  'drift/export',
  z.object({
    ...check,
    format: z.enum(['html', 'csv']),
    /** The column that says when, for courses over time. */
    timeColumn: z.string().nullable(),
    path: z.string().min(1),
  }),
  z.object({ columns: z.int(), charts: z.int() }),
);

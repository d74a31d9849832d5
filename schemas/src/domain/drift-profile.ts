import { z } from 'zod';

const count = z.int().min(0);

/**
 * Counts on a grid of width 2^`exponent` that begins at 0, so that profiles of parts add up to that of the whole: a coarser grid
 * is made of cells of a finer one.
 */
const profileHistogram = z.object({
  exponent: z.int().min(-1_074).max(1_023),
  /** The first cell begins at `first` · 2^`exponent`. */
  first: z.number(),
  counts: z.array(count).min(1).max(1_024),
  /** Σ(x − lower edge) of each cell, in widths. */
  excess: z.array(z.number()),
});
export type ProfileHistogram = z.infer<typeof profileHistogram>;

const head = {
  name: z.string(),
  /** As the store has it. */
  storedAs: z.string(),
  /** Rows with a value that can be compared. */
  present: count,
};

const orderedColumn = z.object({
  ...head,
  type: z.enum(['numeric', 'time', 'text']),
  integers: z.boolean(),
  single: z.boolean(),
  minimum: z.number(),
  maximum: z.number(),
  mean: z.number(),
  /** Σ(x − mean)². */
  squares: z.number(),
  /** Null without values. */
  histogram: profileHistogram.nullable(),
  /** Different values with their counts, rising; null where there are more than are kept. */
  values: z.array(z.tuple([z.number(), count])).nullable(),
});
export type OrderedProfile = z.infer<typeof orderedColumn>;

const namedColumn = z.object({
  ...head,
  type: z.enum(['categorical', 'boolean']),
  /** The most frequent values, by their text. */
  values: z.array(z.tuple([z.string(), count])),
  /** Rows that have any other value. */
  rest: count,
});
export type NamedProfile = z.infer<typeof namedColumn>;

/** Columns that can't be compared, such as lists. */
const otherColumn = z.object({ ...head, type: z.null() });

export const profileColumn = z.discriminatedUnion('type', [orderedColumn, namedColumn, otherColumn]);
export type ProfileColumn = z.infer<typeof profileColumn>;

/** What is kept of a reference so that data can be compared with it: a few kilobytes a column, for Git. */
export const driftProfile = z.object({
  form: z.literal('mlops.drift-profile/v1'),
  rows: count,
  columns: z.array(profileColumn),
});
export type DriftProfile = z.infer<typeof driftProfile>;

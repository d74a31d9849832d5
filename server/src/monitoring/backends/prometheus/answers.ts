import { z } from 'zod';

// https://prometheus.io/docs/prometheus/latest/querying/api/ — values are strings, times are seconds.
const value = z.string().transform((text, context) => {
  if (text === 'NaN') return Number.NaN;
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  const number = Number(text);
  if (text.trim() !== '' && !Number.isNaN(number)) return number;
  context.addIssue({ code: 'custom', message: `“${text}” is no number` });
  return z.NEVER;
});
const point = z
  .tuple([z.number(), value])
  .transform(([seconds, number]) => ({ time: Math.round(seconds * 1_000), value: number }));
const labels = z.record(z.string(), z.string());
const remarks = z.array(z.string()).nullish();

const vector = z.object({
  resultType: z.literal('vector'),
  // Native histograms have no single value: they are told of, not taken for one.
  result: z.array(z.object({ metric: labels, value: point.optional(), histogram: z.unknown().optional() })),
});
const matrix = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: labels, values: z.array(point).default([]), histograms: z.unknown().optional() })),
});
const scalar = z.object({ resultType: z.literal('scalar'), result: point });
const string = z.object({ resultType: z.literal('string'), result: z.unknown() });

/** A query that was understood. */
export const success = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [vector, matrix, scalar, string]),
  warnings: remarks,
  infos: remarks,
});
export type Success = z.output<typeof success>;

/** A query that was not. */
export const refusal = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

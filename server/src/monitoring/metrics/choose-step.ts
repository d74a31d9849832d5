import type { TimeRange } from './metric-source.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Steps that people read well. */
const steps: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 30].map((count) => count * day),
];

/** Prometheus refuses more points a series (`maximum resolution of 11,000 points`). */
export const MOST_POINTS = 11_000;

/**
 * The step of a range query, in milliseconds: the smallest of those that people read well with which no series has more than
 * `points` points, and at least `least` (a scrape interval: finer steps repeat values). Ranges longer than the longest step
 * allows get a multiple of it.
 */
export function chooseStep({ from, to }: TimeRange, points: number, least = 0): number {
  const wanted = Math.min(Math.max(points, 2), MOST_POINTS);
  // A range of n steps has n + 1 points.
  const exact = Math.max((to - from) / (wanted - 1), least, 1);
  const longest = steps.at(-1) ?? day;
  return steps.find((step) => step >= exact) ?? Math.ceil(exact / longest) * longest;
}

import type { Curve, CurveAxis } from '#schemas/domain/comparison.ts';
import { toJsonInteger, toJsonNumber } from '#schemas/domain/number.ts';
import type { RunRef } from '#schemas/domain/run.ts';
import { downsample } from './downsample.ts';
import type { MetricHistory, Step } from './tracking-store.ts';

export interface CurveOptions {
  readonly axis: CurveAxis;
  /** Bounds of x in the axis' unit, both included; null is open. */
  readonly from: Step | null;
  readonly to: Step | null;
  /** At least 10. */
  readonly maxPoints: number;
}

/** So many points fit an answer of one megabyte. */
const pointsOfAnswer = 36_000;
const fewestPoints = 50;

/** How many points each of so many curves may have for all of them to fit one answer. */
export function pointsPerCurve(curves: number, maxPoints: number): number {
  return Math.min(maxPoints, Math.max(fewestPoints, Math.floor(pointsOfAnswer / Math.max(1, curves))));
}

/**
 * A metric's history as a curve. `x` is the step, the time in Unix milliseconds, or milliseconds since the run's first
 * point. Over time, points are put in the order of their time; several points of one x stay as the store has them.
 */
export function toCurve(ref: RunRef, key: string, history: MetricHistory, options: CurveOptions): Curve {
  const points = inRange(pointsOf(history, options.axis), options);
  const kept = downsample(
    points.map(({ y }) => y),
    options.maxPoints,
  );
  const drawn = kept.flatMap((position) => points[position] ?? []);
  return {
    ref,
    key,
    x: drawn.map(({ x }) => toJsonInteger(x)),
    y: drawn.map(({ y }) => toJsonNumber(y)),
    total: points.length,
  };
}

interface Point {
  readonly x: Step;
  readonly y: number;
}

function pointsOf(history: MetricHistory, axis: CurveAxis): Point[] {
  const { steps, timestamps, values } = history;
  const at = (position: number) => values[position] ?? Number.NaN;
  if (axis === 'step') return steps.map((x, position) => ({ x, y: at(position) }));
  const points = timestamps.map((x, position) => ({ x, y: at(position) })).sort((a, b) => a.x - b.x);
  if (axis === 'time') return points;
  const first = points[0]?.x ?? 0;
  return points.map(({ x, y }) => ({ x: x - first, y }));
}

function inRange(points: readonly Point[], { from, to }: CurveOptions): readonly Point[] {
  if (from === null && to === null) return points;
  return points.filter(({ x }) => (from === null || x >= from) && (to === null || x <= to));
}

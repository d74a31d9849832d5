import type { MetricHistory, MetricValue, Step } from '../../tracking-store.ts';

/** Digits of an integer as a step: a number where that is exact, else a bigint. */
export function stepOf(digits: string): Step {
  const step = Number(digits);
  return Number.isSafeInteger(step) ? step : BigInt(digits);
}

/** Orders values as MLflow's stores order points of one step and time: NaN after all numbers. */
function compareValues(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

function compareSteps(a: Step, b: Step): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

/** MLflow's order of points: step, then timestamp, then value. */
export function comparePoints(a: MetricValue, b: MetricValue): number {
  return compareSteps(a.step, b.step) || a.timestamp - b.timestamp || compareValues(a.value, b.value);
}

/**
 * Whether a point is later than the one held so far, as MLflow's readers decide: by step, then timestamp, then value,
 * where a NaN is never larger nor smaller and so never takes the place of a value of the same step and time.
 */
export function isLater(point: MetricValue, held: MetricValue): boolean {
  const order = compareSteps(point.step, held.step) || point.timestamp - held.timestamp;
  return order === 0 ? point.value > held.value : order > 0;
}

/** Points as arrays in MLflow's order. Sorts only where they are not in order yet, which is the rule. */
export function toHistory(points: readonly MetricValue[]): MetricHistory {
  const sorted = inOrder(points) ? points : [...points].sort(comparePoints);
  return {
    steps: sorted.map((point) => point.step),
    timestamps: sorted.map((point) => point.timestamp),
    values: sorted.map((point) => point.value),
  };
}

function inOrder(points: readonly MetricValue[]): boolean {
  let last: MetricValue | null = null;
  for (const point of points) {
    if (last !== null && comparePoints(last, point) > 0) return false;
    last = point;
  }
  return true;
}

export interface Extent {
  readonly min: number | null;
  readonly max: number | null;
  readonly count: number;
}

/** Smallest and largest value without NaN, and how many points there are with NaN. */
export function extentOf(values: Iterable<number>): Extent {
  let min: number | null = null;
  let max: number | null = null;
  let count = 0;
  for (const value of values) {
    count += 1;
    if (Number.isNaN(value)) continue;
    if (min === null || value < min) min = value;
    if (max === null || value > max) max = value;
  }
  return { min, max, count };
}

import type { MetricHistory, MetricValue, Step } from '../../tracking-store.ts';

/** Digits of an integer as a step: a number where that is exact, else a bigint. */
export function stepOf(digits: string): Step {
  const step = Number(digits);
  return Number.isSafeInteger(step) ? step : BigInt(digits);
}

function compareSteps(a: Step, b: Step): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

/** Orders the values of one step and time: NaN after all numbers, as MLflow's stores have it. */
function compareValues(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/**
 * Whether a point is later than the one held so far, as MLflow's readers decide: by step, then timestamp, then value,
 * where a NaN is never larger nor smaller and so never takes the place of a value of the same step and time.
 */
export function isLater(point: MetricValue, held: MetricValue): boolean {
  const order = compareSteps(point.step, held.step) || point.timestamp - held.timestamp;
  return order === 0 ? point.value > held.value : order > 0;
}

/** Gathers points into arrays in MLflow's order; sorts only where they did not come in it. */
export class HistoryBuilder {
  readonly #steps: Step[] = [];
  readonly #timestamps: number[] = [];
  readonly #values: number[] = [];
  #sorted = true;

  add({ step, timestamp, value }: MetricValue): void {
    this.#steps.push(step);
    this.#timestamps.push(timestamp);
    this.#values.push(value);
    const last = this.#steps.length - 1;
    if (this.#sorted && last > 0 && this.#compare(last - 1, last) > 0) this.#sorted = false;
  }

  build(): MetricHistory {
    if (this.#sorted) return { steps: this.#steps, timestamps: this.#timestamps, values: this.#values };
    const order = [...this.#steps.keys()].sort((a, b) => this.#compare(a, b));
    const pick = <T>(from: readonly T[]): T[] => order.flatMap((index) => from.slice(index, index + 1));
    return { steps: pick(this.#steps), timestamps: pick(this.#timestamps), values: pick(this.#values) };
  }

  #compare(a: number, b: number): number {
    return (
      compareSteps(this.#steps[a] ?? 0, this.#steps[b] ?? 0) ||
      (this.#timestamps[a] ?? 0) - (this.#timestamps[b] ?? 0) ||
      compareValues(this.#values[a] ?? 0, this.#values[b] ?? 0)
    );
  }
}

export interface Extent {
  readonly min: number | null;
  readonly max: number | null;
  readonly count: number;
}

export const NO_POINTS: Extent = { min: null, max: null, count: 0 };

/** The extent with one more value: smallest and largest leave NaN out, the count does not. */
export function extend(extent: Extent, value: number): Extent {
  const { min, max, count } = extent;
  if (Number.isNaN(value)) return { min, max, count: count + 1 };
  return {
    min: min === null || value < min ? value : min,
    max: max === null || value > max ? value : max,
    count: count + 1,
  };
}

import { fromJsonNumber } from '#schemas/domain/number.ts';
import type { DashboardChart, DashboardChartData } from '#schemas/protocol/dashboards.ts';

export type ValueState = 'ok' | 'out-of-bounds' | 'no-data' | 'unjudged';

/** The newest value of a series, and what its bounds say of it. */
export interface CurrentValue {
  readonly name: string;
  /** NaN where there is none. */
  readonly value: number;
  /** Unix milliseconds; null where there is none. */
  readonly at: number | null;
  readonly state: ValueState;
}

/** Queries whose newest point is older than so many steps have no value now. */
const freshSteps = 2;

/** The newest value of each series. One that ended before the range did has none: it is never taken for good. */
export function currentValues(
  { series, step }: Pick<DashboardChartData, 'series' | 'step'>,
  { minimum, maximum }: Pick<DashboardChart, 'minimum' | 'maximum'>,
  to: number,
): CurrentValue[] {
  return series.map(({ name, x, y }) => {
    const last = y.findLastIndex((value) => !Number.isNaN(fromJsonNumber(value)));
    const at = x[last] ?? null;
    // A check that could not tell leaves a gap at the end; a query that gives nothing any more ends early.
    const isOld = step === null ? last !== y.length - 1 : at !== null && to - at > freshSteps * step;
    if (at === null || isOld) return { name, value: Number.NaN, at, state: 'no-data' };
    const value = fromJsonNumber(y[last] ?? 'NaN');
    return { name, value, at, state: stateOf(value, minimum, maximum) };
  });
}

function stateOf(value: number, minimum: number | null, maximum: number | null): ValueState {
  if (minimum === null && maximum === null) return 'unjudged';
  const isGood = (minimum === null || value >= minimum) && (maximum === null || value <= maximum);
  return isGood ? 'ok' : 'out-of-bounds';
}

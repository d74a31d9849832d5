import type { Curve, CurveAxis } from '#schemas/domain/comparison.ts';
import { fromJsonInteger, fromJsonNumber, type JsonInteger } from '#schemas/domain/number.ts';
import { formatRunRef } from '#schemas/domain/run.ts';
import type { LineStyle } from './palette.ts';

/** `run`: each run once, beside each other, for metrics that were logged once. */
export type ChartAxis = CurveAxis | 'run';

/** A run as a chart shows it. */
export interface ChartRun {
  /** `tracker/runId`. */
  readonly id: string;
  readonly name: string;
  /** What tells it from others of the chart. */
  readonly detail: string;
  readonly style: LineStyle;
}

export interface ChartSeries extends ChartRun {
  /** For drawing; as numbers. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** The same as {@link x}, every digit kept. */
  readonly exactX: readonly JsonInteger[];
  /** Points that the store has in this range; more than drawn where they were thinned. */
  readonly total: number;
}

/** One chart's data: what is drawn, and what its table shows. */
export interface ChartData {
  readonly key: string;
  readonly axis: ChartAxis;
  readonly series: readonly ChartSeries[];
}

/** A chart of the curves of one metric, runs in the order of `runs`. */
export function chartOfCurves(
  key: string,
  { curves, axis, runs }: { curves: readonly Curve[]; axis: CurveAxis; runs: readonly ChartRun[] },
): ChartData {
  const byRun = new Map(curves.map((curve) => [formatRunRef(curve.ref), curve]));
  const present = runs.flatMap((run) => {
    const curve = byRun.get(run.id);
    return curve && curve.x.length > 0 ? [{ run, curve }] : [];
  });
  const once = present.length > 0 && present.every(({ curve }) => curve.total <= 1 && curve.x.length <= 1);
  return {
    key,
    axis: once ? 'run' : axis,
    series: present.map(({ run, curve }, position) => ({
      ...run,
      x: once ? [position] : curve.x.map((x) => Number(fromJsonInteger(x))),
      y: curve.y.map(fromJsonNumber),
      exactX: curve.x,
      total: curve.total,
    })),
  };
}

/** The same data with other names and styles: nothing has to be read anew for a change of theme. */
export function restyle(data: ChartData, runs: readonly ChartRun[]): ChartData {
  const byId = new Map(runs.map((run) => [run.id, run]));
  return { ...data, series: data.series.map((series) => ({ ...series, ...byId.get(series.id) })) };
}

/** What a chart can't show of its data. */
export interface LeftOut {
  readonly nan: number;
  readonly infinite: number;
  /** Only where the scale is logarithmic. */
  readonly notPositive: number;
  /** The store has more points than are drawn. */
  readonly thinned: boolean;
}

export function leftOut(series: readonly ChartSeries[], logScale: boolean): LeftOut {
  let nan = 0;
  let infinite = 0;
  let notPositive = 0;
  for (const { y } of series) {
    for (const value of y) {
      if (Number.isNaN(value)) nan += 1;
      else if (!Number.isFinite(value)) infinite += 1;
      else if (logScale && value <= 0) notPositive += 1;
    }
  }
  return { nan, infinite, notPositive, thinned: series.some(({ x, total }) => total > x.length) };
}

/** A value where the scale can show it, else NaN: a gap. */
export function drawable(value: number, logScale: boolean): number {
  return Number.isFinite(value) && !(logScale && value <= 0) ? value : Number.NaN;
}

/** Position of the value nearest to `x` in rising `values`; −1 where there are none. */
export function nearest(values: readonly number[], x: number): number {
  let low = 0;
  let high = values.length - 1;
  if (high < 0) return -1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  const before = values[low - 1];
  const at = values[low];
  return before !== undefined && at !== undefined && x - before <= at - x ? low - 1 : low;
}

/** The table behind a chart: a row for each place on the axis, a value for each series. */
export interface ChartTable {
  readonly xs: readonly JsonInteger[];
  /** `rows[i][j]`: the j-th series at `xs[i]`; undefined where it has no point there. */
  readonly rows: readonly (readonly (number | undefined)[])[];
}

export function chartTable({ series }: ChartData): ChartTable {
  const places = new Map<string, { x: JsonInteger; values: (number | undefined)[] }>();
  for (const [column, { exactX, y }] of series.entries()) {
    for (const [position, x] of exactX.entries()) {
      const name = String(x);
      const place = places.get(name) ?? { x, values: new Array<number | undefined>(series.length).fill(undefined) };
      place.values[column] = y[position];
      places.set(name, place);
    }
  }
  const sorted = [...places.values()].sort((a, b) => compareIntegers(a.x, b.x));
  return { xs: sorted.map(({ x }) => x), rows: sorted.map(({ values }) => values) };
}

function compareIntegers(a: JsonInteger, b: JsonInteger): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [BigInt(a), BigInt(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

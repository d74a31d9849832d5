import type { Comparison } from '#schemas/domain/comparison.ts';
import { fromJsonNumber } from '#schemas/domain/number.ts';

/** One param or metric of all runs, to be drawn on an axis. */
export interface PlotColumn {
  /** `param.key` or `metric.key`. */
  readonly id: string;
  readonly label: string;
  /** Places on the axis, NaN where a run has none. Text has the place of its category. */
  readonly values: readonly number[];
  /** The categories of text by place; null for numbers. */
  readonly categories: readonly string[] | null;
  readonly from: number;
  readonly to: number;
  /** Values are far apart and above 0: learning rates and the like. */
  readonly logScale: boolean;
}

const number = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;
const mostCategories = 30;
const timesForLogScale = 50;

/** What may stand on an axis: metrics and params that differ, text with few enough values. Metrics first. */
export function plotColumns({ metrics, params }: Comparison): PlotColumn[] {
  const ofMetrics = metrics
    .filter(({ key, differs }) => differs && !key.startsWith('system/'))
    .map(({ key, values }) => {
      const numbers = values.map((value) => (value === null ? Number.NaN : fromJsonNumber(value)));
      return numericColumn(`metric.${key}`, key, numbers);
    });
  const ofParams = params
    .filter(({ differs }) => differs)
    .flatMap(({ key, values }) => {
      const present = values.filter((value) => value !== null);
      const id = `param.${key}`;
      if (present.every((value) => number.test(value))) {
        return numericColumn(
          id,
          key,
          values.map((value) => (value === null ? Number.NaN : Number(value))),
        );
      }
      const categories = [...new Set(present)].sort();
      if (categories.length > mostCategories) return [];
      const places = values.map((value) => (value === null ? Number.NaN : categories.indexOf(value)));
      return {
        id,
        label: key,
        values: places,
        categories,
        from: 0,
        to: Math.max(1, categories.length - 1),
        logScale: false,
      };
    });
  return [...ofMetrics, ...ofParams].filter(({ values }) => values.some(Number.isFinite));
}

function numericColumn(id: string, label: string, values: readonly number[]): PlotColumn {
  const finite = values.filter(Number.isFinite);
  const [from, to] = [Math.min(...finite), Math.max(...finite)];
  const column = { id, label, values, categories: null };
  if (from === to) return { ...column, from: from - 0.5, to: to + 0.5, logScale: false };
  return { ...column, from, to, logScale: from > 0 && to / from >= timesForLogScale };
}

/** A place on an axis as a share of it, 0 to 1. */
export function shareOf({ from, to, logScale }: PlotColumn, value: number): number {
  return logScale ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
}

/** The value at a share of an axis. */
export function valueAt({ from, to, logScale }: PlotColumn, share: number): number {
  return logScale ? from * (to / from) ** share : from + (to - from) * share;
}

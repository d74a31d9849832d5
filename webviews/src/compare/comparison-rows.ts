import type { Comparison, MetricRow, TextRow } from '#schemas/domain/comparison.ts';
import { isSmallerBetter } from '#schemas/domain/metric-direction.ts';
import { fromJsonNumber } from '#schemas/domain/number.ts';
import type { Run } from '#schemas/domain/run.ts';
import { format, formatDuration } from '../shared/format.ts';
import { statusText } from '../shared/icons.ts';

/** A row of the table of a comparison; `values[i]` belongs to the i-th run. */
export type ComparisonRow =
  | { readonly kind: 'section'; readonly title: string }
  | { readonly kind: 'text'; readonly key: string; readonly values: TextRow['values']; readonly differs: boolean }
  | {
      readonly kind: 'metric';
      readonly key: string;
      readonly values: MetricRow['values'];
      readonly differs: boolean;
      /** Positions of the runs with the best value; empty where there is nothing to choose from. */
      readonly best: readonly number[];
    };

interface Choice {
  readonly onlyDifferent: boolean;
  /** Words that the keys have to have. */
  readonly search: string;
}

/** The rows to show, each group under its heading. */
export function comparisonRows(comparison: Comparison, { onlyDifferent, search }: Choice): ComparisonRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = ({ key, differs }: { key: string; differs: boolean }) =>
    (differs || !onlyDifferent) && words.every((word) => key.toLowerCase().includes(word));
  const text = (row: TextRow): ComparisonRow => ({ kind: 'text', ...row });
  const groups: readonly [string, ComparisonRow[]][] = [
    [
      'Run',
      runRows(comparison.runs.map(({ run }) => run))
        .filter(wanted)
        .map(text),
    ],
    ['Metrics', comparison.metrics.filter(wanted).map((row) => ({ kind: 'metric', ...row, best: bestOf(row) }))],
    ['Params', comparison.params.filter(wanted).map(text)],
    ['Tags', comparison.tags.filter(wanted).map(text)],
  ];
  return groups.flatMap(([title, rows]) =>
    rows.length > 0 ? [{ kind: 'section' as const, title: `${title} (${format.count(rows.length)})` }, ...rows] : [],
  );
}

function runRows(runs: readonly Run[]): TextRow[] {
  const row = (key: string, of: (run: Run) => string | null): TextRow => {
    const values = runs.map(of);
    return { key, values, differs: new Set(values).size > 1 };
  };
  return [
    row('Status', ({ status }) => statusText(status)),
    row('Started', ({ startTime }) => (startTime === null ? null : format.shortDateTime(startTime, 0))),
    row('Duration', ({ startTime, endTime }) =>
      startTime === null || endTime === null ? null : formatDuration(endTime - startTime),
    ),
    row('Experiment', ({ experiment }) => experiment),
  ];
}

/** Positions of the best of the values. */
export function bestOf({ key, values, differs }: MetricRow): number[] {
  if (!differs || key.startsWith('system/')) return [];
  const numbers = values.map((value) => (value === null ? Number.NaN : fromJsonNumber(value)));
  const comparable = numbers.filter((value) => !Number.isNaN(value));
  if (new Set(comparable).size < 2) return [];
  const best = isSmallerBetter(key) ? Math.min(...comparable) : Math.max(...comparable);
  return numbers.flatMap((value, index) => (value === best ? [index] : []));
}

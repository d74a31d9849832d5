import type { Comparison } from '#schemas/domain/comparison.ts';
import { formatRunRef } from '#schemas/domain/run.ts';
import type { ChartRun } from '../shared/chart-data.ts';
import { lineStyle } from '../shared/palette.ts';
import type { Theme } from '../shared/theme.ts';

const mostParams = 3;
const longestValue = 24;

/**
 * Names for the runs of a comparison that tell them apart: the run's own name, and of the params that differ those with
 * the most different values.
 */
export function chartRuns({ runs, params }: Comparison, theme: Pick<Theme, 'charts' | 'kind'>): ChartRun[] {
  const telling = params
    .filter(({ differs }) => differs)
    .map(({ key, values }) => ({ key, values, different: new Set(values).size }))
    .filter(({ values }) =>
      values.every((value) => (value ?? '').length <= longestValue && !(value ?? '').includes('\n')),
    )
    .sort((a, b) => b.different - a.different)
    .slice(0, mostParams);
  return runs.map(({ ref, run }, index) => ({
    id: formatRunRef(ref),
    name: run.name || ref.runId.slice(0, 8),
    detail: telling
      .flatMap(({ key, values }) => (values[index] == null ? [] : [`${shortKey(key)}=${values[index]}`]))
      .join(' '),
    style: lineStyle(index, theme),
  }));
}

/** The last part of a nested key. */
function shortKey(key: string): string {
  return key.slice(Math.max(key.lastIndexOf('/'), key.lastIndexOf('.')) + 1) || key;
}

import { expect, test, vi } from 'vitest';
import { chartFromHistory, chartFromPrometheus, type QueryRange } from '#server/monitoring/dashboards/read-chart.ts';
import { report } from './reports.ts';

const range = { from: 1_000_500, to: 1_300_500, points: 300 };
const panel = (...queries: readonly { expr: string; legend: string }[]) => ({ queries });

test('the step follows from the time and the points, and places don’t move when asked again', async () => {
  const queryRange = vi.fn<QueryRange>(async () => ({ series: [], warnings: [] }));
  const asked = async (from: number, to: number) => {
    const { step } = await chartFromPrometheus(
      panel({ expr: 'up', legend: '' }),
      { from, to, points: 300 },
      queryRange,
    );
    return { step, range: queryRange.mock.lastCall?.[1] };
  };
  expect(await asked(1_000_500, 1_300_500)).toEqual({
    step: 1_000,
    range: { from: 1_000_000, to: 1_301_000, stepMs: 1_000 },
  });
  expect(await asked(0, 86_400_000)).toMatchObject({ step: 288_000 });
});

test('series are named by the legend, else by their labels; there are at most 40', async () => {
  const many = Array.from({ length: 45 }, (_, index) => ({ labels: { pod: `p${index}`, zone: 'a' }, points: [] }));
  const queryRange: QueryRange = async (query) =>
    query === 'many'
      ? { series: many, warnings: ['w'] }
      : { series: [{ labels: { column: 'age', method: 'ks' }, points: [[1, Number.NaN]] }], warnings: ['w'] };
  const data = await chartFromPrometheus(
    panel({ expr: 'many', legend: '' }, { expr: 'one', legend: '{{column}} ({{ method }})' }),
    range,
    queryRange,
  );
  expect(data.series[0]).toEqual({ name: 'age (ks)', x: [1], y: ['NaN'] });
  expect(data.series[1]?.name).toBe('pod=p0, zone=a');
  expect(data).toMatchObject({ left: 6, warnings: ['w'] });
  expect(data.series).toHaveLength(40);
});

test('a query that only a check can fill in is not sent', async () => {
  const queryRange = vi.fn<QueryRange>();
  const asked = chartFromPrometheus(panel({ expr: 'up{v="${{ version }}"}', legend: '' }), range, queryRange);
  await expect(asked).rejects.toMatchObject({ reason: 'unsupported' });
  expect(queryRange).not.toHaveBeenCalled();
});

test('from earlier checks, what one of them could not tell is a gap', () => {
  const first = report();
  const second = { ...report(), at: first.at + 1, drift: null, checks: [] };
  const data = chartFromHistory({ id: 'drift:statistic' }, [first, second]);
  expect(data.series).toEqual([{ name: 'tenure (psi)', x: [first.at, second.at], y: [0.31, 'NaN'] }]);
  expect(chartFromHistory({ id: 'performance:auc' }, [first]).series.map(({ name, y }) => [name, y])).toEqual([
    ['auc', [0.72]],
    ['auc plan=pro', [0.7]],
    ['interval, high', [0.75]],
    ['interval, low', [0.68]],
  ]);
});

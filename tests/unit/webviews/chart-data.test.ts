import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Curve } from '#schemas/domain/comparison.ts';
import { timeTicks } from '#webviews/shared/chart-axis.ts';
import { type ChartRun, chartOfCurves, chartTable, leftOut, nearest, restyle } from '#webviews/shared/chart-data.ts';

const run = (id: string): ChartRun => ({ id: `local/${id}`, name: id, detail: '', style: { color: '#fff', dash: [] } });
const curve = (runId: string, x: Curve['x'], y: Curve['y'], total = x.length): Curve => ({
  ref: { tracker: 'local', runId },
  key: 'loss',
  x,
  y,
  total,
});
const runs = [run('a'), run('b')];

test('keeps the order of the runs and leaves out those without the metric', () => {
  const chart = chartOfCurves('loss', { curves: [curve('b', [0, 1], [2, 1])], axis: 'step', runs });
  expect(chart.series.map(({ name }) => name)).toEqual(['b']);
  expect(chart.axis).toBe('step');
});

test('puts runs beside each other where each logged one point', () => {
  const curves = [curve('a', [5], [0.1]), curve('b', [7], [0.2])];
  const chart = chartOfCurves('loss', { curves, axis: 'step', runs });
  expect(chart.axis).toBe('run');
  expect(chart.series.map(({ x }) => x)).toEqual([[0], [1]]);
  expect(chartTable(chart).xs).toEqual([5, 7]);
});

test('a range with one point of many is no metric logged once', () => {
  const chart = chartOfCurves('loss', { curves: [curve('a', [5], [0.1], 2)], axis: 'step', runs });
  expect(chart.axis).toBe('step');
});

test('counts what can’t be shown', () => {
  const curves = [curve('a', [0, 1, 2, 3], [1, 'NaN', 'Infinity', -1], 40)];
  const { series } = chartOfCurves('loss', { curves, axis: 'step', runs });
  expect(leftOut(series, false)).toEqual({ nan: 1, infinite: 1, notPositive: 0, thinned: true });
  expect(leftOut(series, true).notPositive).toBe(1);
});

test('the table has a row for each place, exact beyond 2^53, in order', () => {
  const curves = [curve('a', [1, '9007199254740993'], [1, 2]), curve('b', [3, '9007199254740992'], [3, 4])];
  const table = chartTable(chartOfCurves('loss', { curves, axis: 'step', runs }));
  expect(table.xs).toEqual([1, 3, '9007199254740992', '9007199254740993']);
  expect(table.rows).toEqual([
    [1, undefined],
    [undefined, 3],
    [undefined, 4],
    [2, undefined],
  ]);
});

test('takes on other names and colours', () => {
  const chart = chartOfCurves('loss', { curves: [curve('a', [0], [1])], axis: 'step', runs });
  expect(restyle(chart, [{ ...run('a'), name: 'renamed' }]).series[0]?.name).toBe('renamed');
});

describe('the nearest place', () => {
  test('is that with the least distance', () => {
    const values = fc.uniqueArray(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, fc.integer({ min: -1_100, max: 1_100 }), (unsorted, x) => {
        const sorted = unsorted.toSorted((a, b) => a - b);
        const least = Math.min(...sorted.map((value) => Math.abs(value - x)));
        expect(Math.abs((sorted[nearest(sorted, x)] ?? Number.NaN) - x)).toBe(least);
      }),
    );
  });

  test('is none where there are none', () => {
    expect(nearest([], 1)).toBe(-1);
  });
});

test('ticks of time are round, few and within the axis', () => {
  const hour = 3_600_000;
  expect(timeTicks(0, 2 * hour, { count: 4 })).toEqual([0, 0.5 * hour, hour, 1.5 * hour, 2 * hour]);
  const span = fc.tuple(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 1, max: 1e11 }));
  fc.assert(
    fc.property(span, fc.integer({ min: 2, max: 12 }), ([from, length], count) => {
      const ticks = timeTicks(from, from + length, { count });
      expect(ticks.length).toBeLessThanOrEqual(count + 1);
      for (const tick of ticks) expect(tick >= from && tick <= from + length).toBe(true);
    }),
  );
});

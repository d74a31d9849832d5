import { describe, expect, test } from 'vitest';
import type { Comparison } from '#schemas/domain/comparison.ts';
import { isSmallerBetter } from '#schemas/domain/metric-direction.ts';
import { bestOf, comparisonRows } from '#webviews/compare/comparison-rows.ts';
import { plotColumns, shareOf, valueAt } from '#webviews/compare/plot-values.ts';
import { chartRuns } from '#webviews/compare/run-labels.ts';

const runOf = (id: string, name: string): Comparison['runs'][number] => ({
  ref: { tracker: 'local', runId: id },
  run: {
    id,
    name,
    experimentId: '1',
    experiment: 'churn',
    status: 'FINISHED',
    startTime: 0,
    endTime: 60_000,
    lifecycleStage: 'active',
    params: {},
    metrics: {},
    tags: {},
  },
});

const comparison: Comparison = {
  runs: [runOf('1', 'fox'), runOf('2', 'fox'), runOf('3', '')],
  params: [
    { key: 'seed', values: ['42', '42', '42'], differs: false },
    { key: 'optimizer.learning_rate', values: ['0.1', '0.001', '0.01'], differs: true },
    { key: 'model', values: ['gbt', 'gbt', null], differs: true },
    { key: 'prompt', values: ['a\nb', 'c', 'd'], differs: true },
  ],
  metrics: [
    { key: 'auc', values: [0.8, 'NaN', 0.9], differs: true },
    { key: 'val_loss', values: [0.3, 0.2, null], differs: true },
    { key: 'system/cpu', values: [1, 2, 3], differs: true },
  ],
  tags: [],
};

test('runs of one name are told apart by the params that differ most', () => {
  const labels = chartRuns(comparison, { charts: ['#111111'], kind: 'dark' });
  expect(labels.map(({ name, detail }) => [name, detail])).toEqual([
    ['fox', 'learning_rate=0.1 model=gbt'],
    ['fox', 'learning_rate=0.001 model=gbt'],
    ['3', 'learning_rate=0.01'],
  ]);
});

describe('rows', () => {
  test('come in groups; only what differs when asked for', () => {
    const keys = (onlyDifferent: boolean, search = '') =>
      comparisonRows(comparison, { onlyDifferent, search }).map((row) =>
        row.kind === 'section' ? row.title : row.key,
      );
    expect(keys(false)).toContain('seed');
    expect(keys(true)).toEqual([
      'Metrics (3)',
      'auc',
      'val_loss',
      'system/cpu',
      'Params (3)',
      'optimizer.learning_rate',
      'model',
      'prompt',
    ]);
    expect(keys(false, 'loss')).toEqual(['Metrics (1)', 'val_loss']);
  });

  test('know the best value', () => {
    const [auc, loss, cpu] = comparison.metrics.map(bestOf);
    expect([auc, loss, cpu]).toEqual([[2], [1], []]);
  });

  test.each([
    ['val_loss', true],
    ['valLoss', true],
    ['test/RMSE', true],
    ['latency_p99', true],
    ['accuracy', false],
    ['lossless_ratio', false],
    ['timely', false],
  ])('%s: smaller is better is %s', (key, smaller) => {
    expect(isSmallerBetter(key)).toBe(smaller);
  });
});

describe('plots', () => {
  const columns = plotColumns(comparison);

  test('take numbers as numbers, text as categories, and what is missing as missing', () => {
    expect(columns.map(({ id }) => id)).toEqual([
      'metric.auc',
      'metric.val_loss',
      'param.optimizer.learning_rate',
      'param.model',
      'param.prompt',
    ]);
    expect(columns[3]).toMatchObject({ categories: ['gbt'], values: [0, 0, Number.NaN] });
  });

  test('use a log scale where values are far apart', () => {
    const rate = columns[2];
    expect(rate?.logScale).toBe(true);
    if (!rate) return;
    expect(shareOf(rate, 0.01)).toBeCloseTo(0.5, 12);
    expect(valueAt(rate, 0.5)).toBeCloseTo(0.01, 12);
  });
});

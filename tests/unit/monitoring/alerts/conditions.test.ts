import { describe, expect, it } from 'vitest';
import { judgeCondition } from '#server/monitoring/alerts/conditions.ts';
import type { MonitorFacts } from '#server/monitoring/monitor-facts.ts';

const facts: MonitorFacts = {
  drift: {
    share: 0.4,
    drifted: true,
    rows: 1000,
    columns: {
      tenure: { statistic: 0.31, drifted: true, missing: 0, threshold: 0.2 },
      plan: { statistic: null, drifted: null, missing: null, threshold: 0.05 },
    },
  },
  performance: {
    auc: [
      { value: 0.85, labels: {} },
      { value: 0.7, labels: { plan: 'free' } },
      { unknown: 'plan=pro has 3 rows.', labels: { plan: 'pro' } },
    ],
  },
  metrics: {
    'latency-p99': [
      { value: 0.5, labels: { pod: 'a' } },
      { value: 0.1, labels: { pod: 'b' } },
    ],
    errors: [{ value: 20, labels: { pod: 'a' } }],
    load: [{ value: Number.NaN, labels: {} }],
    gone: [],
  },
};

const outcomes = (when: string, given = facts) =>
  judgeCondition(when, given).map(({ labels, holds }) => [Object.values(labels).join(), holds]);

describe('judgeCondition', () => {
  it('judges drift once, with the figures', () => {
    expect(judgeCondition('drift.share >= 0.3 && drift.columns.tenure.drifted', facts)).toEqual([
      { labels: {}, holds: true, found: 'drift.share = 0.4, drift.columns.tenure.drifted = true' },
    ]);
  });

  it('judges each label set of a series', () => {
    expect(outcomes('metrics.latency-p99 > 0.3')).toEqual(
      expect.arrayContaining([
        ['a', true],
        ['b', false],
      ]),
    );
    expect(outcomes('performance.auc < 0.8')).toEqual(
      expect.arrayContaining([
        ['', false],
        ['free', true],
        ['pro', null],
      ]),
    );
  });

  it('joins series where all have a value; the whole goes with each', () => {
    expect(outcomes("metrics['errors'] > 10 && metrics.latency-p99 > 0.3")).toEqual([['a', true]]);
    expect(outcomes('metrics.latency-p99 > 0.3 || drift.share > 0.9')).toHaveLength(2);
  });

  it('judges thousands of series without looking at each for each', () => {
    const latency = Array.from({ length: 5_000 }, (_, pod) => ({ value: pod, labels: { pod: String(pod) } }));
    const firing = judgeCondition('metrics.latency > 4998', { ...facts, metrics: { latency } });
    expect(firing.filter(({ holds }) => holds)).toMatchObject([{ labels: { pod: '4999' } }]);
  });

  it.each([
    ['drift.columns.plan.drifted', 'could not be compared'],
    ['drift.columns.vanished.drifted', 'was not compared'],
    ['metrics.load > 1', 'NaN'],
    ['metrics.gone > 1', 'no data'],
    ['metrics.never > 1', 'was not measured'],
    ['performance.f1 < 0.5', 'was not measured'],
  ])('%s is unknown: %s', (when, reason) => {
    expect(judgeCondition(when, facts)).toEqual([{ labels: {}, holds: null, found: expect.stringContaining(reason) }]);
  });

  it('is unknown where drift could not be checked, unless the rest decides', () => {
    const down = { ...facts, drift: { unknown: 'The file is damaged.' } };
    expect(outcomes('drift.share > 0.3', down)).toEqual([['', null]]);
    expect(outcomes('drift.share > 0.3 || metrics.errors > 10', down)).toEqual([['a', true]]);
  });

  it.each([
    ['drift.share >', 'A value is missing'],
    ['drift.share', 'this is a number'],
    ['drift.shares > 1', 'at “shares”, character 7'],
    ['params.x > 1', 'no `params` here'],
  ])('%s has a mistake that is told at its place', (when, message) => {
    expect(() => judgeCondition(when, facts)).toThrow(message);
  });
});

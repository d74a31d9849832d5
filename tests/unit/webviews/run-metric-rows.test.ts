import { expect, it } from 'vitest';
import type { JsonInteger, JsonNumber } from '#schemas/domain/number.ts';
import type { MetricSummary } from '#schemas/domain/run.ts';
import { metricRows } from '#webviews/run/metric-rows.ts';

function metric(key: string, value: JsonNumber, more: { step?: JsonInteger; min?: JsonNumber | null } = {}) {
  const { step = 0, min = value } = more;
  return { key, last: { value, step, timestamp: 0 }, min, max: min, count: 1 } satisfies MetricSummary;
}

const keysOf = (rows: readonly MetricSummary[]) => rows.map(({ key }) => key);

it('sorts keys with numbers as people do where nothing is asked for', () => {
  const metrics = [metric('f1/10', 1), metric('f1/9', 2), metric('auc', 3)];
  expect(keysOf(metricRows(metrics, { search: '', sort: [] }))).toEqual(['auc', 'f1/9', 'f1/10']);
});

it.each([
  [false, ['minus', 'small', 'large', 'infinite', 'nan']],
  [true, ['infinite', 'large', 'small', 'minus', 'nan']],
])('puts NaN last, descending: %s', (descending, order) => {
  const metrics = [
    metric('nan', 'NaN'),
    metric('infinite', 'Infinity'),
    metric('small', 1),
    metric('large', 20),
    metric('minus', '-Infinity'),
  ];
  expect(keysOf(metricRows(metrics, { search: '', sort: [{ column: 'last', descending }] }))).toEqual(order);
});

it.each([true, false])('puts what has no minimum last, descending: %s', (descending) => {
  const metrics = [metric('none', 'NaN', { min: null }), metric('some', 1)];
  expect(keysOf(metricRows(metrics, { search: '', sort: [{ column: 'min', descending }] }))).toEqual(['some', 'none']);
});

it('tells steps beyond 2^53 apart', () => {
  const metrics = [
    metric('later', 1, { step: '9007199254740993' }),
    metric('sooner', 1, { step: '9007199254740992' }),
    metric('early', 1, { step: 7 }),
  ];
  const rows = metricRows(metrics, { search: '', sort: [{ column: 'step', descending: false }] });
  expect(keysOf(rows)).toEqual(['early', 'sooner', 'later']);
});

it('finds metrics by words in any order and case', () => {
  const metrics = [metric('val/Loss', 1), metric('train/loss', 1), metric('val/auc', 1)];
  expect(keysOf(metricRows(metrics, { search: ' LOSS  val ', sort: [] }))).toEqual(['val/Loss']);
});

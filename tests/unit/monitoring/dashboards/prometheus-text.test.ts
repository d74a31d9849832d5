import { expect, test } from 'vitest';
import { toPrometheusText } from '#server/monitoring/dashboards/prometheus-text.ts';
import { report } from './reports.ts';

test('what a check found is told by metric, one group each', () => {
  const text = toPrometheusText(report());
  expect(text).toContain('# TYPE mlops_check_state gauge\nmlops_check_state{monitor="churn-drift",state="ok"} 0\n');
  expect(text).toContain('mlops_check_state{monitor="churn-drift",state="out-of-bounds"} 1\n');
  expect(text).toContain('mlops_check_timestamp_seconds{monitor="churn-drift"} 1767600000.5\n');
  expect(text).toContain('mlops_drift_statistic{monitor="churn-drift",column="tenure",method="psi"} 0.31\n');
  expect(text).toContain('mlops_performance{monitor="churn-drift",metric="auc",slice="plan=pro"} 0.7\n');
  const types = text.split('\n').filter((line) => line.startsWith('# TYPE'));
  expect(new Set(types).size).toBe(types.length);
});

test('what is not known has no sample, instead of one that looks like no drift', () => {
  const text = toPrometheusText(report());
  expect(text).not.toContain('column="gone"');
  const nothing = toPrometheusText({ ...report(), drift: null, checks: [], state: 'could-not-check' });
  expect(nothing).not.toContain('mlops_drift');
  expect(nothing).toContain('mlops_check_state{monitor="churn-drift",state="could-not-check"} 1\n');
});

test('names of columns may be anything', () => {
  const text = toPrometheusText(report('a "b"\\\nc'));
  expect(text).toContain('column="a \\"b\\"\\\\\\nc"');
});

test('a column that two methods looked at, and one twice, leaves no series twice', () => {
  const { drift, ...rest } = report();
  const twice = drift && { ...drift, columns: [...drift.columns, ...drift.columns] };
  const lines = toPrometheusText({ ...rest, drift: twice }).split('\n');
  const series = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.replace(/ \S+$/, ''));
  expect(new Set(series).size).toBe(series.length);
});

test('numbers that JSON lacks are written as Prometheus writes them', () => {
  const { checks, ...rest } = report();
  const odd = checks.map((check) => ({ ...check, value: '-Infinity' as const }));
  expect(toPrometheusText({ ...rest, checks: odd })).toContain('metric="auc",slice=""} -Inf\n');
});

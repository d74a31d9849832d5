import { expect, test } from 'vitest';
import { conditionToPromql } from '#server/monitoring/dashboards/condition-promql.ts';

test.each([
  ['drift.share >= 0.3', 'mlops_drift_share{monitor="m"} >= 0.3'],
  ['0.3 <= drift.share', 'mlops_drift_share{monitor="m"} >= 0.3'],
  ['drift.rows < 100', 'mlops_drift_rows{monitor="m",sample="current"} < 100'],
  ['drift.drifted', 'mlops_drift_detected{monitor="m"} == 1'],
  ['!drift.drifted', 'mlops_drift_detected{monitor="m"} == 0'],
  ['drift.drifted != true', 'mlops_drift_detected{monitor="m"} == 0'],
  ['drift.columns.tenure.drifted', 'mlops_drift_column_detected{monitor="m",column="tenure"} == 1'],
  ['drift.columns[\'a "b"\'].missing > 0.1', 'mlops_drift_missing_share{monitor="m",column="a \\"b\\""} > 0.1'],
  [
    'drift.columns.x.statistic > drift.columns.x.threshold * 2',
    'mlops_drift_statistic{monitor="m",column="x"} > on (monitor) (mlops_drift_threshold{monitor="m",column="x"} * 2)',
  ],
  ['performance.auc < 0.8', 'mlops_performance{monitor="m",metric="auc"} < 0.8'],
  ['metrics.latency-p99 > -1', 'mlops:metric{monitor="m",metric="latency-p99"} > -1'],
  [
    '!(drift.share < 0.3 || performance.auc >= 0.8)',
    '(mlops_drift_share{monitor="m"} >= 0.3) and on (monitor) (mlops_performance{monitor="m",metric="auc"} < 0.8)',
  ],
  [
    'drift.drifted || metrics.a == 1',
    '(mlops_drift_detected{monitor="m"} == 1) or (mlops:metric{monitor="m",metric="a"} == 1)',
  ],
])('%s', (when, expr) => {
  expect(conditionToPromql(when, 'm')).toMatchObject({ expr });
});

test.each([
  ["contains(model.name, 'x')", "“contains(model.name, 'x')” is no comparison."],
  ['max(drift.share, 1) > 0.3', '“max(drift.share, 1)” is no number that Prometheus has.'],
  ['drift.share', '“drift.share” is no comparison.'],
  ['1 < 2', '“1” compares nothing that changes.'],
  ['drift.drifted > 1', '“drift.drifted” can only be compared with true and false.'],
  ['model.version == "1"', '“model.version” is no number that Prometheus has.'],
  ['drift.share >', 'A value is missing after `>`.'],
])('what Prometheus can’t be asked is told: %s', (when, problem) => {
  expect(conditionToPromql(when, 'm')).toEqual({ problem });
});

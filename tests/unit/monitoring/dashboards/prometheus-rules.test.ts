import { expect, test } from 'vitest';
import { toPrometheusRules } from '#server/monitoring/dashboards/prometheus-rules.ts';
import { monitor } from './documents.ts';

const options = { runbookBase: 'https://example.com/runbooks/', keepFiringFor: true };
const rulesOf = (...given: Parameters<typeof toPrometheusRules>) => toPrometheusRules(...given).rules.groups[0]?.rules;

test('metrics are recorded before what asks them, with the labels of the document', () => {
  expect(rulesOf(monitor(), options)?.[0]).toEqual({
    record: 'mlops:metric',
    expr: 'histogram_quantile(0.99, sum by (le) (rate(latency_bucket[5m])))',
    labels: {
      team: 'growth',
      cost_centre: '12',
      monitor: 'churn-drift',
      model: 'churn@champion',
      environment: 'production',
      metric: 'latency-p99',
    },
  });
});

test('bounds become an alert, and a metric that is gone another', () => {
  const rules = rulesOf(monitor(), options);
  expect(rules).toContainEqual(
    expect.objectContaining({
      alert: 'requests out of bounds',
      expr: 'mlops:metric{monitor="churn-drift",metric="requests"} < 1 or mlops:metric{monitor="churn-drift",metric="requests"} > 500',
    }),
  );
  expect(rules).toContainEqual(
    expect.objectContaining({
      alert: 'latency-p99 has no data',
      expr: 'absent(mlops:metric{monitor="churn-drift",metric="latency-p99"})',
      for: '10m',
    }),
  );
});

test('alerts keep their times, severity and runbook', () => {
  expect(rulesOf(monitor(), options)).toContainEqual({
    alert: 'drift.share >= 0.3',
    expr: 'mlops_drift_share{monitor="churn-drift"} >= 0.3',
    for: '1h30m',
    keep_firing_for: '15m',
    labels: expect.objectContaining({ severity: 'critical', monitor: 'churn-drift', model: 'churn@champion' }),
    annotations: {
      summary: 'churn-drift: drift.share >= 0.3',
      description: 'drift.share >= 0.3: {{ $value }}',
      runbook_url: 'https://example.com/runbooks/drift.md',
    },
  });
});

test('what a rule can’t hold is left out and told', () => {
  const { leftOut, rules } = toPrometheusRules(
    monitor({
      metrics: [{ name: 'by version', query: 'up{version="${{ version }}"}' }],
      alerts: [
        { when: "metrics['by version'] > 1", channel: 'team' },
        { when: 'length(model.name) > 1', channel: 'team' },
        { name: 'kept', when: 'drift.drifted', channel: 'team', keepFiringFor: '5m' },
      ],
    }),
    { ...options, keepFiringFor: false },
  );
  expect(leftOut).toEqual([
    { name: 'by version', reason: 'Its query holds an expression that only a check of the monitor fills in.' },
    { name: "metrics['by version'] > 1", reason: 'Its condition asks the metric “by version”, which is not recorded.' },
    {
      name: 'length(model.name) > 1',
      reason: 'Prometheus can’t express its condition: “length(model.name)” is no number that Prometheus has.',
    },
    { name: 'kept', reason: 'keepFiringFor: 5m is not in its rule.' },
  ]);
  expect(rules.groups[0]?.rules).toEqual([expect.not.objectContaining({ keep_firing_for: expect.anything() })]);
});

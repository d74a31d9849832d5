import { monitorDocument } from '#schemas/config/monitor.ts';
import type { MonitorDocument } from '#server/monitoring/monitor-documents.ts';

/** A Monitor document with a bit of everything; `changes` take the place of its keys. */
export function monitor(changes: Readonly<Record<string, unknown>> = {}): MonitorDocument {
  return monitorDocument.parse({
    apiVersion: 'mlops/v1',
    kind: 'Monitor',
    metadata: { name: 'churn-drift', labels: { team: 'growth', 'cost-centre': '12' } },
    model: 'churn@champion',
    environment: 'production',
    drift: { reference: 'data/train.parquet', current: 'live/*.parquet', share: 0.3 },
    performance: { labels: 'labels.parquet', metrics: [{ name: 'auc', minimum: 0.8 }] },
    metrics: [
      {
        name: 'latency-p99',
        query: 'histogram_quantile(0.99, sum by (le) (rate(latency_bucket[5m])))',
        maximum: 0.3,
        for: '10m',
        unit: 's',
      },
      { name: 'requests', query: 'sum(rate(http_requests_total[5m]))', minimum: 1, maximum: 500 },
    ],
    alerts: [
      {
        when: 'drift.share >= 0.3',
        channel: 'team',
        severity: 'critical',
        for: '1h30m',
        keepFiringFor: '15m',
        runbook: 'drift.md',
      },
      {
        name: 'slow and drifting',
        when: 'metrics.latency-p99 > 0.3 && drift.columns.tenure.drifted',
        channel: ['team'],
      },
    ],
    dashboard: { title: 'Churn', folder: 'Models', tags: ['churn'] },
    ...changes,
  });
}

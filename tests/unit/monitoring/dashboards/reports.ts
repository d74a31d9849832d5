import { type MonitorReport, monitorReport } from '#schemas/domain/monitor-report.ts';

/** A check of a monitor; `column` is the one that drifted, `gone` one that nobody could compare. */
export function report(column = 'tenure'): MonitorReport {
  const performance = {
    kind: 'performance',
    name: 'auc',
    minimum: 0.8,
    maximum: null,
    interval: { low: 0.68, high: 0.75 },
    unit: null,
    state: 'out-of-bounds',
    reason: null,
  };
  const compared = {
    type: 'numeric',
    method: 'psi',
    statistic: 0.31,
    pValue: null,
    adjustedPValue: null,
    threshold: 0.2,
    drifted: true,
    verdict: 'drift',
    reason: null,
    errorBound: 0,
    missing: { reference: 0, current: 0.25 },
  };
  const unknown = { method: null, statistic: null, threshold: null, drifted: null, errorBound: null, missing: null };
  return monitorReport.parse({
    monitor: 'churn-drift',
    model: 'churn@champion',
    at: 1_767_600_000_500,
    state: 'out-of-bounds',
    checks: [
      { ...performance, labels: {}, value: 0.72 },
      { ...performance, labels: { plan: 'pro' }, value: 0.7, interval: null },
    ],
    alerts: [],
    drift: {
      rows: { reference: 1000, current: 900 },
      columns: [
        { ...compared, column },
        {
          ...compared,
          ...unknown,
          column: 'gone',
          verdict: 'could-not-check',
          reason: 'It is not in the current data.',
        },
      ],
      leftOut: [],
      share: 1,
      drifted: true,
      verdict: 'drift',
    },
  });
}

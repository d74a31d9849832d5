import type { DriftColumn, DriftReport, DriftVerdict } from '#schemas/domain/drift-report.ts';
import type { CheckState, MonitorCheck } from '#schemas/domain/monitor-report.ts';

const states: Readonly<Record<DriftVerdict, CheckState>> = {
  drift: 'out-of-bounds',
  'no-drift': 'ok',
  'no-data': 'no-data',
  'could-not-check': 'could-not-check',
};

const none = { kind: 'drift', labels: {}, minimum: null, maximum: null, interval: null, unit: null } as const;

/**
 * A comparison as checks: that of the data set, then one a column and method. P-values have to be at least the threshold,
 * distances at most.
 */
export function driftChecks(report: DriftReport, share: number): readonly MonitorCheck[] {
  const whole: MonitorCheck = {
    ...none,
    name: 'drift',
    value: report.share,
    maximum: share,
    state: states[report.verdict],
    reason: null,
  };
  return [whole, ...report.columns.map(columnCheck)];
}

/** A comparison that could not be made. */
export function failedDrift(reason: string): readonly MonitorCheck[] {
  return [{ ...none, name: 'drift', value: null, state: 'could-not-check', reason }];
}

function columnCheck({
  column,
  detector,
  method,
  statistic,
  pValue,
  adjustedPValue,
  threshold,
  verdict,
  reason,
}: DriftColumn): MonitorCheck {
  const probability = adjustedPValue ?? pValue;
  return {
    ...none,
    name: column,
    labels: { ...(method === null ? {} : { method }), ...(detector === undefined ? {} : { detector }) },
    ...(probability === null ? { value: statistic, maximum: threshold } : { value: probability, minimum: threshold }),
    state: states[verdict],
    reason,
  };
}

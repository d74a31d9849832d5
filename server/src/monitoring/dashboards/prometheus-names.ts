/**
 * The metrics under which what a check of a monitor found stands in Prometheus: written by `toPrometheusText`, drawn by
 * dashboards, asked by rules. All carry the label `monitor`.
 */
export const exported = {
  /** 1 for the state that the last check ended with, 0 for the others; label `state`. */
  state: 'mlops_check_state',
  checkedAt: 'mlops_check_timestamp_seconds',
  driftShare: 'mlops_drift_share',
  driftDetected: 'mlops_drift_detected',
  /** Label `sample`: reference or current. */
  driftRows: 'mlops_drift_rows',
  /** Labels `column` and `method`, as the other metrics of columns. */
  driftStatistic: 'mlops_drift_statistic',
  driftPValue: 'mlops_drift_p_value',
  driftThreshold: 'mlops_drift_threshold',
  columnDrifted: 'mlops_drift_column_detected',
  /** Label `column`; of the current data. */
  columnMissing: 'mlops_drift_missing_share',
  /** Labels `metric` and `slice`, which is empty for the whole. */
  performance: 'mlops_performance',
  performanceLow: 'mlops_performance_interval_low',
  performanceHigh: 'mlops_performance_interval_high',
} as const;

/** The recording rule of all metrics of monitors; labels `monitor` and `metric`. */
export const recordedMetric = 'mlops:metric';

/** A selector of one metric: `name{label="value"}`. Values may be anything. */
export function selector(name: string, labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}=${quoted(value)}`);
  return matchers.length === 0 ? name : `${name}{${matchers.join(',')}}`;
}

/** A string of PromQL and of label values in the text format: both escape backslash, quote and line end alike. */
export function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** A number as PromQL and the text format write it. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}

/** The slice of a performance as one label: `plan=pro`, empty for the whole. */
export function sliceText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

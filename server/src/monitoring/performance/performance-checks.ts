import type { MonitorCheck } from '#schemas/domain/monitor-report.ts';
import type { Performance, PerformanceSettings } from './performance-request.ts';

type Bound = PerformanceSettings['metrics'][number];

/** What was measured, held against the bounds of the document; a measure that is named twice has both. */
export function performanceChecks(
  measured: readonly Performance[],
  { metrics }: Pick<PerformanceSettings, 'metrics'>,
): readonly MonitorCheck[] {
  return measured.map(({ name, labels, value, interval, lack, reason }) => {
    const bounds = boundsOf(name, metrics);
    const check = { kind: 'performance', name, labels, value, ...bounds, interval, unit: null, reason } as const;
    if (value === null) return { ...check, state: lack ?? 'no-data' };
    return { ...check, state: isOutside(value, bounds) ? 'out-of-bounds' : 'ok' };
  });
}

/** Measures that could not be taken at all. */
export function failedPerformance(
  { metrics }: Pick<PerformanceSettings, 'metrics'>,
  reason: string,
): readonly MonitorCheck[] {
  const names = [...new Set(metrics.map(({ name }) => name))];
  return names.map((name) => {
    const bounds = boundsOf(name, metrics);
    const check = {
      kind: 'performance',
      name,
      labels: {},
      value: null,
      ...bounds,
      interval: null,
      unit: null,
    } as const;
    return { ...check, state: 'could-not-check', reason };
  });
}

function boundsOf(name: Bound['name'], metrics: readonly Bound[]) {
  const own = metrics.filter((metric) => metric.name === name);
  const minima = own.flatMap(({ minimum }) => (minimum === undefined ? [] : [minimum]));
  const maxima = own.flatMap(({ maximum }) => (maximum === undefined ? [] : [maximum]));
  return {
    minimum: minima.length === 0 ? null : Math.max(...minima),
    maximum: maxima.length === 0 ? null : Math.min(...maxima),
  };
}

function isOutside(value: number, { minimum, maximum }: { minimum: number | null; maximum: number | null }): boolean {
  return (minimum !== null && value < minimum) || (maximum !== null && value > maximum);
}

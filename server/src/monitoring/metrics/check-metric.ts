import type { z } from 'zod';
import type { monitorMetric } from '#schemas/config/monitor.ts';
import type { MonitorCheck } from '#schemas/domain/monitor-report.ts';
import { toJsonNumber } from '#schemas/domain/number.ts';
import { toFailure } from '../../platform/failure.ts';
import { durationMs } from '../../platform/units.ts';
import { chooseStep } from './choose-step.ts';
import type { MetricSource, Sample } from './metric-source.ts';

export type MonitorMetric = z.output<typeof monitorMetric>;

/** Points of the time that a value has to be out of bounds. */
const POINTS = 60;

interface MetricOptions {
  /** Unix milliseconds. */
  readonly now: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks for a metric and holds it against its bounds, one check a series. With `for`, a series is out of bounds where all its
 * values of that time are. What can't be asked is `could-not-check`, with the reason; no series is `no-data`.
 */
export async function checkMetric(
  source: MetricSource,
  metric: MonitorMetric,
  options: MetricOptions,
): Promise<readonly MonitorCheck[]> {
  try {
    const { data, warnings } = await source.query(metric.query, { at: options.now, signal: options.signal });
    if (data.length === 0)
      return [withoutValue(metric, 'no-data', remarks(['The query gives no series.', ...warnings]))];
    const lasting = await lastingSeries(source, metric, data, options);
    return data.map((sample) => judged(metric, sample, { lasting, warnings }));
  } catch (error) {
    options.signal?.throwIfAborted();
    return [withoutValue(metric, 'could-not-check', told(error))];
  }
}

/** A check of a metric that gave no value, and why. */
export function withoutValue(
  metric: MonitorMetric,
  state: 'no-data' | 'could-not-check',
  reason: string | null,
): MonitorCheck {
  return { ...boundsOf(metric), labels: {}, value: null, state, reason };
}

/** What went wrong and what to do, in one line. */
export function told(error: unknown): string {
  const { message, remedy } = toFailure(error);
  return remedy === null ? message : `${message} ${remedy}`;
}

function boundsOf({ name, minimum, maximum, unit }: MonitorMetric) {
  return {
    kind: 'metric',
    name,
    minimum: minimum ?? null,
    maximum: maximum ?? null,
    interval: null,
    unit: unit ?? null,
  } as const;
}

interface Circumstances {
  /** Series that are out of bounds for long enough; null where no time is asked for. */
  readonly lasting: ReadonlySet<string> | null;
  readonly warnings: readonly string[];
}

function judged(metric: MonitorMetric, { labels, value }: Sample, { lasting, warnings }: Circumstances): MonitorCheck {
  const check = { ...boundsOf(metric), labels, value: toJsonNumber(value) };
  if (Number.isNaN(value))
    return { ...check, state: 'no-data', reason: remarks(['The query gives NaN.', ...warnings]) };
  if (!isOutside(value, metric)) return { ...check, state: 'ok', reason: remarks(warnings) };
  if (lasting === null || lasting.has(keyOf(labels))) {
    return { ...check, state: 'out-of-bounds', reason: remarks(warnings) };
  }
  return { ...check, state: 'ok', reason: remarks([`Out of bounds, but not yet for ${metric.for}.`, ...warnings]) };
}

async function lastingSeries(
  source: MetricSource,
  metric: MonitorMetric,
  samples: readonly Sample[],
  { now, signal }: MetricOptions,
): Promise<ReadonlySet<string> | null> {
  if (metric.for === undefined) return null;
  if (!samples.some(({ value }) => isOutside(value, metric))) return new Set();
  const from = now - durationMs(metric.for);
  const stepMs = chooseStep({ from, to: now }, POINTS);
  const { data } = await source.queryRange(metric.query, { from, to: now, stepMs }, { signal });
  const lasting = data.filter(({ points }) => {
    const [first] = points;
    const wholeTime = first !== undefined && first.time < from + stepMs;
    return wholeTime && points.every(({ value }) => isOutside(value, metric));
  });
  return new Set(lasting.map(({ labels }) => keyOf(labels)));
}

function isOutside(value: number, { minimum, maximum }: MonitorMetric): boolean {
  return (minimum !== undefined && value < minimum) || (maximum !== undefined && value > maximum);
}

function keyOf(labels: Sample['labels']): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function remarks(lines: readonly string[]): string | null {
  return lines.length === 0 ? null : lines.join(' ');
}

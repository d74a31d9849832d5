import { dirname, relative, sep } from 'node:path';
import type { DriftReport } from '#schemas/domain/drift-report.ts';
import type { CheckState, MonitorCheck, MonitorReport } from '#schemas/domain/monitor-report.ts';
import { toFailure } from '../platform/failure.ts';
import type { CheckDrift } from './drift/drift-checker.ts';
import { toRequest } from './drift/monitor-request.ts';
import { driftChecks, failedDrift } from './drift/report-checks.ts';
import { factsOf } from './facts-of.ts';
import { checkMetric, type MonitorMetric, told, withoutValue } from './metrics/check-metric.ts';
import { expandQuery, namesVersion, type QueryContext } from './metrics/expand-query.ts';
import type { MetricSource, WithMetrics } from './metrics/metric-source.ts';
import type { CheckMonitor } from './monitor-checker.ts';
import { type MonitorDocument, readMonitor } from './monitor-documents.ts';
import type { ProcessAlerts } from './monitor-facts.ts';
import type { MonitorHistory } from './monitor-history.ts';
import { failedPerformance, performanceChecks } from './performance/performance-checks.ts';
import type { MeasurePerformance } from './performance/performance-request.ts';

/** What a check needs of the world. */
export interface CheckParts {
  /** Absolute: the folder of the workspace. */
  readonly folder: string;
  readonly checkDrift: CheckDrift;
  readonly measurePerformance: MeasurePerformance;
  readonly withMetrics: WithMetrics;
  /** The version that a model reference means now. Fails as the registry does. */
  readonly resolveModel: (reference: string, signal?: AbortSignal) => Promise<{ name: string; version: string }>;
  readonly processAlerts: ProcessAlerts;
  readonly history: Pick<MonitorHistory, 'append'>;
  /** What could not be kept; the report is there all the same. */
  readonly onWarning: (message: string) => void;
  /** Unix milliseconds. */
  readonly now: () => number;
}

interface Circumstances {
  readonly document: MonitorDocument;
  /** Absolute: paths of the document start here. */
  readonly folder: string;
  readonly now: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((what: string) => void) | undefined;
}

/** Drift, performance and metrics are checked beside each other’s failures: one that can’t be checked hides no other. */
export function createCheckMonitor(parts: CheckParts): CheckMonitor {
  return async ({ file, name }, { signal, onProgress }) => {
    const document = await readMonitor(file, name);
    const circumstances = { document, folder: dirname(file), now: parts.now(), signal, onProgress };
    const drift = await checkData(parts, circumstances);
    const performance = await checkPerformance(parts, circumstances);
    const metrics = await checkMetrics(parts, circumstances);
    const checks = [...drift.checks, ...performance, ...metrics];
    const report: MonitorReport = {
      monitor: document.metadata.name,
      model: document.model ?? null,
      at: circumstances.now,
      state: gravest(checks),
      checks,
      alerts: await judgeAlerts(parts, circumstances, { checks, drift: drift.report }),
      drift: drift.report,
    };
    keep(parts, file, report);
    return report;
  };
}

async function judgeAlerts(
  { processAlerts, onWarning }: CheckParts,
  { document, folder, now, signal }: Circumstances,
  { checks, drift }: { readonly checks: readonly MonitorCheck[]; readonly drift: DriftReport | null },
): Promise<MonitorReport['alerts']> {
  try {
    return [...(await processAlerts({ document, folder, facts: factsOf(checks, drift), now }, signal))];
  } catch (error) {
    signal?.throwIfAborted();
    const reason = told(error);
    onWarning(`The alerts could not be judged: ${reason}`);
    return (document.alerts ?? []).map(({ name, when, severity, labels = {} }) => ({
      name: name ?? when,
      severity,
      state: 'unknown',
      labels,
      since: null,
      reason,
      runbook: null,
    }));
  }
}

async function checkData(
  { checkDrift }: CheckParts,
  { document: { drift }, folder, signal, onProgress }: Circumstances,
): Promise<{ readonly report: DriftReport | null; readonly checks: readonly MonitorCheck[] }> {
  if (!drift) return { report: null, checks: [] };
  onProgress?.('Comparing the data');
  const side = (path: string) => ({ path, folder });
  try {
    const report = await checkDrift(
      {
        reference: side(drift.reference),
        current: side(drift.current),
        request: toRequest(drift, { columns: [], methods: [] }),
      },
      {
        ...(signal ? { signal } : {}),
        onProgress: (done, total) => onProgress?.(`Comparing columns: ${done} of ${total}`),
      },
    );
    return { report, checks: driftChecks(report, drift.share) };
  } catch (error) {
    signal?.throwIfAborted();
    return { report: null, checks: failedDrift(told(error)) };
  }
}

async function checkPerformance(
  { measurePerformance }: CheckParts,
  { document: { performance, drift }, folder, signal, onProgress }: Circumstances,
): Promise<readonly MonitorCheck[]> {
  if (!performance) return [];
  onProgress?.('Measuring the predictions');
  const predictions = performance.predictions ?? drift?.current;
  if (predictions === undefined) {
    return failedPerformance(performance, 'Where the predictions lie is not said: add performance.predictions.');
  }
  try {
    const measured = await measurePerformance(
      {
        predictions: { path: predictions, folder },
        labels: { path: performance.labels, folder },
        settings: performance,
        minimumRows: drift?.minimumRows ?? 30,
      },
      signal ? { signal } : {},
    );
    return performanceChecks(measured, performance);
  } catch (error) {
    signal?.throwIfAborted();
    return failedPerformance(performance, told(error));
  }
}

async function checkMetrics(parts: CheckParts, circumstances: Circumstances): Promise<readonly MonitorCheck[]> {
  const { document, now, signal, onProgress } = circumstances;
  const metrics = document.metrics ?? [];
  if (metrics.length === 0) return [];
  onProgress?.('Asking Prometheus');
  try {
    const context = await contextOf(parts, circumstances);
    return await parts.withMetrics(async (source: MetricSource) => {
      const checks = metrics.map((metric) => {
        const expanded = expand(metric, context);
        return Array.isArray(expanded) ? expanded : checkMetric(source, expanded, { now, signal });
      });
      return (await Promise.all(checks)).flat();
    });
  } catch (error) {
    signal?.throwIfAborted();
    return metrics.map((metric) => withoutValue(metric, 'could-not-check', told(error)));
  }
}

async function contextOf(
  { resolveModel }: CheckParts,
  { document: { model, environment, metrics = [] }, signal }: Circumstances,
): Promise<QueryContext> {
  const place = environment ?? null;
  if (model === undefined) return { model: null, environment: place };
  const name = model.split('@', 1)[0] ?? model;
  const unresolved = { model: { name, version: null }, environment: place };
  if (!metrics.some(({ query }) => namesVersion(query))) return unresolved;
  try {
    return { model: await resolveModel(model, signal), environment: place };
  } catch {
    signal?.throwIfAborted();
    // The metrics that name it say so.
    return unresolved;
  }
}

function expand(metric: MonitorMetric, context: QueryContext): MonitorMetric | MonitorCheck[] {
  try {
    return { ...metric, query: expandQuery(metric.query, context) };
  } catch (error) {
    return [withoutValue(metric, 'could-not-check', told(error))];
  }
}

const byGravity: readonly CheckState[] = ['out-of-bounds', 'could-not-check', 'no-data', 'ok'];

/** A monitor that checks nothing tells nothing. */
function gravest(checks: readonly MonitorCheck[]): CheckState {
  // A column that drifted is told; whether the data did is said by the share of columns.
  const counted = checks.filter(({ kind, name }) => kind !== 'drift' || name === 'drift');
  return byGravity.find((state) => counted.some((check) => check.state === state)) ?? 'no-data';
}

function keep({ folder, history, onWarning }: CheckParts, file: string, report: MonitorReport): void {
  try {
    history.append({ file: relative(folder, file).split(sep).join('/'), name: report.monitor }, report);
  } catch (error) {
    onWarning(`The report could not be kept: ${toFailure(error).message}`);
  }
}

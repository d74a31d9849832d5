import { toJsonNumber } from '#schemas/domain/number.ts';
import type { MetricSummary, RunDetails } from '#schemas/domain/run.ts';
import { toFailure } from '../platform/failure.ts';
import { byText } from './table-columns.ts';
import type { Tracker } from './tracker.ts';
import type { RunRecord, TrackingStore } from './tracking-store.ts';
import { namesOf, toDataset, toLoggedModel, toMetricValue, toRun } from './wire.ts';

/** What the run page shows. A part that can't be read becomes a warning, and the rest shows. Fails where the run itself does. */
export async function readRunDetails({ store }: Tracker, runId: string, signal?: AbortSignal): Promise<RunDetails> {
  const record = await store.getRun(runId, signal);
  const warnings: string[] = [];
  const orElse = async <T>(what: string, read: () => Promise<T>, fallback: T): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      signal?.throwIfAborted();
      warnings.push(`${what} can’t be read: ${toFailure(error).message}`);
      return fallback;
    }
  };
  const [experiment, metrics, datasets, loggedModels] = await Promise.all([
    orElse('The experiment’s name', () => experimentName(store, record, signal), record.experimentId),
    orElse('Minimum and maximum of the metrics', () => summaries(store, record, signal), lastValues(record)),
    orElse('Datasets', async () => (await store.datasets(runId, signal)).map(toDataset), []),
    orElse('Logged models', async () => (await store.loggedModels(runId, signal)).map(toLoggedModel), []),
  ]);
  const { userId, artifactUri } = record;
  return { run: toRun(record, experiment), userId, artifactUri, metrics, datasets, loggedModels, warnings };
}

async function experimentName(store: TrackingStore, run: RunRecord, signal?: AbortSignal): Promise<string> {
  const names = namesOf(await store.listExperiments(signal ? { view: 'all', signal } : { view: 'all' }));
  return names.get(run.experimentId) ?? run.experimentId;
}

async function summaries(store: TrackingStore, run: RunRecord, signal?: AbortSignal): Promise<MetricSummary[]> {
  if (run.metrics.size === 0) return [];
  const extents = (await store.metricExtent([run.id], null, signal)).get(run.id);
  return lastValues(run).map((summary) => {
    const extent = extents?.get(summary.key);
    if (!extent) return summary;
    const { min, max, count } = extent;
    return {
      ...summary,
      min: min === null ? null : toJsonNumber(min),
      max: max === null ? null : toJsonNumber(max),
      count,
    };
  });
}

function lastValues(run: RunRecord): MetricSummary[] {
  return [...run.metrics]
    .sort(([a], [b]) => byText.compare(a, b))
    .map(([key, last]) => ({ key, last: toMetricValue(last), min: null, max: null, count: 1 }));
}

import { toJsonInteger, toJsonNumber } from '#schemas/domain/number.ts';
import type { Dataset, Experiment, LoggedModel, MetricPoint, MetricValue, Run } from '#schemas/domain/run.ts';
import type {
  DatasetRecord,
  ExperimentRecord,
  LoggedModelRecord,
  MetricHistory,
  RunRecord,
  MetricValue as StoredMetricValue,
} from './tracking-store.ts';

/** Turns what stores give into what travels: maps into objects, NaN, infinities and large integers into text. */

export function toRun(record: RunRecord, experiment: string): Run {
  return {
    id: record.id,
    name: record.name,
    experimentId: record.experimentId,
    experiment,
    status: record.status,
    startTime: record.startTime,
    endTime: record.endTime,
    lifecycleStage: record.lifecycleStage,
    params: toObject(record.params),
    metrics: toObject(new Map([...record.metrics].map(([key, value]) => [key, toMetricValue(value)]))),
    tags: toObject(record.tags),
  };
}

export function toMetricValue(value: StoredMetricValue): MetricValue {
  return { value: toJsonNumber(value.value), step: toJsonInteger(value.step), timestamp: value.timestamp };
}

export function toExperiment(record: ExperimentRecord): Experiment {
  return { id: record.id, name: record.name, lifecycleStage: record.lifecycleStage, runs: record.runs };
}

export function toDataset(record: DatasetRecord): Dataset {
  return { ...record };
}

export function toLoggedModel(record: LoggedModelRecord): LoggedModel {
  return {
    ...record,
    params: toObject(record.params),
    metrics: record.metrics.map((metric) => ({ ...metric, value: toJsonNumber(metric.value) })),
    tags: toObject(record.tags),
  };
}

/** Points `start … end` of a history. */
export function toMetricPoints(history: MetricHistory, start = 0, end = history.steps.length): MetricPoint[] {
  return history.steps.slice(start, end).map((step, offset) => ({
    step: toJsonInteger(step),
    timestamp: history.timestamps[start + offset] ?? 0,
    value: toJsonNumber(history.values[start + offset] ?? Number.NaN),
  }));
}

/**
 * Keys in the order of their UTF-16 units, whatever order a store gives them in. They come from users: `__proto__` must
 * stay a key like any other.
 */
function toObject<T>(map: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The experiments' names by id, deleted ones too. */
export function namesOf(experiments: readonly ExperimentRecord[]): ReadonlyMap<string, string> {
  return new Map(experiments.map(({ id, name }) => [id, name]));
}

/** Text cut to `length` UTF-16 units, an ellipsis at its end; never within a pair of surrogates. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = length - 1;
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
  const kept = text.slice(0, splitsPair ? end - 1 : end);
  // A slice would keep all of a huge text in memory; a copy doesn't.
  return `${Buffer.from(kept, 'utf16le').toString('utf16le')}…`;
}

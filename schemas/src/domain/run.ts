import { z } from 'zod';
import { jsonInteger, jsonNumber } from './number.ts';

/** Names one run across all trackers; `tracker/runId` in text. */
export const runRef = z.object({ tracker: z.string(), runId: z.string() });
export type RunRef = z.infer<typeof runRef>;

/** The text form of a run's name: `tracker/runId`. Run ids hold no slash, tracker names neither. */
export function formatRunRef(ref: RunRef): string {
  return `${ref.tracker}/${ref.runId}`;
}

export const runStatus = z.enum(['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']);
export type RunStatus = z.infer<typeof runStatus>;

export const lifecycleStage = z.enum(['active', 'deleted']);
export type LifecycleStage = z.infer<typeof lifecycleStage>;

/** The last logged value of a metric. `timestamp` in Unix milliseconds. */
export const metricValue = z.object({ value: jsonNumber, step: jsonInteger, timestamp: z.number() });
export type MetricValue = z.infer<typeof metricValue>;

/** A run as lists show it. Times are Unix milliseconds, null where the store has none. */
export const run = z.object({
  id: z.string(),
  name: z.string(),
  experimentId: z.string(),
  experiment: z.string(),
  status: runStatus,
  startTime: z.number().nullable(),
  endTime: z.number().nullable(),
  lifecycleStage,
  params: z.record(z.string(), z.string()),
  metrics: z.record(z.string(), metricValue),
  tags: z.record(z.string(), z.string()),
});
export type Run = z.infer<typeof run>;

export const experiment = z.object({
  id: z.string(),
  name: z.string(),
  lifecycleStage,
  /** Number of active runs; null where the store can't count without reading all of them. */
  runs: z.number().nullable(),
});
export type Experiment = z.infer<typeof experiment>;

/** What a metric did over the whole run. `count` is the number of logged points; `min`, `max` leave NaN out. */
export const metricSummary = z.object({
  key: z.string(),
  last: metricValue,
  min: jsonNumber.nullable(),
  max: jsonNumber.nullable(),
  count: z.number(),
});
export type MetricSummary = z.infer<typeof metricSummary>;

export const dataset = z.object({
  name: z.string(),
  digest: z.string(),
  sourceType: z.string(),
  source: z.string(),
  schema: z.string().nullable(),
  profile: z.string().nullable(),
  /** What the run used it for (`training`, `validation`…): MLflow's tag `mlflow.data.context`. */
  context: z.string().nullable(),
});
export type Dataset = z.infer<typeof dataset>;

export const loggedModel = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  modelType: z.string().nullable(),
  artifactUri: z.string(),
  createdAt: z.number().nullable(),
  params: z.record(z.string(), z.string()),
  metrics: z.array(z.object({ key: z.string(), value: jsonNumber, dataset: z.string().nullable() })),
  tags: z.record(z.string(), z.string()),
});
export type LoggedModel = z.infer<typeof loggedModel>;

/** Everything a run's page shows. */
export const runDetails = z.object({
  run,
  userId: z.string().nullable(),
  artifactUri: z.string().nullable(),
  metrics: z.array(metricSummary),
  datasets: z.array(dataset),
  loggedModels: z.array(loggedModel),
  /** What could not be read, in the user's words: the rest of the page still shows. */
  warnings: z.array(z.string()),
});
export type RunDetails = z.infer<typeof runDetails>;

export const metricPoint = z.object({ step: jsonInteger, timestamp: z.number(), value: jsonNumber });
export type MetricPoint = z.infer<typeof metricPoint>;

export const artifactEntry = z.object({
  /** Path relative to the run's artifact root, with `/`. */
  path: z.string(),
  isDirectory: z.boolean(),
  /** Bytes; null for a directory or where the store does not say. */
  size: z.number().nullable(),
});
export type ArtifactEntry = z.infer<typeof artifactEntry>;

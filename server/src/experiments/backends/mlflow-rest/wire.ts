import { z } from 'zod';
import { lifecycleStage, runStatus } from '#schemas/domain/run.ts';
import type {
  DatasetRecord,
  ExperimentRecord,
  LoggedModelRecord,
  MetricValue,
  RunRecord,
  Step,
} from '../../tracking-store.ts';
import { MAX_TEXT_BYTES, SHOWN_TEXT_BYTES, shortened } from '../shared/long-text.ts';
import { modelStatus } from '../shared/model-status.ts';
import { isLater, stepOf } from '../shared/points.ts';

// What MLflow's API answers. Unknown fields are ignored, and protobuf leaves out what is empty: only ids are required.

const integer = z.union([z.number(), z.bigint(), z.string().regex(/^-?\d+$/)]);
const milliseconds = integer
  .nullish()
  .transform((value) => (value === null || value === undefined ? null : Number(value)));
const step = integer.nullish().transform((value): Step => stepOf(String(value ?? 0)));
// As protobuf writes it, and as Python's json module does once its bare words are quoted.
const float = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]).transform(Number);
const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
const emptyText = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
const pair = z.object({ key: z.string(), value: emptyText });
const pairs = list(pair);

export const metricPoint = z
  .object({
    key: z.string().optional(),
    run_id: z.string().optional(),
    value: float.nullish().transform((value) => value ?? 0),
    timestamp: milliseconds,
    step,
  })
  .transform(({ timestamp, ...rest }) => ({ ...rest, timestamp: timestamp ?? 0 }));

const page = { next_page_token: z.string().nullish() };

export const experimentsPage = z.object({
  ...page,
  experiments: list(
    z.object({
      experiment_id: z.string(),
      name: emptyText,
      artifact_location: optionalText,
      lifecycle_stage: lifecycleStage.nullish().transform((value) => value ?? 'active'),
      last_update_time: milliseconds,
    }),
  ),
});
export type WireExperiment = z.infer<typeof experimentsPage>['experiments'][number];

const dataset = z.object({
  name: emptyText,
  digest: emptyText,
  source_type: emptyText,
  source: emptyText,
  schema: optionalText,
  profile: optionalText,
});

const wireRun = z.object({
  info: z
    .object({
      run_id: z.string().optional(),
      run_uuid: z.string().optional(),
      run_name: emptyText,
      experiment_id: z.string(),
      user_id: optionalText,
      status: runStatus.nullish().transform((value) => value ?? 'RUNNING'),
      start_time: milliseconds,
      end_time: milliseconds,
      artifact_uri: optionalText,
      lifecycle_stage: lifecycleStage.nullish().transform((value) => value ?? 'active'),
    })
    .refine((info) => info.run_id !== undefined || info.run_uuid !== undefined, 'a run without an id'),
  data: z.object({ metrics: list(metricPoint), params: pairs, tags: pairs }).nullish(),
  inputs: z.object({ dataset_inputs: list(z.object({ tags: pairs, dataset })) }).nullish(),
  outputs: z.object({ model_outputs: list(z.object({ model_id: z.string() })) }).nullish(),
});
export type WireRun = z.infer<typeof wireRun>;

export const runAnswer = z.object({ run: wireRun });
export const runsPage = z.object({ ...page, runs: list(wireRun) });
export const pointsPage = z.object({ ...page, metrics: list(metricPoint) });

const wireModel = z.object({
  info: z.object({
    model_id: z.string(),
    name: emptyText,
    status: emptyText,
    model_type: optionalText,
    artifact_uri: emptyText,
    creation_timestamp_ms: milliseconds,
    tags: pairs,
  }),
  data: z
    .object({
      params: pairs,
      metrics: list(metricPoint.and(z.object({ dataset_name: optionalText, dataset_digest: optionalText }))),
    })
    .nullish(),
});
type WireModel = z.infer<typeof wireModel>;
export const modelAnswer = z.object({ model: wireModel });
export const modelsPage = z.object({ ...page, models: list(wireModel) });

export const artifactsPage = z.object({
  ...page,
  files: list(
    z.object({
      path: z.string(),
      is_dir: z
        .boolean()
        .nullish()
        .transform((value) => value ?? false),
      file_size: milliseconds,
    }),
  ),
});

export function toExperiment(experiment: WireExperiment): ExperimentRecord {
  return {
    id: experiment.experiment_id,
    name: experiment.name,
    lifecycleStage: experiment.lifecycle_stage,
    artifactLocation: experiment.artifact_location,
    runs: null,
  };
}

export function runIdOf({ info }: WireRun): string {
  return info.run_id ?? info.run_uuid ?? '';
}

export function toRun(run: WireRun): RunRecord {
  const { info, data } = run;
  const tags = textMap(data?.tags ?? []);
  return {
    id: runIdOf(run),
    // Servers before 1.30 know the name as a tag only.
    name: info.run_name || (tags.get('mlflow.runName') ?? ''),
    experimentId: info.experiment_id,
    status: info.status,
    startTime: info.start_time,
    endTime: info.end_time,
    lifecycleStage: info.lifecycle_stage,
    userId: info.user_id,
    artifactUri: info.artifact_uri,
    params: textMap(data?.params ?? []),
    metrics: new Map((data?.metrics ?? []).map((metric) => [metric.key ?? '', toPoint(metric)])),
    tags,
  };
}

export function toPoint({ value, step: at, timestamp }: z.infer<typeof metricPoint>): MetricValue {
  return { value, step: at, timestamp };
}

export function toDatasets({ inputs }: WireRun): readonly DatasetRecord[] {
  return (inputs?.dataset_inputs ?? []).map(({ tags, dataset: used }) => ({
    name: used.name,
    digest: used.digest,
    sourceType: used.source_type,
    source: used.source,
    schema: used.schema,
    profile: used.profile,
    context: tags.find((tag) => tag.key === 'mlflow.data.context')?.value ?? null,
  }));
}

export function toModel({ info, data }: WireModel): LoggedModelRecord {
  const latest = new Map<string, WireModelMetric>();
  for (const metric of data?.metrics ?? []) {
    const id = JSON.stringify([metric.key, metric.dataset_name, metric.dataset_digest]);
    const held = latest.get(id);
    if (held === undefined || isLater(metric, held)) latest.set(id, metric);
  }
  return {
    id: info.model_id,
    name: info.name,
    status: modelStatus(info.status),
    modelType: info.model_type,
    artifactUri: info.artifact_uri,
    createdAt: info.creation_timestamp_ms,
    params: textMap(data?.params ?? []),
    metrics: [...latest.values()]
      .map(({ key, value, dataset_name }) => ({ key: key ?? '', value, dataset: dataset_name }))
      .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))),
    tags: textMap(info.tags),
  };
}

type WireModelMetric = NonNullable<WireModel['data']>['metrics'][number];

function textMap(entries: readonly z.infer<typeof pair>[]): Map<string, string> {
  return new Map(entries.map(({ key, value }) => [key, shown(value)]));
}

function shown(text: string): string {
  return text.length <= MAX_TEXT_BYTES ? text : shortened(text.slice(0, SHOWN_TEXT_BYTES), Buffer.byteLength(text));
}

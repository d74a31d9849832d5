import { z } from 'zod';
import type { RunStatus } from '#schemas/domain/run.ts';

const text = z.string();
const optionalText = text.nullish().transform((value) => value ?? null);
const milliseconds = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, 'no number')
  .transform(Number)
  .nullish()
  .transform((value) => value ?? null);
const lifecycle = z
  .enum(['active', 'deleted'])
  .nullish()
  .transform((value) => value ?? 'active');

const STATUSES: Readonly<Record<string, RunStatus>> = {
  '1': 'RUNNING',
  '2': 'SCHEDULED',
  '3': 'FINISHED',
  '4': 'FAILED',
  '5': 'KILLED',
  RUNNING: 'RUNNING',
  SCHEDULED: 'SCHEDULED',
  FINISHED: 'FINISHED',
  FAILED: 'FAILED',
  KILLED: 'KILLED',
};

const status = text.nullish().transform((value, context): RunStatus => {
  const known = STATUSES[value ?? '1'];
  if (known !== undefined) return known;
  context.addIssue({ code: 'custom', message: `“${value}” is no status` });
  return z.NEVER;
});

/** Old stores say `run_uuid` for `run_id` and `name` for `run_name`. */
export const runMetadata = z
  .object({
    run_id: text.nullish(),
    run_uuid: text.nullish(),
    run_name: text.nullish(),
    name: text.nullish(),
    experiment_id: text,
    user_id: optionalText,
    status,
    start_time: milliseconds,
    end_time: milliseconds,
    lifecycle_stage: lifecycle,
    artifact_uri: optionalText,
  })
  .transform(({ run_id, run_uuid, run_name, name, ...rest }) => ({
    ...rest,
    run_id: run_id ?? run_uuid ?? null,
    name: run_name || name || '',
  }));
export type RunMetadata = z.infer<typeof runMetadata>;

export const experimentMetadata = z.object({
  experiment_id: text,
  name: text,
  artifact_location: optionalText,
  creation_time: milliseconds,
});

export const datasetMetadata = z.object({
  name: text,
  digest: text,
  source_type: text,
  source: text,
  schema: optionalText,
  profile: optionalText,
});

export const inputMetadata = z.object({
  source_type: text,
  source_id: text,
  tags: z
    .record(text, text)
    .nullish()
    .transform((tags) => tags ?? {}),
});

export const outputMetadata = z.object({ source_id: text });

export const modelMetadata = z.object({
  model_id: text,
  name: text,
  status: text.nullish().transform((value) => value ?? '0'),
  model_type: optionalText,
  artifact_location: text,
  creation_timestamp: milliseconds,
  source_run_id: optionalText,
  lifecycle_stage: lifecycle,
});
export type ModelMetadata = z.infer<typeof modelMetadata>;

import { z } from 'zod';
import type { MlflowVersionRecord } from '../shared/mlflow-records.ts';
import { versionStatus } from '../shared/mlflow-status.ts';

// What MLflow's API answers about models. Protobuf leaves out what is empty: only names and numbers are required.

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const tags = z
  .array(z.object({ key: z.string(), value: text }))
  .nullish()
  .transform((items) => new Map((items ?? []).map(({ key, value }) => [key, value])));
const page = { next_page_token: z.string().nullish() };

const wireVersion = z.object({
  name: z.string(),
  version: z.union([z.number(), z.string().regex(/^\d+$/)]).transform(Number),
  creation_timestamp: z
    .union([z.number(), z.string()])
    .nullish()
    .transform((value) => Number(value ?? 0)),
  current_stage: text,
  description: text,
  user_id: text,
  source: text,
  run_id: text,
  status: text,
  tags,
});
type WireVersion = z.infer<typeof wireVersion>;

const wireModel = z.object({
  name: z.string(),
  tags,
  aliases: z
    .array(z.object({ alias: z.string(), version: z.union([z.number(), z.string()]).transform(Number) }))
    .nullish()
    .transform((items) => new Map((items ?? []).map(({ alias, version }) => [alias, version]))),
});
export type WireModel = z.infer<typeof wireModel>;

export const versionAnswer = z.object({ model_version: wireVersion });
export const modelAnswer = z.object({ registered_model: wireModel });
export const versionsPage = z.object({ ...page, model_versions: z.array(wireVersion).nullish() });
export const modelsPage = z.object({ ...page, registered_models: z.array(wireModel).nullish() });
/** An answer that says nothing. */
export const nothing = z.unknown();

export function toRecord(version: WireVersion): MlflowVersionRecord {
  return {
    number: version.version,
    createdAt: version.creation_timestamp,
    status: versionStatus(version.status),
    currentStage: version.current_stage || 'None',
    description: version.description,
    userId: version.user_id || null,
    runId: version.run_id || null,
    source: version.source || null,
    tags: version.tags,
  };
}

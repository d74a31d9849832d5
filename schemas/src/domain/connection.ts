import { z } from 'zod';

export const connectionKind = z.enum([
  'tracker',
  'registry',
  'storage',
  'prometheus',
  'grafana',
  'kubernetes',
  'alerting',
]);
export type ConnectionKind = z.infer<typeof connectionKind>;

/** Where a connection was configured. */
export const configurationSource = z.enum(['mlops.yaml', 'environment', '.env', 'settings', 'found', 'command line']);
export type ConfigurationSource = z.infer<typeof configurationSource>;

/** `attention` tells the view which action to offer. */
export const connectionAttention = z.enum([
  'sign-in',
  'allow-origin',
  'fix-configuration',
  'unreachable',
  'unsupported',
]);
export type ConnectionAttention = z.infer<typeof connectionAttention>;

export const connection = z.object({
  /** Unique within the workspace; for a tracker, the `tracker` of its run references. */
  name: z.string(),
  kind: connectionKind,
  /** mlflow-sqlite, mlflow-file, mlflow-rest, sqlite, s3, … */
  backend: z.string(),
  /** Without credentials. */
  uri: z.string(),
  /** The origin that credentials and permission belong to; null for what is on this disk. */
  origin: z.string().nullable(),
  source: configurationSource,
  /** null while it was never checked. */
  healthy: z.boolean().nullable(),
  /** One line a person can act on, or what answered (`MLflow 3.17.2`). */
  detail: z.string(),
  latencyMs: z.number().nullable(),
  attention: connectionAttention.nullable(),
});
export type Connection = z.infer<typeof connection>;

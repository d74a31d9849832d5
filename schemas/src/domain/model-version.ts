import { z } from 'zod';
import { jsonNumber } from './number.ts';
import { runRef } from './run.ts';

/** A model's name: what URIs, files and Kubernetes labels can hold; `@` and `/` part a reference. */
export const modelName = z
  .string()
  .regex(
    /^(?=.{1,128}$)[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/,
    'A model’s name has at most 128 letters, digits, dots, dashes and underscores, and begins and ends with a letter or digit.',
  );

/** Semantic Versioning 2.0.0, without build metadata: two versions that differ in it alone would rank equal. */
export const semanticVersion = z
  .string()
  .max(256)
  .regex(
    /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*))*)?$/,
    'Expected a semantic version such as 1.2.0 or 2.0.0-rc.1.',
  );

/** MLflow's rule, less what reads as a version; `latest` is every registry's newest. */
export const modelAlias = z
  .string()
  .regex(/^[A-Za-z_][\w-]{0,127}$/, 'An alias has letters, digits, dashes and underscores, and begins with a letter.')
  .refine((alias) => !/^(?:latest|v\d+)$/i.test(alias), 'latest and v1, v2, … are names that MLflow keeps for itself.');

/** SHA-256 in lower-case hexadecimal digits. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** One file of a version. `path` is relative to its root, with `/`; `size` in bytes. */
export const modelFile = z.object({ path: z.string(), size: z.number(), sha256 });
export type ModelFile = z.infer<typeof modelFile>;

export const dataSetUse = z.object({ name: z.string(), digest: z.string(), context: z.string().nullable() });

/** One input or output of a model: `shape` of a tensor has −1 where any length fits. */
export const signatureField = z.object({
  name: z.string().nullable(),
  type: z.string(),
  shape: z.array(z.number()).nullable(),
  required: z.boolean(),
});

/** What goes into a model and what comes out; null where it does not say. */
export const ioSignature = z.object({
  inputs: z.array(signatureField).nullable(),
  outputs: z.array(signatureField).nullable(),
  params: z.array(signatureField).nullable(),
});
export type IoSignature = z.infer<typeof ioSignature>;

/** What is known of a version besides its files; fixed when it is registered. */
export const modelMetadata = z.object({
  description: z.string(),
  /** `sklearn`, `pytorch`, …: the flavour that a person would name. */
  framework: z.string().nullable(),
  flavors: z.array(z.string()),
  run: runRef.nullable(),
  gitCommit: z.string().nullable(),
  dataSets: z.array(dataSetUse),
  params: z.record(z.string(), z.string()),
  metrics: z.record(z.string(), jsonNumber),
  signature: ioSignature.nullable(),
  /** Lines of requirements.txt. */
  requirements: z.array(z.string()),
  licence: z.string().nullable(),
  /** Markdown. */
  card: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  /** Versions that this one was made from, as `name@1.2.0`. */
  parents: z.array(z.string()),
});
export type ModelMetadata = z.infer<typeof modelMetadata>;

/** A version as lists show it. */
export const modelVersion = z.object({
  model: z.string(),
  version: z.string(),
  stage: z.string().nullable(),
  aliases: z.array(z.string()),
  /**
   * Digest of the manifest of paths, sizes and contents: the version's address. Null where another program registered it
   * and nothing tells its files; sizes and counts are 0 then.
   */
  manifestDigest: sha256.nullable(),
  /** Root digest of OpenSSF Model Signing, for interoperation alone: it leaves paths out. Null as the manifest's. */
  rootDigest: sha256.nullable(),
  /** Bytes of all files. */
  size: z.number(),
  fileCount: z.number(),
  signed: z.boolean(),
  archived: z.boolean(),
  /** Unix milliseconds. */
  createdAt: z.number(),
  createdBy: z.string(),
  framework: z.string().nullable(),
  /** Only where a version can't be used: it is still being registered, or that failed. */
  state: z.enum(['pending', 'failed']).optional(),
});
export type ModelVersion = z.infer<typeof modelVersion>;

/** Everything about a version. */
export const modelVersionDetails = z.object({
  version: modelVersion,
  files: z.array(modelFile),
  metadata: modelMetadata,
  /** The sigstore bundle as it was registered; null where there is none. */
  bundle: z.string().nullable(),
  /** Digests of reports of gates, newest first. */
  reports: z.array(z.object({ digest: sha256, createdAt: z.number(), passed: z.boolean() })),
});
export type ModelVersionDetails = z.infer<typeof modelVersionDetails>;

/** A model with its versions, highest first. */
export const registeredModel = z.object({
  name: z.string(),
  versions: z.array(modelVersion),
});
export type RegisteredModel = z.infer<typeof registeredModel>;

/** What a registry can promise; views say so where it can't. */
export const registryGuarantees = z.object({
  /** Of two writers that register the same version at once, one is refused. */
  uniqueVersions: z.boolean(),
  /** A change and its audit entry happen both or not at all. */
  atomicChanges: z.boolean(),
  writable: z.boolean(),
});
export type RegistryGuarantees = z.infer<typeof registryGuarantees>;

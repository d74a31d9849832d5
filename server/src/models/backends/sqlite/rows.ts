import { z } from 'zod';
import { type ModelMetadata, type ModelVersion, modelMetadata } from '#schemas/domain/model-version.ts';

/** Columns of a version as lists need them. */
export const versionColumns =
  'id, model, version, stage, archived, manifest_digest, root_digest, size, file_count, framework, created_at, created_by, bundle IS NOT NULL AS signed';

export const versionRow = z.object({
  id: z.number(),
  model: z.string(),
  version: z.string(),
  stage: z.string().nullable(),
  archived: z.number(),
  manifest_digest: z.string(),
  root_digest: z.string(),
  size: z.number(),
  file_count: z.number(),
  framework: z.string().nullable(),
  created_at: z.number(),
  created_by: z.string(),
  signed: z.number(),
});
export type VersionRow = z.infer<typeof versionRow>;

const { shape } = versionRow;

/** The same as an array in the order of the columns: of many rows, SQLite gives arrays, and zod checks them, much sooner. */
const versionValues = z.tuple([
  ...([shape.id, shape.model, shape.version, shape.stage, shape.archived, shape.manifest_digest] as const),
  ...([shape.root_digest, shape.size, shape.file_count, shape.framework, shape.created_at] as const),
  ...([shape.created_by, shape.signed] as const),
]);

export function readVersionRow(values: unknown): VersionRow {
  const [id, model, version, stage, archived, manifest_digest, root_digest, ...rest] = versionValues.parse(values);
  const [size, file_count, framework, created_at, created_by, signed] = rest;
  return {
    id,
    model,
    version,
    stage,
    archived,
    manifest_digest,
    root_digest,
    size,
    file_count,
    framework,
    created_at,
    created_by,
    signed,
  };
}

export const aliasRow = z.object({ model: z.string(), alias: z.string(), version: z.string() });

/** `aliases` in order of their names. */
export function toVersion(row: VersionRow, aliases: readonly string[]): ModelVersion {
  return {
    model: row.model,
    version: row.version,
    stage: row.stage,
    aliases: [...aliases],
    manifestDigest: row.manifest_digest,
    rootDigest: row.root_digest,
    size: row.size,
    fileCount: row.file_count,
    signed: row.signed === 1,
    archived: row.archived === 1,
    createdAt: row.created_at,
    createdBy: row.created_by,
    framework: row.framework,
  };
}

export function readMetadata(text: string): ModelMetadata {
  return modelMetadata.parse(JSON.parse(text));
}

/** What a search for words looks through, in small letters. */
export function wordsOf(model: string, version: string, metadata: ModelMetadata): string {
  const tags = Object.entries(metadata.tags).flat();
  const words = [model, version, metadata.framework ?? '', metadata.description, metadata.licence ?? '', ...tags];
  return words.join('\n').toLowerCase();
}

import { z } from 'zod';
import type {
  ModelFile,
  ModelMetadata,
  ModelVersion,
  ModelVersionDetails,
  RegisteredModel,
} from '#schemas/domain/model-version.ts';
import type { ModelQuery } from '../../model-registry.ts';
import { type MlflowModel, type MlflowVersion, readModel } from './mlflow-model.ts';
import type { MlflowSource, MlflowVersionRecord } from './mlflow-records.ts';
import { isInternalTag, reportOfTag, versionTag } from './mlflow-tags.ts';
import { noSuchVersion } from './refusals.ts';

/** What a version's evidence says, where it can be read. */
export interface VersionEvidence {
  readonly files: readonly ModelFile[];
  readonly metadata: ModelMetadata;
}

/** What lies beside MLflow's own records; null where a version has none, or it can't be read from here. */
export interface EvidenceSource {
  evidence(record: MlflowVersionRecord, signal?: AbortSignal): Promise<VersionEvidence | null>;
  bundle(record: MlflowVersionRecord, signal?: AbortSignal): Promise<string | null>;
}

export interface MlflowReaderParts {
  readonly source: MlflowSource;
  readonly evidence: EvidenceSource | null;
  /** The tracker that the runs of versions are in; null where none is known. */
  readonly tracker: string | null;
}

/** The questions of {@link ModelRegistry} to models of MLflow. */
export class MlflowReader {
  readonly #parts: MlflowReaderParts;

  constructor(parts: MlflowReaderParts) {
    this.#parts = parts;
  }

  async listModels({ text, archived }: ModelQuery, signal?: AbortSignal): Promise<readonly RegisteredModel[]> {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (told: string) => words.every((word) => told.includes(word));
    const models = [...(await this.#parts.source.models(signal))].sort((a, b) => (a.name < b.name ? -1 : 1));
    return models.flatMap((record): RegisteredModel[] => {
      const { name } = record;
      // A model that has no version yet is one all the same.
      if (record.versions.length === 0) return fits(name.toLowerCase()) ? [{ name, versions: [] }] : [];
      const versions = readModel(record)
        .versions.filter(({ version }) => archived || !version.archived)
        .filter((one) => fits(wordsOf(name, one)))
        .map(({ version }) => version);
      return versions.length > 0 ? [{ name, versions }] : [];
    });
  }

  /** Null where there is none. */
  async model(name: string, signal?: AbortSignal): Promise<MlflowModel | null> {
    const record = await this.#parts.source.model(name, signal);
    return record === null ? null : readModel(record);
  }

  async listVersions(model: string, signal?: AbortSignal): Promise<readonly ModelVersion[]> {
    return (await this.model(model, signal))?.versions.map(({ version }) => version) ?? [];
  }

  async aliases(model: string, signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
    return (await this.model(model, signal))?.aliases ?? new Map();
  }

  async version(model: string, version: string, signal?: AbortSignal): Promise<ModelVersionDetails> {
    const found = (await this.model(model, signal))?.versions.find((one) => one.version.version === version);
    if (!found) throw noSuchVersion(model, version);
    const { record } = found;
    const known = (await this.#parts.evidence?.evidence(record, signal)) ?? null;
    return {
      version: found.version,
      files: [...(known?.files ?? [])],
      metadata: known?.metadata ?? this.#metadataOf(record),
      bundle: (await this.#parts.evidence?.bundle(record, signal)) ?? null,
      reports: reportsOf(record),
    };
  }

  #metadataOf({ description, tags, runId }: MlflowVersionRecord): ModelMetadata {
    const { tracker } = this.#parts;
    return {
      description,
      framework: tags.get(versionTag.framework) || null,
      flavors: [],
      run: runId === null || tracker === null ? null : { tracker, runId },
      gitCommit: null,
      dataSets: [],
      params: {},
      metrics: {},
      signature: null,
      requirements: [],
      licence: tags.get(versionTag.licence) || null,
      card: null,
      tags: Object.fromEntries([...tags].filter(([key]) => !isInternalTag(key))),
      parents: [],
    };
  }
}

function wordsOf(model: string, { record, version }: MlflowVersion): string {
  const own = [...record.tags].filter(([key]) => !isInternalTag(key)).flat();
  const licence = record.tags.get(versionTag.licence) ?? '';
  return [model, version.version, version.framework ?? '', record.description, licence, ...own]
    .join('\n')
    .toLowerCase();
}

/** What the tag of a report says. */
const reportNote = z.object({ passed: z.boolean(), createdAt: z.number() });

/** Reports that the tags of a version name, newest first. */
export function reportsOf({ tags }: MlflowVersionRecord): ModelVersionDetails['reports'] {
  const found = [...tags].flatMap(([key, value]) => {
    const digest = reportOfTag(key);
    const note = digest === null ? null : noteOf(value);
    return digest === null || note === null ? [] : [{ digest, ...note }];
  });
  return found.sort((a, b) => b.createdAt - a.createdAt || (a.digest < b.digest ? -1 : 1));
}

function noteOf(text: string): z.infer<typeof reportNote> | null {
  try {
    return reportNote.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

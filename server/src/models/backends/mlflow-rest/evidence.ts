import { z } from 'zod';
import { modelFile, modelMetadata } from '#schemas/domain/model-version.ts';
import { sha256Of } from '../../../platform/canonical-json.ts';
import { FailureError } from '../../../platform/failure.ts';
import type { MlflowApi } from '../../../platform/mlflow/api.ts';
import type { EvidenceSource } from '../shared/mlflow-reader.ts';
import type { MlflowVersionRecord } from '../shared/mlflow-records.ts';
import { versionTag } from '../shared/mlflow-tags.ts';

/** What a version's evidence holds, as text: its files and its metadata. */
const versionDocument = z.object({ files: z.array(modelFile), metadata: modelMetadata });

/** Documents in a server's artifacts, by the SHA-256 of their content: a tag holds far less than they need. */
export class EvidenceStore implements EvidenceSource {
  readonly #api: MlflowApi;

  constructor(api: MlflowApi) {
    this.#api = api;
  }

  /** Answers the digest. Writing the same again changes nothing. */
  async write(content: string, signal?: AbortSignal): Promise<string> {
    const digest = sha256Of(content);
    if (!(await this.#api.put(pathOf(digest), content, signal))) {
      throw new FailureError('unsupported', 'The MLflow server does not keep artifacts for those who ask it.', {
        remedy: 'Start it without --no-serve-artifacts: what proves a version is kept there.',
      });
    }
    return digest;
  }

  /** Null where there is none. Fails with `corrupt` where it is not what its digest says. */
  async read(digest: string, signal?: AbortSignal): Promise<string | null> {
    const content = await this.#text(digest, signal);
    if (content === null || sha256Of(content) === digest) return content;
    throw new FailureError('corrupt', `The evidence ${digest} on the MLflow server was changed.`, {
      remedy: 'Bring back the server’s artifacts from a copy, or register the version again.',
    });
  }

  async evidence({ tags, number }: MlflowVersionRecord, signal?: AbortSignal) {
    const digest = tags.get(versionTag.evidence);
    if (digest === undefined) return null;
    const content = await this.#required(digest, number, signal);
    const document = versionDocument.safeParse(parsed(content));
    if (document.success) return document.data;
    throw new FailureError('corrupt', `The evidence of MLflow’s version ${number} can’t be read.`, {
      remedy: 'Its tag mlops.evidence names another document. Update MLOps Workbench, or register the version again.',
    });
  }

  async bundle({ tags, number }: MlflowVersionRecord, signal?: AbortSignal) {
    const digest = tags.get(versionTag.bundle);
    return digest === undefined ? null : this.#required(digest, number, signal);
  }

  async #required(digest: string, number: number, signal?: AbortSignal): Promise<string> {
    const content = /^[0-9a-f]{64}$/.test(digest) ? await this.read(digest, signal) : null;
    if (content !== null) return content;
    throw new FailureError('corrupt', `The evidence of MLflow’s version ${number} is gone from the server.`, {
      remedy: 'Bring back the server’s artifacts from a copy, or register the version again.',
    });
  }

  async #text(digest: string, signal?: AbortSignal): Promise<string | null> {
    try {
      return await this.#api.text(pathOf(digest), signal);
    } catch (error) {
      if (error instanceof FailureError && error.reason === 'not-found') return null;
      throw error;
    }
  }
}

function pathOf(digest: string): string {
  return `/api/2.0/mlflow-artifacts/artifacts/mlops-evidence/${digest.slice(0, 2)}/${digest}.json`;
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return null;
  }
}

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AuditEntry } from '#schemas/domain/audit.ts';
import type { RegistryGuarantees } from '#schemas/domain/model-version.ts';
import type { Health } from '../../../platform/component.ts';
import type { CredentialSource } from '../../../platform/credentials.ts';
import type { HttpClient } from '../../../platform/http.ts';
import { createMlflowApi, type MlflowApi } from '../../../platform/mlflow/api.ts';
import { unhealthy } from '../../../platform/unhealthy.ts';
import type { AuditLog, HeadAnchors, WritableAuditLog } from '../../audit/audit-log.ts';
import type { Act, ModelRegistry, StoredReport, VersionChange, VersionDraft } from '../../model-registry.ts';
import { MlflowQuestions } from '../shared/mlflow-questions.ts';
import type { MlflowSource } from '../shared/mlflow-records.ts';
import { noSuchReport } from '../shared/refusals.ts';
import { EvidenceStore } from './evidence.ts';
import { headTags } from './head-tags.ts';
import { serverModels } from './source.ts';
import { modelsPage } from './wire.ts';
import { RegistryWriter } from './writer.ts';

export interface MlflowRestRegistryOptions {
  /** Of the server, with its static prefix and without a slash at the end. */
  readonly url: string;
  readonly http: HttpClient;
  readonly credentials: CredentialSource;
  /** The workspace of servers that have them. */
  readonly workspace?: string;
  /** Closed with the registry. */
  readonly audit: WritableAuditLog;
  /** The tracker whose runs are this server's; null where none is. */
  readonly tracker: string | null;
  /** Unix milliseconds. */
  readonly now?: () => number;
}

/** Models of an MLflow server by its REST API; the audit log is kept beside it. */
export class MlflowRestRegistry extends MlflowQuestions implements ModelRegistry, AuditLog {
  readonly backend = 'mlflow';
  readonly guarantees: RegistryGuarantees = { uniqueVersions: false, atomicChanges: false, writable: true };
  readonly anchors: HeadAnchors;
  readonly #id: string;
  readonly #api: MlflowApi;
  readonly #audit: WritableAuditLog;
  readonly #source: MlflowSource;
  readonly #evidence: EvidenceStore;
  readonly #writer: RegistryWriter;

  constructor(options: MlflowRestRegistryOptions) {
    const { url, workspace, audit, tracker, now = Date.now } = options;
    const api = createMlflowApi(options);
    const source = serverModels(api);
    const evidence = new EvidenceStore(api);
    super({ source, evidence, tracker });
    this.#id = `mlflow:${url}${workspace === undefined ? '' : `#${workspace}`}`;
    this.anchors = headTags(api, source);
    this.#api = api;
    this.#audit = audit;
    this.#source = source;
    this.#evidence = evidence;
    this.#writer = new RegistryWriter({ api, reader: this.reader, evidence, audit, tracker, now });
  }

  async initialize(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
  }

  async healthCheck(signal?: AbortSignal): Promise<Health> {
    const start = performance.now();
    try {
      const query = { max_results: 1 };
      await this.#api.get({ path: 'registered-models/search', query, schema: modelsPage, signal });
      return { healthy: true, detail: 'MLflow’s model registry', latencyMs: performance.now() - start };
    } catch (error) {
      return unhealthy(error, performance.now() - start);
    }
  }

  cleanup(): Promise<void> {
    return this.#audit.close();
  }

  /** By its address: a server that moves is another registry, and approvals for the old one don't hold there. */
  async id(): Promise<string> {
    return this.#id;
  }

  async report(digest: string, signal?: AbortSignal): Promise<StoredReport> {
    const content = /^[0-9a-f]{64}$/.test(digest) ? await this.#evidence.read(digest, signal) : null;
    if (content === null) throw noSuchReport(digest);
    return { digest, content, passed: hasPassed(content) };
  }

  requireWritable(): void {
    // It takes changes.
  }

  register(draft: VersionDraft, act: Act, signal?: AbortSignal) {
    return this.#writer.register(draft, act, signal);
  }

  change(model: string, changes: readonly VersionChange[], act: Act, signal?: AbortSignal) {
    return this.#writer.change(model, changes, act, signal);
  }

  isConsumed(nonce: string, signal?: AbortSignal) {
    return this.#writer.isConsumed(nonce, signal);
  }

  /** Over all models and versions: MLflow changes no time when it sets a tag or an alias. */
  async changeToken(signal?: AbortSignal): Promise<string> {
    const hash = createHash('sha256');
    for (const { name, tags, aliases, versions } of await this.#source.models(signal)) {
      const shown = versions.map(({ tags: own, ...rest }) => ({ ...rest, tags: [...own] }));
      hash.update(JSON.stringify([name, [...tags], [...aliases], shown]));
    }
    return hash.digest('hex');
  }

  entries(): Iterable<unknown> {
    return this.#audit.entries();
  }

  head(): Promise<Pick<AuditEntry, 'seq' | 'hash'> | null> {
    return this.#audit.head();
  }

  logId(): Promise<string | null> {
    return this.#audit.logId();
  }
}

const verdict = z.object({ passed: z.boolean() });

function hasPassed(content: string): boolean {
  try {
    return verdict.safeParse(JSON.parse(content)).data?.passed ?? false;
  } catch {
    return false;
  }
}

import type { AuditEntry } from '#schemas/domain/audit.ts';
import type { RegistryGuarantees } from '#schemas/domain/model-version.ts';
import type { Health } from '../../../platform/component.ts';
import { FailureError } from '../../../platform/failure.ts';
import { unhealthy } from '../../../platform/unhealthy.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import type { ModelRegistry, StoredReport } from '../../model-registry.ts';
import { MlflowQuestions } from './mlflow-questions.ts';
import type { MlflowSource } from './mlflow-records.ts';
import { noSuchReport } from './refusals.ts';

/** A store of MLflow on this machine, as a registry that is only looked at. */
export interface LocalStore extends MlflowSource {
  readonly backend: string;
  readonly path: string;
  changeToken(signal?: AbortSignal): Promise<string | null>;
  close(): Promise<void>;
}

/** Models in MLflow's own database or folder. Writing is MLflow's to do: its server takes changes. */
export class ReadOnlyRegistry extends MlflowQuestions implements ModelRegistry, AuditLog {
  readonly guarantees: RegistryGuarantees = { uniqueVersions: false, atomicChanges: false, writable: false };
  readonly #store: LocalStore;

  constructor(store: LocalStore, tracker: string | null) {
    super({ source: store, evidence: null, tracker });
    this.#store = store;
  }

  get backend(): string {
    return this.#store.backend;
  }

  async initialize(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
  }

  async healthCheck(signal?: AbortSignal): Promise<Health> {
    const start = performance.now();
    try {
      const models = await this.#store.models(signal);
      const versions = models.reduce((sum, model) => sum + model.versions.length, 0);
      const detail = `${models.length} models, ${versions} versions; only to look at`;
      return { healthy: true, detail, latencyMs: performance.now() - start };
    } catch (error) {
      return unhealthy(error, performance.now() - start);
    }
  }

  cleanup(): Promise<void> {
    return this.#store.close();
  }

  async id(): Promise<string> {
    return `${this.#store.backend}:${this.#store.path}`;
  }

  async report(digest: string): Promise<StoredReport> {
    throw noSuchReport(digest);
  }

  async isConsumed(): Promise<boolean> {
    return false;
  }

  requireWritable(): never {
    throw this.#refusal();
  }

  async register(): Promise<never> {
    throw this.#refusal();
  }

  async change(): Promise<never> {
    throw this.#refusal();
  }

  changeToken(signal?: AbortSignal) {
    return this.#store.changeToken(signal);
  }

  *entries(): Generator<unknown, void> {
    // Nothing is changed here, so there is nothing to tell.
  }

  async head(): Promise<Pick<AuditEntry, 'seq' | 'hash'> | null> {
    return null;
  }

  async logId(): Promise<null> {
    return null;
  }

  #refusal(): FailureError {
    return new FailureError('unsupported', `${this.#store.path} is MLflow’s own store: it is only read.`, {
      remedy:
        'Start mlflow server on it and name its address as the registry, or use a registry of your own: sqlite:///models.db.',
    });
  }
}

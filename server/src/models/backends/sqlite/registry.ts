import type { DatabaseSync } from 'node:sqlite';
import type { AuditEntry } from '#schemas/domain/audit.ts';
import type { Health } from '../../../platform/component.ts';
import { unhealthy } from '../../../platform/unhealthy.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import type { Act, ModelQuery, ModelRegistry, VersionChange, VersionDraft } from '../../model-registry.ts';
import { AuditTable } from '../shared/audit-table.ts';
import { KeptDatabase } from '../shared/kept-database.ts';
import { noSuchReport, noSuchVersion } from '../shared/refusals.ts';
import { registryDatabase } from './database.ts';
import { RegistryReader } from './reader.ts';
import { RegistryWriter } from './writer.ts';

export interface SqliteRegistryOptions {
  /** Absolute path of the file; made with the first write. */
  readonly path: string;
  /** Unix milliseconds. */
  readonly now?: () => number;
}

/** A registry of models in one SQLite file, for one person or a few on one disk; needs nothing else. */
export class SqliteRegistry implements ModelRegistry, AuditLog {
  readonly backend = 'sqlite';
  readonly guarantees = { uniqueVersions: true, atomicChanges: true, writable: true };
  readonly #path: string;
  readonly #now: () => number;
  readonly #database: KeptDatabase;

  constructor({ path, now = Date.now }: SqliteRegistryOptions) {
    this.#path = path;
    this.#database = new KeptDatabase(path, registryDatabase, remedy);
    this.#now = now;
  }

  async initialize(): Promise<void> {
    this.#database.open();
  }

  async id(): Promise<string | null> {
    return this.#read(null, (reader) => `sqlite:${reader.id()}`);
  }

  logId(): Promise<string | null> {
    return this.id();
  }

  async healthCheck(): Promise<Health> {
    const start = performance.now();
    const elapsed = () => performance.now() - start;
    try {
      const counts = this.#read(null, (reader) => reader.counts());
      if (counts === null) {
        const detail = `${this.#path} will be made with the first version.`;
        return { healthy: true, detail, latencyMs: elapsed() };
      }
      const { models, versions } = counts;
      return { healthy: true, detail: `${models} models, ${versions} versions`, latencyMs: elapsed() };
    } catch (error) {
      return unhealthy(error, elapsed());
    }
  }

  async cleanup(): Promise<void> {
    this.#database.close();
  }

  async listModels(query: ModelQuery) {
    return this.#read([], (reader) => reader.listModels(query));
  }

  async listVersions(model: string) {
    return this.#read([], (reader) => reader.listVersions(model));
  }

  async aliases(model: string) {
    return this.#read(new Map<string, string>(), (reader) => reader.aliases(model));
  }

  async version(model: string, version: string) {
    const found = this.#read(undefined, (reader) => reader.version(model, version));
    if (found) return found;
    throw noSuchVersion(model, version);
  }

  async report(digest: string) {
    const found = this.#read(undefined, (reader) => reader.report(digest));
    if (found) return found;
    throw noSuchReport(digest);
  }

  async isConsumed(nonce: string) {
    return this.#read(false, (_, database) => new AuditTable(database).isConsumed(nonce));
  }

  requireWritable(): void {
    // It takes changes.
  }

  async register(draft: VersionDraft, act: Act) {
    return this.#write((writer) => writer.register(draft, act));
  }

  async change(model: string, changes: readonly VersionChange[], act: Act) {
    this.#write((writer) => writer.change(model, changes, act));
  }

  async changeToken() {
    return this.#read('0', (_, database) => {
      const head = new AuditTable(database).head();
      return head?.hash ?? '0';
    });
  }

  /** Oldest first; read as they come, so that a long log costs no memory. */
  *entries(): Generator<unknown, void> {
    const database = this.#database.open();
    if (database) yield* new AuditTable(database).entries();
  }

  async head(): Promise<Pick<AuditEntry, 'seq' | 'hash'> | null> {
    return this.#read(null, (_, database) => new AuditTable(database).head());
  }

  #read<T>(absent: T, work: (reader: RegistryReader, database: DatabaseSync) => T): T {
    return this.#database.read(absent, (database) => work(new RegistryReader(database), database));
  }

  #write<T>(work: (writer: RegistryWriter) => T): T {
    return this.#database.write((database) => work(new RegistryWriter(database, this.#now())));
  }
}

const remedy = 'The registry is kept there: make the folder above it writable, or set MODEL_REGISTRY_URI.';

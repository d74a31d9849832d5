import type { AuditEntry } from '#schemas/domain/audit.ts';
import type { DatabaseKind } from '../../../platform/migrated-database.ts';
import type { WritableAuditLog } from '../../audit/audit-log.ts';
import type { AuditRecord } from '../../audit/chain.ts';
import { AuditTable, auditTables } from '../shared/audit-table.ts';
import { identityTable, readIdentity } from '../shared/identity.ts';
import { KeptDatabase } from '../shared/kept-database.ts';

const auditDatabase: DatabaseKind = {
  applicationId: 0x6d6c6175,
  busyTimeoutMs: 15_000,
  synchronous: 'FULL',
  remedy: {
    damaged: 'Bring back a copy of this file, or move it away: a new audit log begins then.',
    newer: 'Update MLOps Workbench: the audit log is left as it is.',
  },
  migrations: [auditTables, identityTable],
};

/** The audit log of a registry that can't keep one itself: one SQLite file, made with the first entry. */
export class AuditDatabase implements WritableAuditLog {
  readonly #database: KeptDatabase;

  /** Absolute path of the file. */
  constructor(path: string) {
    this.#database = new KeptDatabase(path, auditDatabase, 'The audit log is kept there: make the folder writable.');
  }

  async append(record: AuditRecord, nonces: readonly string[] = []): Promise<AuditEntry> {
    return this.#database.write((database) => new AuditTable(database).append(record, nonces));
  }

  async isConsumed(nonce: string): Promise<boolean> {
    return this.#database.read(false, (database) => new AuditTable(database).isConsumed(nonce));
  }

  /** Oldest first; read as they come, so that a long log costs no memory. */
  *entries(): Generator<unknown, void> {
    const database = this.#database.open();
    if (database) yield* new AuditTable(database).entries();
  }

  async head(): Promise<Pick<AuditEntry, 'seq' | 'hash'> | null> {
    return this.#database.read(null, (database) => new AuditTable(database).head());
  }

  async logId(): Promise<string | null> {
    return this.#database.read(null, (database) => `audit:${readIdentity(database)}`);
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}

import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { AuditEntry } from '#schemas/domain/audit.ts';
import { type AuditRecord, chained } from '../../audit/chain.ts';
import { usedBefore } from './refusals.ts';

const headRow = z.object({ seq: z.number(), hash: z.string() });
const entryRow = z.object({ seq: z.number(), hash: z.string(), entry: z.string() });

/** The tables that {@link AuditTable} works on. */
export const auditTables = `
     CREATE TABLE consumed (nonce TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID, STRICT;
     CREATE TABLE audit (seq INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, entry TEXT NOT NULL) STRICT;`;

/** An audit log with the nonces that it used up, in a SQLite database. */
export class AuditTable {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Within the transaction of the change that it tells of. Fails with `input` where a nonce was used before. */
  append(record: AuditRecord, nonces: readonly string[]): AuditEntry {
    const entry = chained(record, this.head());
    this.#database
      .prepare('INSERT INTO audit (seq, hash, entry) VALUES (?, ?, ?)')
      .run(entry.seq, entry.hash, JSON.stringify(entry));
    const insert = this.#database.prepare('INSERT INTO consumed (nonce, seq) VALUES (?, ?) ON CONFLICT DO NOTHING');
    for (const nonce of nonces) {
      if (insert.run(nonce, entry.seq).changes === 0) throw usedBefore();
    }
    return entry;
  }

  isConsumed(nonce: string): boolean {
    return this.#database.prepare('SELECT 1 FROM consumed WHERE nonce = ?').get(nonce) !== undefined;
  }

  head(): Pick<AuditEntry, 'seq' | 'hash'> | null {
    const row = this.#database.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1').get();
    return row ? headRow.parse(row) : null;
  }

  *entries(): Generator<unknown, void> {
    for (const row of this.#database.prepare('SELECT seq, hash, entry FROM audit ORDER BY seq').iterate()) {
      const parsed = entryRow.safeParse(row);
      yield parsed.success ? readEntry(parsed.data) : null;
    }
  }
}

// The columns are copies for the index: where they say something else than the entry, somebody wrote there.
function readEntry({ seq, hash, entry }: z.infer<typeof entryRow>): unknown {
  try {
    const value: unknown = JSON.parse(entry);
    const same = headRow.safeParse(value);
    return same.success && same.data.seq === seq && same.data.hash === hash ? value : null;
  } catch {
    return null;
  }
}

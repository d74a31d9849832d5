import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { AuditEntry } from '#schemas/domain/audit.ts';
import { type AuditRecord, chained } from '../../audit/chain.ts';

const headRow = z.object({ seq: z.number(), hash: z.string() });
const entryRow = z.object({ seq: z.number(), hash: z.string(), entry: z.string() });

/** The audit log of a registry, in the registry's own database. */
export class AuditTable {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Within the transaction of the change that it tells of. */
  append(record: AuditRecord): AuditEntry {
    const entry = chained(record, this.head());
    this.#database
      .prepare('INSERT INTO audit (seq, hash, entry) VALUES (?, ?, ?)')
      .run(entry.seq, entry.hash, JSON.stringify(entry));
    return entry;
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

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import type { AuditEntry } from '#schemas/domain/audit.ts';
import { chained, type KnownHead } from '#server/models/audit/chain.ts';
import { SqliteRegistry } from '#server/models/backends/sqlite/registry.ts';
import { act, draft } from '../integration/models/drafts.ts';

/** A registry with some changes, its database open beside it. */
export async function registryWithLog() {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-audit-'));
  const path = join(folder, 'models.db');
  const registry = new SqliteRegistry({ path });
  onTestFinished(async () => {
    await registry.cleanup();
    await rm(folder, { recursive: true, force: true });
  });
  await registry.register(draft(), act('register'));
  await registry.register(draft({ bump: 'patch' }), act('register', { actor: 'ben' }));
  const promotion = { type: 'stage', version: '1.0.0', from: null, to: 'production' } as const;
  await registry.change('churn', [promotion], act('promote', { reason: 'it is time' }));
  await registry.change('churn', [{ type: 'archive', version: '1.0.1', archived: true }], act('archive'));
  const head = await registry.head();
  const database = new DatabaseSync(path);
  onTestFinished(() => database.close());
  const heads: KnownHead[] = head ? [{ ...head, kind: 'anchor', source: 'the note' }] : [];
  return { folder, registry, database, heads };
}

/** Writes an entry as one who has the database can, its hash included, so that it is right by itself. */
export function rewrite(database: DatabaseSync, seq: number, change: (entry: AuditEntry) => Partial<AuditEntry>): void {
  const rows = database.prepare('SELECT entry FROM audit ORDER BY seq').all();
  const entries = rows.map((row): AuditEntry => JSON.parse(String(row.entry)));
  let last: AuditEntry | null = null;
  for (const entry of entries) {
    const { hash: _, previous: __, seq: ___, ...record } = entry;
    const next: AuditEntry = chained({ ...record, ...(entry.seq === seq ? change(entry) : {}) }, last);
    if (entry.seq >= seq) {
      database
        .prepare('UPDATE audit SET hash = ?, entry = ? WHERE seq = ?')
        .run(next.hash, JSON.stringify(next), entry.seq);
    }
    last = next;
  }
}

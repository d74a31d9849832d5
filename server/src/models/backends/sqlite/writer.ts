import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { ModelVersion } from '#schemas/domain/model-version.ts';
import type { Act, VersionChange, VersionDraft } from '../../model-registry.ts';
import { nextVersion, versionSortKey } from '../../version-order.ts';
import { afterAll } from '../shared/after-all.ts';
import { AuditTable } from '../shared/audit-table.ts';
import { existsAlready, expectSame, isArchived, noSuchVersion, refuseInUse, wasDeleted } from '../shared/refusals.ts';
import { toVersion, type VersionRow, versionColumns, versionRow, wordsOf } from './rows.ts';

/** The audit log's view of what a change did. */
type Told = Record<string, string | number | boolean | null>;

/** Changes of a registry's database; each call within one transaction that its caller holds. */
export class RegistryWriter {
  readonly #database: DatabaseSync;
  readonly #now: number;

  constructor(database: DatabaseSync, now: number) {
    this.#database = database;
    this.#now = now;
  }

  register(draft: VersionDraft, act: Act): ModelVersion {
    const version = draft.version ?? nextVersion(this.#taken(draft.model), draft.bump);
    this.#refuseTaken(draft.model, version);
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO versions (model, version, sort_key, manifest_digest, root_digest, size, file_count, framework,
           created_at, created_by, metadata, words, bundle)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[draft.model, version, versionSortKey(version), draft.manifestDigest, draft.rootDigest],
        draft.files.reduce((sum, { size }) => sum + size, 0),
        draft.files.length,
        ...[draft.metadata.framework, this.#now, act.actor],
        ...[JSON.stringify(draft.metadata), wordsOf(draft.model, version, draft.metadata), draft.bundle],
      );
    const insert = this.#database.prepare('INSERT INTO files (version_id, path, size, sha256) VALUES (?, ?, ?, ?)');
    for (const { path, size, sha256 } of draft.files) insert.run(lastInsertRowid, path, size, sha256);
    const { manifestDigest, rootDigest } = draft;
    const after: Told = { manifestDigest, rootDigest, signed: draft.bundle !== null };
    this.#tell(act, `${draft.model}@${version}`, null, after);
    return toVersion(this.#row(draft.model, version), []);
  }

  change(model: string, changes: readonly VersionChange[], act: Act): void {
    const before: Told = {};
    const after: Told = {};
    for (const change of changes) this.#apply(model, change, { before, after });
    const versions = changes.flatMap((change) => ('version' in change ? [change.version] : []));
    const target = versions.length > 0 ? `${model}@${versions.at(-1)}` : model;
    this.#tell(act, target, before, after);
  }

  #apply(model: string, change: VersionChange, told: { before: Told; after: Told }): void {
    switch (change.type) {
      case 'stage': {
        const row = this.#row(model, change.version);
        expectSame(`the stage of ${model}@${change.version}`, row.stage, change.from);
        if (row.archived && change.to !== null) throw isArchived(model, change.version);
        this.#database.prepare('UPDATE versions SET stage = ? WHERE id = ?').run(change.to, row.id);
        told.before[`stage of ${change.version}`] = change.from;
        told.after[`stage of ${change.version}`] = change.to;
        return;
      }
      case 'alias': {
        const current = this.#aliased(model, change.alias);
        expectSame(`the alias ${model}@${change.alias}`, current, change.from);
        if (change.to === null) this.#removeAlias(model, change.alias);
        else this.#setAlias(model, change.alias, change.to);
        told.before[`alias ${change.alias}`] = change.from;
        told.after[`alias ${change.alias}`] = change.to;
        return;
      }
      case 'archive': {
        const row = this.#row(model, change.version);
        if (change.archived) this.#refuseInUse(row, 'archived');
        this.#database.prepare('UPDATE versions SET archived = ? WHERE id = ?').run(change.archived ? 1 : 0, row.id);
        told.before[`archived ${change.version}`] = row.archived === 1;
        told.after[`archived ${change.version}`] = change.archived;
        return;
      }
      case 'delete': {
        const row = this.#row(model, change.version);
        this.#refuseInUse(row, 'deleted');
        this.#database.prepare('DELETE FROM versions WHERE id = ?').run(row.id);
        this.#database
          .prepare('INSERT INTO deleted (model, version, manifest_digest) VALUES (?, ?, ?)')
          .run(model, change.version, row.manifest_digest);
        told.before[change.version] = row.manifest_digest;
        told.after[change.version] = null;
        return;
      }
      case 'report': {
        const { digest, passed, content } = change.report;
        const { id } = this.#row(model, change.version);
        this.#database
          .prepare(
            `INSERT INTO reports (version_id, digest, passed, content, created_at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT DO NOTHING`,
          )
          .run(id, digest, passed ? 1 : 0, content, afterAll(this.#reportTimes(id), this.#now));
        told.after[`report of ${change.version}`] = digest;
        told.after.passed = passed;
        return;
      }
      case 'bundle': {
        const row = this.#row(model, change.version);
        this.#database.prepare('UPDATE versions SET bundle = ? WHERE id = ?').run(change.bundle, row.id);
        told.before[`signed ${change.version}`] = row.signed === 1;
        told.after[`signed ${change.version}`] = true;
        return;
      }
    }
  }

  #tell(act: Act, target: string, before: Told | null, after: Told | null): void {
    const { actor, action, reason, nonces } = act;
    const approvals = nonces.length > 0 ? { ...after, approvals: nonces.join(' ') } : after;
    const record = { time: this.#now, actor, action, target, before, after: approvals, reason };
    new AuditTable(this.#database).append(record, nonces);
  }

  #row(model: string, version: string): VersionRow {
    const row = this.#database
      .prepare(`SELECT ${versionColumns} FROM versions WHERE model = ? AND version = ?`)
      .get(model, version);
    if (row) return versionRow.parse(row);
    throw noSuchVersion(model, version);
  }

  /** Versions that there are or were. */
  #taken(model: string): string[] {
    const rows = this.#database.prepare(
      'SELECT version FROM versions WHERE model = ? UNION SELECT version FROM deleted WHERE model = ?',
    );
    return rows.all(model, model).map((row) => versionOf.parse(row).version);
  }

  #refuseTaken(model: string, version: string): void {
    const exists = this.#database.prepare('SELECT 1 FROM versions WHERE model = ? AND version = ?').get(model, version);
    if (exists) throw existsAlready(model, version);
    const deleted = this.#database.prepare('SELECT 1 FROM deleted WHERE model = ? AND version = ?').get(model, version);
    if (deleted) throw wasDeleted(model, version);
  }

  #reportTimes(id: number): number[] {
    const rows = this.#database.prepare('SELECT created_at FROM reports WHERE version_id = ?');
    return rows.all(id).map((row) => createdOf.parse(row).created_at);
  }

  #refuseInUse(row: VersionRow, what: 'archived' | 'deleted'): void {
    const rows = this.#database.prepare('SELECT alias FROM aliases WHERE model = ? AND version = ? ORDER BY alias');
    const aliases = rows.all(row.model, row.version).map((alias) => aliasOf.parse(alias).alias);
    refuseInUse({ ...row, aliases }, what);
  }

  #aliased(model: string, alias: string): string | null {
    const row = this.#database.prepare('SELECT version FROM aliases WHERE model = ? AND alias = ?').get(model, alias);
    return row ? versionOf.parse(row).version : null;
  }

  #setAlias(model: string, alias: string, version: string): void {
    if (this.#row(model, version).archived) throw isArchived(model, version);
    this.#database
      .prepare(
        `INSERT INTO aliases (model, alias, version) VALUES (?, ?, ?)
         ON CONFLICT (model, alias) DO UPDATE SET version = excluded.version`,
      )
      .run(model, alias, version);
  }

  #removeAlias(model: string, alias: string): void {
    this.#database.prepare('DELETE FROM aliases WHERE model = ? AND alias = ?').run(model, alias);
  }
}

const versionOf = z.object({ version: z.string() });
const aliasOf = z.object({ alias: z.string() });
const createdOf = z.object({ created_at: z.number() });

import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { z } from 'zod';
import type { ModelVersion, ModelVersionDetails, RegisteredModel } from '#schemas/domain/model-version.ts';
import { modelFile } from '#schemas/domain/model-version.ts';
import type { ModelQuery, StoredReport } from '../../model-registry.ts';
import { readIdentity } from '../shared/identity.ts';
import { aliasRow, readMetadata, readVersionRow, toVersion, versionColumns, versionRow } from './rows.ts';

const detailsRow = versionRow.extend({ metadata: z.string(), bundle: z.string().nullable() });
const reportRow = z.object({ digest: z.string(), passed: z.number(), content: z.string(), created_at: z.number() });
const countsRow = z.object({ models: z.number(), versions: z.number() });

/** Questions to a registry's database. */
export class RegistryReader {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  id(): string {
    return readIdentity(this.#database);
  }

  counts(): z.infer<typeof countsRow> {
    const row = this.#database.prepare('SELECT count(DISTINCT model) AS models, count(*) AS versions FROM versions');
    return countsRow.parse(row.get());
  }

  listModels({ text, archived }: ModelQuery): RegisteredModel[] {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const conditions = [...(archived ? [] : ['archived = 0']), ...words.map(() => 'instr(words, ?) > 0')];
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    const versions = this.#versions(`${where} ORDER BY model, sort_key DESC`, words, this.#allAliases());
    const models: { name: string; versions: ModelVersion[] }[] = [];
    for (const version of versions) {
      const last = models.at(-1);
      if (last?.name === version.model) last.versions.push(version);
      else models.push({ name: version.model, versions: [version] });
    }
    return models;
  }

  listVersions(model: string): ModelVersion[] {
    return this.#versions('WHERE model = ? ORDER BY sort_key DESC', [model], this.#aliasesOf(model));
  }

  aliases(model: string): Map<string, string> {
    const rows = this.#database.prepare('SELECT model, alias, version FROM aliases WHERE model = ? ORDER BY alias');
    return new Map(
      rows
        .all(model)
        .map((row) => aliasRow.parse(row))
        .map(({ alias, version }) => [alias, version]),
    );
  }

  version(model: string, version: string): ModelVersionDetails | undefined {
    const found = this.#database
      .prepare(`SELECT ${versionColumns}, metadata, bundle FROM versions WHERE model = ? AND version = ?`)
      .get(model, version);
    if (!found) return undefined;
    const row = detailsRow.parse(found);
    const files = this.#database.prepare('SELECT path, size, sha256 FROM files WHERE version_id = ? ORDER BY path');
    const reports = this.#database.prepare(
      'SELECT digest, passed, content, created_at FROM reports WHERE version_id = ? ORDER BY created_at DESC, digest',
    );
    return {
      version: toVersion(row, this.#aliasesOf(model).get(`${model}@${version}`) ?? []),
      files: files.all(row.id).map((file) => modelFile.parse(file)),
      metadata: readMetadata(row.metadata),
      bundle: row.bundle,
      reports: reports
        .all(row.id)
        .map((report) => reportRow.parse(report))
        .map(({ digest, passed, created_at }) => ({ digest, passed: passed === 1, createdAt: created_at })),
    };
  }

  report(digest: string): StoredReport | undefined {
    const row = this.#database
      .prepare('SELECT digest, passed, content, created_at FROM reports WHERE digest = ? LIMIT 1')
      .get(digest);
    if (!row) return undefined;
    const { passed, content } = reportRow.parse(row);
    return { digest, passed: passed === 1, content };
  }

  #versions(rest: string, values: readonly SQLInputValue[], aliases: ReadonlyMap<string, string[]>): ModelVersion[] {
    const statement = this.#database.prepare(`SELECT ${versionColumns} FROM versions ${rest}`);
    statement.setReturnArrays(true);
    return statement
      .all(...values)
      .map(readVersionRow)
      .map((row) => toVersion(row, aliases.get(`${row.model}@${row.version}`) ?? []));
  }

  #allAliases(): Map<string, string[]> {
    return byVersion(this.#database.prepare('SELECT model, alias, version FROM aliases ORDER BY alias').all());
  }

  #aliasesOf(model: string): Map<string, string[]> {
    const rows = this.#database.prepare('SELECT model, alias, version FROM aliases WHERE model = ? ORDER BY alias');
    return byVersion(rows.all(model));
  }
}

function byVersion(rows: readonly unknown[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const row of rows) {
    const { model, alias, version } = aliasRow.parse(row);
    const key = `${model}@${version}`;
    found.set(key, [...(found.get(key) ?? []), alias]);
  }
  return found;
}

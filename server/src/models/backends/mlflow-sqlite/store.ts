import { resolve } from 'node:path';
import { z } from 'zod';
import { Connection, type Database } from '../../../platform/mlflow/database-connection.ts';
import { toStoreFailure } from '../../../platform/mlflow/database-failures.ts';
import type { RequiredTables } from '../../../platform/mlflow/database-schema.ts';
import { sourceState } from '../../../platform/mlflow/database-snapshot.ts';
import { isPrompt, type MlflowModelRecord, type MlflowVersionRecord } from '../shared/mlflow-records.ts';
import { versionStatus } from '../shared/mlflow-status.ts';
import type { LocalStore } from '../shared/read-only-registry.ts';

const requiredTables: RequiredTables = {
  registered_models: ['name'],
  model_versions: ['name', 'version', 'creation_time', 'current_stage', 'status'],
};

/** Models in MLflow's SQLite database, read without leaving a trace. */
export function openMlflowDatabase(file: string): LocalStore {
  const path = resolve(file);
  const connection = new Connection(path, { required: requiredTables });
  // Closing any descriptor of a file drops the locks that this process has on it (POSIX): one look at a time.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    backend: 'mlflow-sqlite',
    path,
    models: (signal) => inTurn(() => connection.use((database) => readModels(database, null), signal)),
    model: async (name, signal) => {
      const models = await inTurn(() => connection.use((database) => readModels(database, name), signal));
      return models[0] ?? null;
    },
    changeToken: (signal) =>
      inTurn(async () => {
        signal?.throwIfAborted();
        try {
          return (await sourceState(path)).token;
        } catch (error) {
          throw toStoreFailure(error, path);
        }
      }),
    close: () => inTurn(() => connection.close()),
  };
}

const text = z.string().nullable();
const number = z.number().nullable();
const versionRow = z.tuple([z.string(), z.number(), number, text, text, text, text, text, text]);
const versionTagRow = z.tuple([z.string(), z.number(), z.string(), text]);
const modelTagRow = z.tuple([z.string(), z.string(), text]);
const aliasRow = z.tuple([z.string(), z.string(), z.number()]);

/** All models, or the one of a name. */
function readModels(database: Database, name: string | null): MlflowModelRecord[] {
  const select = new Select(database, name);
  const names = select.rows('registered_models', ['name']).map((row) => z.tuple([z.string()]).parse(row)[0]);
  const modelTags = tagsBy(select.rows('registered_model_tags', ['name', 'key', 'value']), (row) => {
    const [model, key, value] = modelTagRow.parse(row);
    return [model, key, value ?? ''];
  });
  const versionTags = tagsBy(select.rows('model_version_tags', ['name', 'version', 'key', 'value']), (row) => {
    const [model, version, key, value] = versionTagRow.parse(row);
    return [versionKey(model, version), key, value ?? ''];
  });
  const aliases = new Map<string, Map<string, number>>();
  for (const row of select.rows('registered_model_aliases', ['name', 'alias', 'version'])) {
    const [model, alias, version] = aliasRow.parse(row);
    inner(aliases, model).set(alias, version);
  }
  const versions = new Map<string, MlflowVersionRecord[]>();
  const columns = ['name', 'version', 'creation_time', 'status', 'current_stage', 'description', 'user_id', 'run_id'];
  for (const row of select.rows('model_versions', [...columns, 'source'])) {
    const [model, version, createdAt, status, currentStage, description, userId, runId, source] = versionRow.parse(row);
    if (currentStage === 'Deleted_Internal') continue;
    const record: MlflowVersionRecord = {
      number: version,
      createdAt: createdAt ?? 0,
      status: versionStatus(status),
      currentStage: currentStage ?? 'None',
      description: description ?? '',
      userId: userId || null,
      runId: runId || null,
      source,
      tags: versionTags.get(versionKey(model, version)) ?? new Map(),
    };
    const others = versions.get(model);
    if (others) others.push(record);
    else versions.set(model, [record]);
  }
  return names
    .map((model) => ({
      name: model,
      tags: modelTags.get(model) ?? new Map(),
      aliases: aliases.get(model) ?? new Map(),
      versions: versions.get(model) ?? [],
    }))
    .filter(({ tags }) => !isPrompt(tags));
}

function versionKey(model: string, version: number): string {
  return `${version} ${model}`;
}

function tagsBy(
  rows: readonly unknown[],
  read: (row: unknown) => readonly [owner: string, key: string, value: string],
): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const row of rows) {
    const [owner, key, value] = read(row);
    inner(found, owner).set(key, value);
  }
  return found;
}

function inner<V>(maps: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const known = maps.get(key);
  if (known) return known;
  const made = new Map<string, V>();
  maps.set(key, made);
  return made;
}

/** Rows of tables of one model or all, whatever of them this age of MLflow's schema has. */
class Select {
  readonly #database: Database;
  readonly #name: string | null;

  constructor(database: Database, name: string | null) {
    this.#database = database;
    this.#name = name;
  }

  rows(table: string, columns: readonly string[]): readonly unknown[] {
    const { schema } = this.#database;
    if (!schema.has(table)) return [];
    const shown = columns.map((column) => (schema.has(table, column) ? column : `NULL AS ${column}`));
    // MLflow itself shows one workspace at a time, and this one where nobody names another.
    const conditions = schema.has(table, 'workspace') ? [`workspace = 'default'`] : [];
    const values = this.#name === null ? [] : [this.#name];
    if (this.#name !== null) conditions.push('name = ?');
    const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
    return this.#database.rows(`SELECT ${shown.join(', ')} FROM ${table}${where}`, ...values);
  }
}

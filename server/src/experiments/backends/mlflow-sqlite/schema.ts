import { foreign } from './failures.ts';
import { isKnownRevision } from './known-revisions.ts';

/** What a store's tables offer: MLflow's schema grew over the years. */
export interface StoreSchema {
  /** MLflow's schema revision; null in a store from before it kept one. */
  readonly revision: string | null;
  /** Whether the revision is one that we know. */
  readonly known: boolean;
  has(table: string, column?: string): boolean;
}

/** Without these nothing can be shown; all else is optional. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  experiments: ['experiment_id', 'name', 'lifecycle_stage', 'artifact_location'],
  runs: ['run_uuid', 'status', 'start_time', 'end_time', 'lifecycle_stage', 'artifact_uri', 'experiment_id'],
  metrics: ['run_uuid', 'key', 'value', 'timestamp'],
  latest_metrics: ['run_uuid', 'key', 'value', 'timestamp'],
  params: ['run_uuid', 'key', 'value'],
  tags: ['run_uuid', 'key', 'value'],
};

/** Reads which tables and columns are there. Throws a `corrupt` failure for a database that is not a store of MLflow. */
export function readSchema(rows: (sql: string) => readonly (readonly unknown[])[], path: string): StoreSchema {
  const columns = new Map<string, Set<string>>();
  const found = rows(
    `SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type IN ('table', 'view')`,
  );
  for (const [table, column] of found) {
    const name = String(table);
    const known = columns.get(name) ?? new Set();
    columns.set(name, known.add(String(column)));
  }
  check(columns, path);
  const has = (table: string, column?: string): boolean =>
    column === undefined ? columns.has(table) : columns.get(table)?.has(column) === true;
  const version = has('alembic_version', 'version_num')
    ? rows('SELECT version_num FROM alembic_version')[0]?.[0]
    : null;
  const revision = typeof version === 'string' ? version : null;
  return { revision, known: revision === null || isKnownRevision(revision), has };
}

function check(columns: ReadonlyMap<string, ReadonlySet<string>>, path: string): void {
  const absent = Object.keys(REQUIRED).filter((table) => !columns.has(table));
  if (absent.length === Object.keys(REQUIRED).length) {
    throw foreign(path, 'is a SQLite database, but not an MLflow store: it has none of its tables');
  }
  const lacking = Object.entries(REQUIRED).flatMap(([table, needed]) =>
    needed.filter((column) => !columns.get(table)?.has(column)).map((column) => `${table}.${column}`),
  );
  if (lacking.length > 0) {
    const shown = lacking.slice(0, 3).join(', ') + (lacking.length > 3 ? ', …' : '');
    throw foreign(
      path,
      `is no MLflow store that we can read: it lacks ${shown}, being damaged, foreign or far newer or older`,
    );
  }
}

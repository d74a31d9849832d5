import { foreign } from './database-failures.ts';
import { isKnownRevision } from './known-revisions.ts';

/** What a store's tables offer: MLflow's schema grew over the years. */
export interface StoreSchema {
  /** MLflow's schema revision; null in a store from before it kept one. */
  readonly revision: string | null;
  /** Whether the revision is one that we know. */
  readonly known: boolean;
  has(table: string, column?: string): boolean;
}

/** Columns by their tables, without which nothing can be shown; all else is optional. */
export type RequiredTables = Readonly<Record<string, readonly string[]>>;

/** Reads which tables and columns are there. Throws a `corrupt` failure for a database that is not a store of MLflow. */
export function readSchema(
  rows: (sql: string) => readonly (readonly unknown[])[],
  { path, required }: { readonly path: string; readonly required: RequiredTables },
): StoreSchema {
  const columns = new Map<string, Set<string>>();
  const found = rows(
    `SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type IN ('table', 'view')`,
  );
  for (const [table, column] of found) {
    const name = String(table);
    const known = columns.get(name) ?? new Set();
    columns.set(name, known.add(String(column)));
  }
  check(columns, { path, required });
  const has = (table: string, column?: string): boolean =>
    column === undefined ? columns.has(table) : columns.get(table)?.has(column) === true;
  const version = has('alembic_version', 'version_num')
    ? rows('SELECT version_num FROM alembic_version')[0]?.[0]
    : null;
  const revision = typeof version === 'string' ? version : null;
  return { revision, known: revision === null || isKnownRevision(revision), has };
}

function check(
  columns: ReadonlyMap<string, ReadonlySet<string>>,
  { path, required }: { readonly path: string; readonly required: RequiredTables },
): void {
  const absent = Object.keys(required).filter((table) => !columns.has(table));
  if (absent.length === Object.keys(required).length) {
    throw foreign(path, 'is a SQLite database, but not an MLflow store: it has none of its tables');
  }
  const lacking = Object.entries(required).flatMap(([table, needed]) =>
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

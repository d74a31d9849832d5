import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type DatabaseKind, inTransaction, openMigrated, withSqliteFailures } from './migrated-database.ts';
import { makeFolder, ownFolder } from './own-folder.ts';

const migrations: readonly string[] = [
  `CREATE TABLE run_marks (
     tracker TEXT NOT NULL,
     run_id TEXT NOT NULL,
     starred INTEGER NOT NULL DEFAULT 0,
     hidden INTEGER NOT NULL DEFAULT 0,
     PRIMARY KEY (tracker, run_id)
   ) WITHOUT ROWID, STRICT`,
  `CREATE TABLE monitor_reports (
     id INTEGER PRIMARY KEY,
     file TEXT NOT NULL,
     name TEXT NOT NULL,
     at INTEGER NOT NULL,
     state TEXT NOT NULL,
     report TEXT NOT NULL
   ) STRICT;
   CREATE INDEX monitor_reports_of ON monitor_reports (file, name, id)`,
  `CREATE TABLE alert_memory (
     monitor TEXT PRIMARY KEY,
     memory TEXT NOT NULL
   ) WITHOUT ROWID, STRICT;
   CREATE TABLE alert_outbox (
     position INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     monitor TEXT NOT NULL,
     channel TEXT NOT NULL,
     group_key TEXT NOT NULL,
     kind TEXT NOT NULL,
     notice TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
     attempts INTEGER NOT NULL DEFAULT 0,
     due_at INTEGER NOT NULL,
     lease TEXT,
     leased_until INTEGER NOT NULL DEFAULT 0,
     error TEXT,
     ended_at INTEGER
   ) STRICT;
   CREATE INDEX alert_outbox_waiting ON alert_outbox (channel, group_key, position) WHERE state = 'waiting';
   CREATE TABLE alert_channels (
     channel TEXT PRIMARY KEY,
     not_before INTEGER NOT NULL
   ) WITHOUT ROWID, STRICT`,
  // What a list of many monitors shows is read from the index alone: reports may be long.
  `CREATE TABLE leases (
     name TEXT PRIMARY KEY,
     holder TEXT NOT NULL,
     expires_at INTEGER NOT NULL
   ) WITHOUT ROWID, STRICT;
   ALTER TABLE monitor_reports ADD COLUMN main_value REAL GENERATED ALWAYS AS (
     CASE WHEN json_type(report, '$.checks[0].value') IN ('integer', 'real')
       THEN json_extract(report, '$.checks[0].value') END
   ) VIRTUAL;
   CREATE INDEX monitor_reports_points ON monitor_reports (file, name, id, at, state, main_value)`,
];

const kind: DatabaseKind = {
  migrations,
  remedy: {
    damaged: 'Move the file away to begin with no stars and no hidden runs.',
    newer: 'Update the extension, or move that file away to begin with no stars and no hidden runs.',
  },
  busyTimeoutMs: 2_000,
  synchronous: 'NORMAL',
  // Files of earlier versions have none.
  applicationId: null,
};

const remedy = 'Stars and hidden runs are kept there: make the workspace folder writable.';

/**
 * What the workbench itself remembers of a folder, in `.mlops/state.db`. It is made with the first write; several
 * windows and command lines may use it at once. Calls fail with `corrupt` (damaged, or written by a newer version) and
 * `busy`.
 */
export interface StateDatabase {
  /** Null where nothing was ever written. */
  forReading(): DatabaseSync | null;
  forWriting(): DatabaseSync;
  /** Changes when another connection wrote. */
  dataVersion(): number;
  /** Runs statements with SQLite's errors turned into failures. */
  run<T>(work: () => T): T;
  /** All or nothing. */
  transaction<T>(work: () => T): T;
  close(): void;
}

export function openStateDatabase(folder: string): StateDatabase {
  const directory = join(folder, ownFolder);
  const file = join(directory, 'state.db');
  let database: DatabaseSync | null = null;

  const run = <T>(work: () => T): T => withSqliteFailures(file, kind, work);
  const open = (): DatabaseSync => {
    database ??= openMigrated(file, kind);
    return database;
  };

  return {
    forReading: () => (database !== null || existsSync(file) ? open() : null),
    forWriting() {
      if (database === null) makeFolder(directory, remedy);
      return open();
    },
    dataVersion: () => Number(run(() => open().prepare('PRAGMA data_version').get())?.data_version ?? 0),
    run,
    transaction(work) {
      const connection = open();
      return run(() => inTransaction(connection, work));
    },
    close() {
      database?.close();
      database = null;
    },
  };
}

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FailureError } from './failure.ts';

/** One after another; a database's `user_version` is how many it has seen. Never change one that was released. */
const migrations: readonly string[] = [
  `CREATE TABLE run_marks (
     tracker TEXT NOT NULL,
     run_id TEXT NOT NULL,
     starred INTEGER NOT NULL DEFAULT 0,
     hidden INTEGER NOT NULL DEFAULT 0,
     PRIMARY KEY (tracker, run_id)
   ) WITHOUT ROWID, STRICT`,
];

const busyTimeoutMs = 2_000;

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
  transaction(work: () => void): void;
  close(): void;
}

export function openStateDatabase(folder: string): StateDatabase {
  const directory = join(folder, '.mlops');
  const file = join(directory, 'state.db');
  let database: DatabaseSync | null = null;

  const run = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw toStateFailure(error, file);
    }
  };
  const open = (): DatabaseSync => {
    database ??= run(() => openAndMigrate(file));
    return database;
  };

  return {
    forReading: () => (database !== null || existsSync(file) ? open() : null),
    forWriting() {
      if (database === null) makeDirectory(directory);
      return open();
    },
    dataVersion: () => Number(run(() => open().prepare('PRAGMA data_version').get())?.data_version ?? 0),
    run,
    transaction(work) {
      const connection = open();
      run(() => {
        connection.exec('BEGIN IMMEDIATE');
        try {
          work();
          connection.exec('COMMIT');
        } catch (error) {
          connection.exec('ROLLBACK');
          throw error;
        }
      });
    },
    close() {
      database?.close();
      database = null;
    },
  };
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    const ignore = join(directory, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  } catch (error) {
    throw new FailureError('permission', `The folder ${directory} can’t be made.`, {
      remedy: 'Stars and hidden runs are kept there: make the workspace folder writable.',
      cause: error,
    });
  }
}

function openAndMigrate(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
  try {
    // Where write-ahead logging can't be had (network file systems), SQLite keeps its rollback journal and says so.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    migrate(database, file);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: DatabaseSync, file: string): void {
  if (versionOf(database) === migrations.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Read again under the lock: another process may just have done it.
    const version = versionOf(database);
    if (version > migrations.length) throw newerThanWe(file);
    for (const migration of migrations.slice(version)) database.exec(migration);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

function newerThanWe(file: string): FailureError {
  return new FailureError('corrupt', `${file} was written by a newer version of MLOps Workbench.`, {
    remedy: 'Update the extension, or move that file away to begin with no stars and no hidden runs.',
  });
}

function toStateFailure(error: unknown, file: string): FailureError {
  if (error instanceof FailureError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/locked|busy/i.test(message)) {
    return new FailureError('busy', `${file} is in use by another process.`, { remedy: 'Try again.', cause: error });
  }
  return new FailureError('corrupt', `${file} can’t be used: ${message}.`, {
    remedy: 'Move the file away to begin with no stars and no hidden runs.',
    cause: error,
  });
}

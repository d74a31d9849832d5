import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FailureError } from './failure.ts';

/** A database of ours: what it is for a person, and the steps that made it what it is. */
export interface DatabaseKind {
  /** One after another; a database's `user_version` is how many it has seen. Never change one that was released. */
  readonly migrations: readonly string[];
  /** What to do about a file that is damaged, foreign or newer than we know. */
  readonly remedy: { readonly damaged: string; readonly newer: string };
  /** Milliseconds to wait for another process that writes. */
  readonly busyTimeoutMs: number;
  /** `FULL`: a commit is on the disk when it returns, also where the power goes. */
  readonly synchronous: 'NORMAL' | 'FULL';
  /** Marks files of this kind (SQLite's application_id); null for none. */
  readonly applicationId: number | null;
}

/** Opens or makes a database and brings it up to date. Fails with `corrupt` and `busy`. */
export function openMigrated(file: string, kind: DatabaseKind): DatabaseSync {
  return withSqliteFailures(file, kind, () => {
    const database = new DatabaseSync(file, { timeout: kind.busyTimeoutMs });
    try {
      checkApplication(database, file, kind);
      refuseNewer(database, file, kind);
      // Where write-ahead logging can't be had (network file systems), SQLite keeps its rollback journal and says so.
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${kind.synchronous}; PRAGMA foreign_keys = ON`);
      migrate(database, file, kind);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Runs statements with SQLite's errors turned into failures. */
export function withSqliteFailures<T>(file: string, kind: DatabaseKind, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toFailure(error, file, kind);
  }
}

/** All or nothing. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function migrate(database: DatabaseSync, file: string, kind: DatabaseKind): void {
  if (pragma(database, 'user_version') === kind.migrations.length) return;
  inTransaction(database, () => {
    // Read again under the lock: another process may just have done it.
    refuseNewer(database, file, kind);
    for (const migration of kind.migrations.slice(pragma(database, 'user_version'))) database.exec(migration);
    database.exec(`PRAGMA user_version = ${kind.migrations.length}`);
    if (kind.applicationId !== null) database.exec(`PRAGMA application_id = ${kind.applicationId}`);
  });
}

/** Before anything is set: it stays as whoever wrote it left it. */
function refuseNewer(database: DatabaseSync, file: string, kind: DatabaseKind): void {
  if (pragma(database, 'user_version') <= kind.migrations.length) return;
  const message = `${file} was written by a newer version of MLOps Workbench.`;
  throw new FailureError('corrupt', message, { remedy: kind.remedy.newer });
}

function checkApplication(database: DatabaseSync, file: string, kind: DatabaseKind): void {
  if (kind.applicationId === null) return;
  // In this order: another process may be making the tables, with the mark, between the two questions.
  const tables = Number(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n ?? 0);
  if (tables === 0 || pragma(database, 'application_id') === kind.applicationId) return;
  throw new FailureError('corrupt', `${file} is a database of another program.`, { remedy: kind.remedy.damaged });
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}

/** SQLite has no word of its own for a write-ahead log that found no room. */
function isDiskFull(file: string): boolean {
  try {
    return statfsSync(dirname(file)).bavail === 0;
  } catch {
    return false;
  }
}

function toFailure(error: unknown, file: string, kind: DatabaseKind): FailureError {
  if (error instanceof FailureError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/locked|busy/i.test(message)) {
    return new FailureError('busy', `${file} is in use by another process.`, { remedy: 'Try again.', cause: error });
  }
  if (/full/i.test(message) || (/I\/O error/i.test(message) && isDiskFull(file))) {
    const remedy = 'Free some space and try again: nothing was changed.';
    return new FailureError('busy', `There is no room left on the disk for ${file}.`, { remedy, cause: error });
  }
  if (/readonly|permission|unable to open/i.test(message)) {
    const remedy = 'Make the file and its folder readable and writable for you.';
    return new FailureError('permission', `${file} can’t be opened: ${message}.`, { remedy, cause: error });
  }
  return new FailureError('corrupt', `${file} can’t be used: ${message}.`, {
    remedy: kind.remedy.damaged,
    cause: error,
  });
}

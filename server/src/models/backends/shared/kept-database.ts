import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import {
  type DatabaseKind,
  inTransaction,
  openMigrated,
  withSqliteFailures,
} from '../../../platform/migrated-database.ts';
import { makeFolder } from '../../../platform/own-folder.ts';

/** A database that is opened with its first use, and made with its first write. */
export class KeptDatabase {
  readonly #path: string;
  readonly #kind: DatabaseKind;
  readonly #remedy: string;
  #database: DatabaseSync | null = null;

  /** `remedy`: what to do where its folder can't be made. */
  constructor(path: string, kind: DatabaseKind, remedy: string) {
    this.#path = path;
    this.#kind = kind;
    this.#remedy = remedy;
  }

  /** Answers `absent` where there is no such file yet. */
  read<T>(absent: T, work: (database: DatabaseSync) => T): T {
    const database = this.open();
    return database ? this.#run(() => work(database)) : absent;
  }

  /** One transaction. */
  write<T>(work: (database: DatabaseSync) => T): T {
    const database = this.make();
    return this.#run(() => inTransaction(database, () => work(database)));
  }

  /** Null where there is no such file yet. */
  open(): DatabaseSync | null {
    return this.#database || existsSync(this.#path) ? this.#open() : null;
  }

  make(): DatabaseSync {
    if (!this.#database) makeFolder(dirname(this.#path), this.#remedy);
    return this.#open();
  }

  close(): void {
    this.#database?.close();
    this.#database = null;
  }

  #run<T>(work: () => T): T {
    return withSqliteFailures(this.#path, this.#kind, work);
  }

  #open(): DatabaseSync {
    this.#database ??= openMigrated(this.#path, this.#kind);
    return this.#database;
  }
}

import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { busy, isBusy, needsToWrite, toStoreFailure } from './database-failures.ts';
import { type RequiredTables, readSchema, type StoreSchema } from './database-schema.ts';
import { copyPrivately, type PrivateCopy, type SourceState, sourceState } from './database-snapshot.ts';

/** A row as an array, in the order of the columns asked for. */
export type Row = readonly unknown[];

/** One open database. Its statements are kept, and each reads to its end at once: no read transaction stays open. */
export class Database {
  readonly schema: StoreSchema;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(location: string, options: { readOnly: boolean; shownPath: string; required: RequiredTables }) {
    this.#database = new DatabaseSync(location, { readOnly: options.readOnly, timeout: 0, allowExtension: false });
    try {
      // MLflow compares so; the cache holds what a search over 10,000 runs with 50 metrics touches.
      this.#database.exec(`
        PRAGMA query_only = ON;
        PRAGMA case_sensitive_like = ON;
        PRAGMA cache_size = -131072;
        PRAGMA temp_store = MEMORY;
      `);
      this.schema = readSchema((sql) => this.rows(sql), { path: options.shownPath, required: options.required });
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  rows(sql: string, ...parameters: readonly SQLInputValue[]): readonly Row[] {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      statement.setReturnArrays(true);
      if (this.#statements.size >= MAXIMUM_STATEMENTS) this.#statements.clear();
      this.#statements.set(sql, statement);
    }
    const rows: unknown = statement.all(...parameters);
    return asRows(rows);
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}

const MAXIMUM_STATEMENTS = 100;

function asRows(value: unknown): readonly Row[] {
  return Array.isArray(value) ? value : [];
}

/** How long a locked store is waited for, in milliseconds. */
const PATIENCE = 3_000;
const FIRST_PAUSE = 10;
const LONGEST_PAUSE = 250;
/** A copy is good for this many times as long as it took: a store written to all the time is not copied all the time. */
const COPY_LASTS = 5;

interface Opened {
  readonly database: Database;
  readonly token: string;
  readonly copy: PrivateCopy | null;
}

/**
 * A connection to somebody else's database that leaves no trace: a file with a rollback journal is opened read-only;
 * where SQLite would have to write beside it (a write-ahead log, a journal to roll back), a private copy is read.
 */
export class Connection {
  readonly path: string;
  readonly #patience: number;
  readonly #required: RequiredTables;
  #opened: Opened | null = null;

  constructor(path: string, options: { required: RequiredTables; patienceMs?: number }) {
    this.#required = options.required;
    this.path = path;
    this.#patience = options.patienceMs ?? PATIENCE;
  }

  /** Runs queries on the store as it is now; waits, within bounds, for another process's lock to go. */
  async use<T>(work: (database: Database) => T, signal?: AbortSignal): Promise<T> {
    const deadline = performance.now() + this.#patience;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      signal?.throwIfAborted();
      try {
        return await this.#attempt(work, signal);
      } catch (error) {
        const retry = isBusy(error) && performance.now() + pause < deadline;
        if (!retry) throw toStoreFailure(error, this.path);
      }
      await delay(pause * (0.5 + Math.random() / 2), undefined, signal ? { signal } : {});
    }
  }

  async #attempt<T>(work: (database: Database) => T, signal?: AbortSignal): Promise<T> {
    const state = await sourceState(this.path);
    try {
      return work(await this.#database(state, signal));
    } catch (error) {
      if (this.#opened?.copy || !needsToWrite(error)) throw error;
      return work(await this.#openCopy(signal));
    }
  }

  async #database(state: SourceState, signal?: AbortSignal): Promise<Database> {
    const opened = this.#opened;
    if (opened?.copy) {
      if (opened.token === state.token || isFresh(opened.copy)) return opened.database;
      await this.close();
    } else if (opened) {
      // SQLite itself sees new transactions; a file put in the place of the old one it does not.
      if (opened.token === state.identity && !state.writeAheadLog) return opened.database;
      await this.close();
    }
    if (state.writeAheadLog) return this.#openCopy(signal);
    const database = new Database(this.path, { readOnly: true, shownPath: this.path, required: this.#required });
    this.#opened = { database, token: state.identity, copy: null };
    return database;
  }

  async #openCopy(signal?: AbortSignal): Promise<Database> {
    await this.close();
    const copy = await copyPrivately(this.path, signal);
    if (!copy) throw busy(this.path, null);
    try {
      const database = new Database(copy.path, { readOnly: false, shownPath: this.path, required: this.#required });
      this.#opened = { database, token: copy.token, copy };
      return database;
    } catch (error) {
      await copy.remove();
      throw error;
    }
  }

  /** Closes the database and removes a private copy; the next use opens it again. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    opened?.database.close();
    await opened?.copy?.remove();
  }
}

function isFresh(copy: PrivateCopy): boolean {
  return performance.now() - copy.madeAt < copy.tookMs * COPY_LASTS;
}

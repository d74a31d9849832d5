import type { RunMarks } from '#schemas/protocol/experiments.ts';
import { openStateDatabase, type StateDatabase } from '../platform/state-database.ts';

const unmarked: RunMarks = { starred: false, hidden: false };

/** The marks of one tracker's runs; a run that isn't in it has none. */
export class MarkSet {
  readonly #marks: ReadonlyMap<string, RunMarks>;

  constructor(marks: ReadonlyMap<string, RunMarks> = new Map()) {
    this.#marks = marks;
  }

  of(runId: string): RunMarks {
    return this.#marks.get(runId) ?? unmarked;
  }

  /** Ids, in no order. */
  starred(): string[] {
    return [...this.#marks].filter(([, { starred }]) => starred).map(([id]) => id);
  }

  get empty(): boolean {
    return this.#marks.size === 0;
  }
}

export const noMarks = new MarkSet();

export interface MarkChange {
  readonly starred?: boolean | undefined;
  readonly hidden?: boolean | undefined;
}

/**
 * Which runs a person starred or hid, in `.mlops/state.db` of a folder; other windows may write there too. The tracker
 * itself is never written to. Reading where nothing was marked yet creates nothing.
 */
export class RunMarksStore {
  readonly #database: StateDatabase;
  #cached: { version: number; marks: Map<string, MarkSet> } | null = null;

  /** `folder`: the absolute path of the workspace folder. */
  constructor(folder: string) {
    this.#database = openStateDatabase(folder);
  }

  /** Fails with `corrupt` or `busy`. */
  read(tracker: string): MarkSet {
    const database = this.#database.forReading();
    if (database === null) return noMarks;
    const version = this.#database.dataVersion();
    if (this.#cached?.version !== version) this.#cached = { version, marks: new Map() };
    const cached = this.#cached.marks.get(tracker);
    if (cached) return cached;
    const rows = this.#database.run(() =>
      database.prepare('SELECT run_id, starred, hidden FROM run_marks WHERE tracker = ?').all(tracker),
    );
    const marks = new MarkSet(
      new Map(rows.map((row) => [String(row.run_id), { starred: row.starred === 1, hidden: row.hidden === 1 }])),
    );
    this.#cached.marks.set(tracker, marks);
    return marks;
  }

  /** Sets what is given and leaves the rest; creates the database where there is none. */
  write(runs: readonly { tracker: string; runId: string }[], change: MarkChange): void {
    if (runs.length === 0 || (change.starred === undefined && change.hidden === undefined)) return;
    const database = this.#database.forWriting();
    const starred = toInteger(change.starred);
    const hidden = toInteger(change.hidden);
    this.#database.transaction(() => {
      const upsert = database.prepare(
        `INSERT INTO run_marks (tracker, run_id, starred, hidden) VALUES (?, ?, coalesce(?, 0), coalesce(?, 0))
         ON CONFLICT (tracker, run_id) DO UPDATE SET starred = coalesce(?, starred), hidden = coalesce(?, hidden)`,
      );
      for (const { tracker, runId } of runs) upsert.run(tracker, runId, starred, hidden, starred, hidden);
      database.exec('DELETE FROM run_marks WHERE starred = 0 AND hidden = 0');
    });
    this.#cached = null;
  }

  close(): void {
    this.#database.close();
  }
}

function toInteger(flag: boolean | undefined): number | null {
  if (flag === undefined) return null;
  return flag ? 1 : 0;
}

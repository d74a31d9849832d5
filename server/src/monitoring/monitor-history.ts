import { z } from 'zod';
import { type MonitorReport, monitorReport } from '#schemas/domain/monitor-report.ts';
import { jsonNumber } from '#schemas/domain/number.ts';
import { openStateDatabase, type StateDatabase } from '../platform/state-database.ts';

/** A monitor by its file, relative to the workspace with slashes, and its name. */
export interface MonitorKey {
  readonly file: string;
  readonly name: string;
}

/** One value of a check over time; null where there was none. */
export interface HistoryPoint {
  /** Unix milliseconds. */
  readonly at: number;
  readonly value: number | null;
  readonly state: MonitorReport['state'];
}

/** What one comparison said of a column by a method. */
export type DriftCourse = z.output<typeof courseRow>;

/** Reports of a monitor that are kept. */
const KEPT = 500;

const reportRow = z.object({ report: z.string() });
const courseRow = z.object({
  at: z.number(),
  column: z.string(),
  method: z.string().nullable(),
  statistic: jsonNumber.nullable(),
  drifted: z
    .number()
    .nullable()
    .transform((flag) => (flag === null ? null : flag === 1)),
});
const newsRow = z.object({ file: z.string(), name: z.string(), id: z.number() });
const pointRow = z.object({ at: z.number(), value: z.number().nullable(), state: monitorReport.shape.state });

/**
 * Reports of checks, in `.mlops/state.db` of a folder; other windows and command lines may write there too. Reading where
 * nothing was checked yet creates nothing. Fails with `corrupt`, `busy` and `permission`.
 */
export class MonitorHistory {
  readonly #database: StateDatabase;

  /** `folder`: the absolute path of the workspace folder. */
  constructor(folder: string) {
    this.#database = openStateDatabase(folder);
  }

  append({ file, name }: MonitorKey, report: MonitorReport): void {
    const database = this.#database.forWriting();
    this.#database.transaction(() => {
      const { at, state } = report;
      database
        .prepare('INSERT INTO monitor_reports (file, name, at, state, report) VALUES (?, ?, ?, ?, ?)')
        .run(file, name, at, state, JSON.stringify(report));
      database
        .prepare(
          `DELETE FROM monitor_reports WHERE file = ? AND name = ? AND id NOT IN
             (SELECT id FROM monitor_reports WHERE file = ? AND name = ? ORDER BY id DESC LIMIT ${KEPT})`,
        )
        .run(file, name, file, name);
    });
  }

  /** The last report; null where there is none, or none that this version can read. */
  latest({ file, name }: MonitorKey): MonitorReport | null {
    const [row] = this.#read(
      reportRow,
      'SELECT report FROM monitor_reports WHERE file = ? AND name = ? ORDER BY id DESC LIMIT 1',
      [file, name],
    );
    return row === undefined ? null : (monitorReport.safeParse(JSON.parse(row.report)).data ?? null);
  }

  /** The last values of the main check, oldest first: the share of drifted columns, else the first of the others. */
  mainSeries({ file, name }: MonitorKey, limit: number): readonly HistoryPoint[] {
    const rows = this.#read(
      pointRow,
      'SELECT at, state, main_value AS value FROM monitor_reports WHERE file = ? AND name = ? ORDER BY id DESC LIMIT ?',
      [file, name, limit],
    );
    return rows.reverse();
  }

  /** The last values of one check, oldest first. */
  series(
    key: MonitorKey,
    check: Pick<MonitorReport['checks'][number], 'kind' | 'name'>,
    limit: number,
  ): readonly HistoryPoint[] {
    const rows = this.#read(
      pointRow,
      `SELECT r.at, json_extract(c.value, '$.state') AS state,
              CASE WHEN json_type(c.value, '$.value') IN ('integer', 'real') THEN json_extract(c.value, '$.value') END AS value
       FROM monitor_reports r JOIN json_each(r.report, '$.checks') c
       WHERE r.file = ? AND r.name = ? AND json_extract(c.value, '$.kind') = ? AND json_extract(c.value, '$.name') = ?
         AND (? = 'drift' OR json_extract(c.value, '$.labels') = '{}')
       ORDER BY r.id DESC, c.key LIMIT ?`,
      [key.file, key.name, check.kind, check.name, check.kind, limit],
    );
    return rows.reverse();
  }

  /** Reports of a time, oldest first; what this version can’t read is left out. Unix milliseconds, both included. */
  reports({ file, name }: MonitorKey, { from, to }: { readonly from: number; readonly to: number }): MonitorReport[] {
    const rows = this.#read(
      reportRow,
      'SELECT report FROM monitor_reports WHERE file = ? AND name = ? AND at BETWEEN ? AND ? ORDER BY id',
      [file, name, from, to],
    );
    return rows.flatMap(({ report }) => monitorReport.safeParse(JSON.parse(report)).data ?? []);
  }

  /** The last comparisons of all columns of a monitor, oldest first. */
  driftCourses({ file, name }: MonitorKey, limit: number): readonly DriftCourse[] {
    return this.#read(
      courseRow,
      `SELECT r.at, json_extract(c.value, '$.column') AS column, json_extract(c.value, '$.method') AS method,
              json_extract(c.value, '$.statistic') AS statistic, json_extract(c.value, '$.drifted') AS drifted
       FROM (SELECT * FROM monitor_reports WHERE file = ? AND name = ? ORDER BY id DESC LIMIT ?) r
       JOIN json_each(r.report, '$.drift.columns') c ORDER BY r.id`,
      [file, name, limit],
    );
  }

  /** Monitors of which reports came after one, by its id, and the id of the last; null where nothing came. */
  newsSince(id: number): { readonly id: number; readonly monitors: readonly MonitorKey[] } | null {
    const rows = this.#read(
      newsRow,
      'SELECT file, name, max(id) AS id FROM monitor_reports WHERE id > ? GROUP BY file, name',
      [id],
    );
    return rows.length === 0 ? null : { id: Math.max(...rows.map((row) => row.id)), monitors: rows };
  }

  /** Changes when another connection wrote. */
  dataVersion(): number {
    return this.#database.forReading() === null ? 0 : this.#database.dataVersion();
  }

  close(): void {
    this.#database.close();
  }

  #read<T extends z.ZodType>(row: T, sql: string, values: readonly (string | number)[]): z.output<T>[] {
    const database = this.#database.forReading();
    if (database === null) return [];
    return this.#database.run(() => database.prepare(sql).all(...values)).map((one) => row.parse(one));
  }
}

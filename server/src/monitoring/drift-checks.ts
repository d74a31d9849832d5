import { isAbsolute, relative } from 'node:path';
import { driftMethods } from '#schemas/config/drift-methods.ts';
import type { DriftDetails } from '#schemas/domain/drift-details.ts';
import type { DriftColumn, DriftReport } from '#schemas/domain/drift-report.ts';
import { compareDrift } from '#schemas/domain/drift-score.ts';
import {
  type DriftHistoryPoint,
  type DriftSummary,
  type DriftTarget,
  mostDriftHistory,
  type ShownDriftColumn,
} from '#schemas/protocol/drift.ts';
import { FailureError } from '../platform/failure.ts';
import { SharedTask } from '../platform/shared-task.ts';
import { writeFileWhole } from '../platform/write-file.ts';
import type { DescribeColumns, DescriptionRequest } from './drift/describe-columns.ts';
import type { CheckDrift, FileCheck } from './drift/drift-checker.ts';
import { driftCsv } from './drift/export/drift-csv.ts';
import { driftPage } from './drift/export/drift-page.ts';
import { toRequest } from './drift/monitor-request.ts';
import { readDriftMonitor } from './monitor-documents.ts';
import type { DriftCourse } from './monitor-history.ts';

/** Finds what earlier checks of a monitor said of its columns, oldest first. */
export type DriftHistory = (
  folder: string,
  monitor: { readonly file: string; readonly name: string },
) => Promise<readonly DriftCourse[]>;

export interface DriftChecksOptions {
  /** For a workspace’s folder, whose storage and permissions hold. */
  readonly tasks: (folder: string) => Promise<{
    readonly checkDrift: CheckDrift;
    readonly describeColumns: DescribeColumns;
  }>;
  readonly now: () => number;
  readonly history: DriftHistory;
}

/** What is asked of a check: `folder` is absolute. */
export interface DriftQuestion {
  readonly folder: string;
  readonly check: string;
  readonly target: DriftTarget;
}

/** Where a check is written, and as what. */
interface DriftFile {
  readonly format: 'html' | 'csv';
  readonly timeColumn: string | null;
  readonly path: string;
}

interface WaitOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

interface Done {
  readonly at: number;
  /** Of the workspace. */
  readonly folder: string;
  /** By column and method; empty for files. */
  readonly courses: ReadonlyMap<string, readonly DriftHistoryPoint[]>;
  readonly title: string;
  readonly names: DriftSummary['names'];
  readonly files: FileCheck;
  readonly report: DriftReport;
}

interface Kept {
  readonly task: SharedTask<Done>;
  /** Those who wait and want to hear how far it is. */
  readonly told: Set<(done: number, total: number) => void>;
}

/** Checks that are kept: as many as panels are likely to be open. */
const MOST_KEPT = 16;
/** A page that was hidden and is shown again asks anew at once: so long a check goes on that nobody waits for. */
const LINGER_MS = 1_000;
/** Columns that are named though they were not compared. */
const MOST_LEFT_OUT = 200;
/** Columns that get charts in an export. */
const MOST_CHARTS = 50;

/** Checks that somebody looks at. What was found is kept, so that columns, details and exports are of one and the same check. */
export class DriftChecks {
  readonly #options: DriftChecksOptions;
  readonly #kept = new Map<string, Kept>();

  constructor(options: DriftChecksOptions) {
    this.#options = options;
  }

  /** Makes a check, or joins one that is under way or done by the same name. Fails as {@link CheckDrift} does. */
  async check(question: DriftQuestion, { signal, onProgress }: WaitOptions): Promise<DriftSummary> {
    const kept = this.#keep(question);
    if (onProgress) kept.told.add(onProgress);
    const lingering = new AbortController();
    const leave = () => setTimeout(() => lingering.abort(), LINGER_MS).unref();
    signal.addEventListener('abort', leave, { once: true });
    try {
      kept.task.wait(lingering.signal).catch(() => undefined);
      return summaryOf(await kept.task.wait(signal));
    } finally {
      signal.removeEventListener('abort', leave);
      if (onProgress) kept.told.delete(onProgress);
    }
  }

  /** A part of a check's columns, in the order of the report. */
  async columns(check: string, { start, count }: { start: number; count: number }): Promise<ShownDriftColumn[]> {
    const { report, courses } = await this.#done(check);
    return report.columns.slice(start, start + count).map((column) => {
      const history = courses.get(courseKey(column));
      return history === undefined ? column : { ...column, history: history.slice(-mostDriftHistory) };
    });
  }

  /** What both samples of a column look like. */
  async details(
    check: string,
    { column, ...request }: Omit<DescriptionRequest, 'columns'> & { readonly column: string },
    { signal }: WaitOptions,
  ): Promise<DriftDetails> {
    const { report, files, folder } = await this.#done(check);
    const type = report.columns.find((one) => one.column === column)?.type;
    if (!type) {
      throw new FailureError('input', `${column} could not be read on both sides.`, { remedy: 'Its reason says why.' });
    }
    const wanted = { ...request, columns: [{ name: column, type }] };
    const { describeColumns } = await this.#options.tasks(folder);
    const [details] = await describeColumns(files, wanted, { signal });
    if (!details) throw new Error('One column was asked for.');
    return details;
  }

  /** Writes a check to a file, whole or not at all. */
  async export(
    check: string,
    { format, timeColumn, path }: DriftFile,
    { signal, onProgress }: WaitOptions,
  ): Promise<{ columns: number; charts: number }> {
    const done = await this.#done(check);
    const { columns } = done.report;
    if (format === 'csv') {
      await writeFileWhole(path, [...driftCsv(columns)].join(''), signal);
      return { columns: columns.length, charts: 0 };
    }
    const wanted = chartsOf(columns);
    const options = { signal, ...(onProgress ? { onProgress } : {}) };
    const details =
      wanted.length === 0
        ? []
        : await (await this.#options.tasks(done.folder)).describeColumns(
            done.files,
            { columns: wanted, timeColumn, whole: false },
            options,
          );
    const page = driftPage({ title: done.title, summary: summaryOf(done), columns, details });
    await writeFileWhole(path, page, signal);
    return { columns: columns.length, charts: details.length };
  }

  #keep(question: DriftQuestion): Kept {
    const known = this.#kept.get(question.check);
    if (known && !known.task.abandoned) {
      // The one that was asked for last is forgotten last.
      this.#kept.delete(question.check);
      this.#kept.set(question.check, known);
      return known;
    }
    const told: Kept['told'] = new Set();
    const onProgress = (done: number, total: number) => {
      for (const tell of told) tell(done, total);
    };
    const kept: Kept = { told, task: new SharedTask((signal) => this.#run(question, { signal, onProgress })) };
    this.#kept.set(question.check, kept);
    // What failed is tried anew when it is asked for again.
    kept.task.result.catch(() => {
      if (this.#kept.get(question.check) === kept) this.#kept.delete(question.check);
    });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return kept;
  }

  async #run({ folder, target }: DriftQuestion, options: WaitOptions): Promise<Done> {
    const { title, files, monitor } = await filesOf(target, folder);
    const { checkDrift } = await this.#options.tasks(folder);
    const report = await checkDrift(files, options);
    const names = {
      reference: shownPath(files.reference.path, folder),
      current: shownPath(files.current.path, folder),
    };
    const courses = coursesOf(monitor === null ? [] : await this.#earlier(folder, monitor));
    return { at: this.#options.now(), folder, courses, title, names, files, report };
  }

  /** A history that can’t be read hides no check. */
  async #earlier(folder: string, monitor: Parameters<DriftHistory>[1]): Promise<readonly DriftCourse[]> {
    return this.#options.history(folder, monitor).catch(() => []);
  }

  async #done(check: string): Promise<Done> {
    const kept = this.#kept.get(check);
    if (!kept) {
      throw new FailureError('not-found', 'This check is not there any more.', { remedy: 'Check again.' });
    }
    return kept.task.result;
  }
}

function courseKey({ column, method }: Pick<DriftColumn, 'column' | 'method'>): string {
  return JSON.stringify([column, method]);
}

function coursesOf(found: readonly DriftCourse[]): Done['courses'] {
  const courses = new Map<string, DriftHistoryPoint[]>();
  for (const { column, method, at, statistic, drifted } of found) {
    const key = courseKey({ column, method: driftMethods.find((known) => known === method) ?? null });
    const points = courses.get(key) ?? [];
    points.push({ at, statistic, drifted });
    courses.set(key, points);
  }
  return courses;
}

interface Found {
  readonly title: string;
  readonly files: FileCheck;
  /** Null for files. */
  readonly monitor: Parameters<DriftHistory>[1] | null;
}

async function filesOf(target: DriftTarget, folder: string): Promise<Found> {
  if (target.kind === 'files') {
    const { reference, current } = target;
    const request = toRequest(null, { columns: [], methods: [] });
    const title = `Drift: ${shownPath(reference, folder)} ↔ ${shownPath(current, folder)}`;
    return {
      title,
      files: { reference: { path: reference, folder }, current: { path: current, folder }, request },
      monitor: null,
    };
  }
  const monitor = await readDriftMonitor(target.file, target.name);
  const { reference, current } = monitor.drift;
  return {
    title: `Drift: ${monitor.name}`,
    files: {
      reference: { path: reference, folder: monitor.folder },
      current: { path: current, folder: monitor.folder },
      request: toRequest(monitor.drift, { columns: [], methods: [] }),
    },
    monitor: { file: target.file, name: monitor.name },
  };
}

/** A path from the folder where it is below that. */
function shownPath(path: string, folder: string): string {
  if (!isAbsolute(path)) return path;
  const within = relative(folder, path);
  return within === '' || within.startsWith('..') || isAbsolute(within) ? path : within;
}

function summaryOf({ at, names, report }: Done): DriftSummary {
  const { columns, ...head } = report;
  const drifted = new Set(columns.filter((one) => one.drifted).map(({ column }) => column)).size;
  const leftOut = head.leftOut.slice(0, MOST_LEFT_OUT);
  const totals = { columns: columns.length, driftedColumns: drifted, leftOutTotal: head.leftOut.length };
  return { ...head, at, names, leftOut, ...totals };
}

function chartsOf(columns: readonly DriftColumn[]): DescriptionRequest['columns'] {
  const types = new Map(
    columns.toSorted(compareDrift).flatMap(({ column, type, missing }) => (type && missing ? [[column, type]] : [])),
  );
  return [...types].slice(0, MOST_CHARTS).map(([name, type]) => ({ name, type }));
}

import type { z } from 'zod';
import { type Failure, failure } from '#schemas/domain/failure.ts';
import { type ArtifactEntry, formatRunRef, type RunDetails, type RunRef } from '#schemas/domain/run.ts';
import { describeDashboard, readDashboardChart } from '#schemas/protocol/dashboards.ts';
import { checkDrift, driftColumnDetails, driftColumns, exportDrift } from '#schemas/protocol/drift.ts';
import {
  compareRuns,
  exportTable,
  getRun,
  listArtifacts,
  markRuns,
  metricCurves,
  metricHistory,
  previewArtifact,
  type TableColumn,
  type TableRow,
  tableColumns,
  tableWindow,
  trackerLink,
} from '#schemas/protocol/experiments.ts';
import { auditFacets, compareVersions, exportAudit, listAudit, verifyAudit } from '#schemas/protocol/models.ts';
import type { ParsedParamsOf, RequestDefinition } from '#schemas/protocol/request.ts';
import {
  copyText,
  openCompare,
  openDashboardPush,
  openExternal,
  openFileDiff,
  openRun,
  type PanelState,
  panelInitialize,
  pickSaveFile,
  saveArtifact,
  saveFile,
} from '#schemas/protocol/webview.ts';
import { artifactPreviewOf, artifactsUnder } from './made-artifacts.ts';
import { listMade, madeEntries, madeVerdict } from './made-audit.ts';
import { madeChartData, madeDashboard } from './made-dashboard.ts';
import { compareMade, detailsOf, type MadeRun, makeCurve, refOf } from './made-data.ts';
import { detailsOfColumn, type MadeDrift, madeDrift } from './made-drift.ts';
import { madeComparison } from './made-versions.ts';

export class FakeFailure extends Error {
  readonly failure: Failure;
  constructor(value: z.input<typeof failure>) {
    super(value.message);
    this.failure = failure.parse(value);
  }
}

type Answer = (params: unknown) => unknown;

/** What a panel asked, in order. */
export interface Asked {
  readonly method: string;
  readonly params: unknown;
}

/** Answers a panel's requests from made runs, as host and backend would: every one of them parsed both ways. */
export class FakeHost {
  readonly asked: Asked[] = [];
  readonly stars = new Set<string>();
  readonly hidden = new Set<string>();
  /** Set to refuse: a method's failure. */
  readonly failures = new Map<string, Failure>();
  revision = 1;
  loggedPoints = 200;
  /** What the page of a run gets to show. */
  details: (made: MadeRun) => RunDetails = detailsOf;
  artifacts: (folder: string) => ArtifactEntry[] = artifactsUnder;
  comparison = madeComparison();
  /** The audit log, oldest first. */
  entries = madeEntries(2);
  verdict = madeVerdict(2);
  drift: MadeDrift = madeDrift(2);
  dashboard = madeDashboard();
  /** Charts of it that can’t be read. */
  readonly brokenCharts = new Map<string, Failure>();
  /** Methods that get no answer. */
  readonly held = new Set<string>();
  /** Whether the tracker has pages of its own. */
  hasLinks = true;
  runs: readonly MadeRun[];
  state: PanelState;
  readonly #answers = new Map<string, Answer>();

  constructor(options: { runs?: readonly MadeRun[]; state: PanelState }) {
    this.runs = options.runs ?? [];
    this.state = options.state;
    this.#on(panelInitialize, () => ({ state: this.state }));
    this.#on(openCompare, () => ({}));
    this.#on(openRun, () => ({}));
    this.#on(openExternal, () => ({}));
    this.#on(copyText, () => ({}));
    this.#on(pickSaveFile, ({ suggestedName }) => ({ path: `/home/ana/${suggestedName}` }));
    this.#on(saveFile, () => ({ saved: true }));
    this.#on(saveArtifact, () => ({ saved: true }));
    this.#on(exportTable, ({ path }) => ({ rows: this.runs.length, path }));
    this.#on(trackerLink, ({ runId }) => ({
      url: this.hasLinks ? `http://127.0.0.1:5000/#/experiments/1/runs/${runId}` : null,
    }));
    this.#on(markRuns, (params) => this.#mark(params));
    this.#on(tableColumns, (query) => this.#columns(query));
    this.#on(tableWindow, (query) => this.#window(query));
    this.#on(compareRuns, ({ runs }) => ({ ...compareMade(this.#find(runs)), revision: this.revision }));
    this.#on(metricCurves, (query) => this.#curves(query));
    this.#on(metricHistory, (query) => this.#history(query));
    this.#on(getRun, ({ run }) => {
      const made = this.#find([run])[0];
      if (!made) throw new FakeFailure({ reason: 'not-found', message: `There is no run ${run.runId}.`, remedy: null });
      return this.details(made);
    });
    this.#on(listArtifacts, ({ path }) => ({ entries: this.artifacts(path), truncated: false }));
    this.#on(compareVersions, () => this.comparison);
    this.#on(openFileDiff, () => ({}));
    this.#on(listAudit, (query) => listMade(this.entries, query));
    this.#on(auditFacets, () => ({
      actors: [...new Set(this.entries.map(({ actor }) => actor))].sort(),
      actions: [...new Set(this.entries.map(({ action }) => action))].sort(),
      models: [...new Set(this.entries.map(({ target }) => target.split('@')[0] ?? ''))].sort(),
    }));
    this.#on(verifyAudit, () => this.verdict);
    this.#on(exportAudit, ({ path, ...query }) => ({
      entries: listMade(this.entries, { ...query, start: 0, count: this.entries.length }).total,
      path,
    }));
    this.#on(checkDrift, ({ target }) => ({
      ...this.drift.summary,
      ...(target.kind === 'files' ? { names: { reference: target.reference, current: target.current } } : {}),
    }));
    this.#on(driftColumns, ({ start, count }) => ({ columns: this.drift.columns.slice(start, start + count) }));
    this.#on(driftColumnDetails, (query) => detailsOfColumn(this.drift, query));
    this.#on(exportDrift, ({ format }) => ({ columns: this.drift.columns.length, charts: format === 'html' ? 2 : 0 }));
    this.#on(describeDashboard, () => this.dashboard);
    this.#on(readDashboardChart, (query) => {
      const broken = this.brokenCharts.get(query.chart);
      if (broken) throw new FakeFailure(broken);
      return madeChartData(query);
    });
    this.#on(openDashboardPush, () => ({}));
    this.#on(previewArtifact, ({ path }) => artifactPreviewOf(path));
  }

  #on<P extends z.ZodType, R extends z.ZodType>(
    definition: RequestDefinition<P, R>,
    answer: (params: z.output<P>) => z.input<R>,
  ): void {
    this.#answers.set(definition.method, (raw) => definition.result.parse(answer(definition.params.parse(raw))));
  }

  /** A JSON-RPC response's result or error. */
  answer(
    method: string,
    params: unknown,
  ): { result: unknown } | { error: { code: number; message: string; data: Failure } } {
    this.asked.push({ method, params });
    try {
      const refused = this.failures.get(method);
      if (refused) throw new FakeFailure(refused);
      const answer = this.#answers.get(method);
      if (!answer) throw new Error(`The panel asked for ${method}, which no host answers.`);
      return { result: answer(params) };
    } catch (error) {
      const data: Failure =
        error instanceof FakeFailure
          ? error.failure
          : { reason: 'internal', message: error instanceof Error ? error.message : String(error), remedy: null };
      return { error: { code: -32803, message: data.message, data } };
    }
  }

  /** Takes note of a question that gets no answer; false where it gets one. */
  holds(method: string, params: unknown): boolean {
    if (!this.held.has(method)) return false;
    this.asked.push({ method, params });
    return true;
  }

  askedFor(definition: RequestDefinition): unknown[] {
    return this.asked.filter(({ method }) => method === definition.method).map(({ params }) => params);
  }

  #find(refs: readonly RunRef[]): MadeRun[] {
    const byId = new Map(this.runs.map((made) => [made.run.id, made]));
    return refs.flatMap(({ runId }) => byId.get(runId) ?? []);
  }

  #mark({ runs, starred, hidden }: ParsedParamsOf<typeof markRuns>): Record<string, never> {
    for (const ref of runs) {
      const name = formatRunRef(ref);
      if (starred !== undefined) this.stars[starred ? 'add' : 'delete'](name);
      if (hidden !== undefined) this.hidden[hidden ? 'add' : 'delete'](name);
    }
    return {};
  }

  /** As far as the tests need it: `metrics.key > number`. */
  #query(query: ParsedParamsOf<typeof tableColumns>): MadeRun[] {
    const { filter, starredOnly, showHidden } = query;
    const clause = /^metrics\.`?([^`\s]+)`? > ([\d.]+)$/.exec(filter);
    if (filter && !clause) {
      throw new FakeFailure({
        reason: 'input',
        message: `The filter can’t be read at “${filter.slice(0, 20)}”: an operator is expected.`,
        remedy: 'For example: metrics.accuracy > 0.9',
      });
    }
    return this.runs.filter((made) => {
      const name = formatRunRef(refOf(made));
      if (starredOnly && !this.stars.has(name)) return false;
      if (!showHidden && this.hidden.has(name)) return false;
      return !clause || Number(made.run.metrics[clause[1] ?? '']?.value) > Number(clause[2]);
    });
  }

  #columns(query: ParsedParamsOf<typeof tableColumns>): z.input<typeof tableColumns.result> {
    const runs = this.#query(query);
    const attributes = ['name', 'status', 'startTime', 'duration', 'experiment', 'id'];
    const columns: TableColumn[] = attributes.map((key) => ({
      id: `attribute.${key}`,
      kind: 'attribute',
      key,
      runs: runs.length,
      numeric: key === 'startTime' || key === 'duration',
      varies: key !== 'experiment',
    }));
    const add = (kind: 'param' | 'metric' | 'tag', of: (made: MadeRun) => Record<string, unknown>) => {
      const seen = new Map<string, { runs: number; values: Set<unknown> }>();
      for (const made of runs) {
        for (const [key, value] of Object.entries(of(made))) {
          const entry = seen.get(key) ?? { runs: 0, values: new Set() };
          entry.runs += 1;
          entry.values.add(value);
          seen.set(key, entry);
        }
      }
      for (const [key, { runs: having, values }] of [...seen].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const numeric = [...values].every((value) => typeof value !== 'string' || !Number.isNaN(Number(value)));
        columns.push({ id: `${kind}.${key}`, kind, key, runs: having, numeric, varies: values.size > 1 });
      }
    };
    add('param', ({ run }) => run.params);
    add('metric', ({ run }) => Object.fromEntries(Object.entries(run.metrics).map(([key, { value }]) => [key, value])));
    add('tag', ({ run }) => run.tags);
    return { columns, total: runs.length, revision: this.revision };
  }

  #window(query: ParsedParamsOf<typeof tableWindow>): z.input<typeof tableWindow.result> {
    const runs = this.#query(query);
    for (const { column, descending } of query.sort.toReversed()) {
      runs.sort((a, b) => compareCells(cellOf(a, column), cellOf(b, column)) * (descending ? -1 : 1));
    }
    const rows = runs.slice(query.start, query.start + query.count).map((made): TableRow => {
      const name = formatRunRef(refOf(made));
      return {
        ref: refOf(made),
        status: made.run.status,
        marks: { starred: this.stars.has(name), hidden: this.hidden.has(name) },
        cells: query.columns.map((id) => cellOf(made, id)),
      };
    });
    return { rows, total: runs.length, revision: this.revision };
  }

  #curves(query: ParsedParamsOf<typeof metricCurves>): z.input<typeof metricCurves.result> {
    const { key, axis, maxPoints } = query;
    const from = query.from === null ? null : Number(query.from);
    const to = query.to === null ? null : Number(query.to);
    const curves = this.#find(query.runs)
      .filter(({ run }) => key in run.metrics)
      .map((made) => makeCurve(made, { key, axis, from, to, maxPoints, logged: this.loggedPoints }));
    return { curves, revision: this.revision };
  }

  #history({ run, key, limit, page }: ParsedParamsOf<typeof metricHistory>): z.input<typeof metricHistory.result> {
    const [made] = this.#find([run]);
    if (!made) return { points: [], nextPage: null };
    const all = { key, axis: 'step', from: null, to: null, maxPoints: this.loggedPoints } as const;
    const { x, y } = makeCurve(made, { ...all, logged: this.loggedPoints });
    const began = made.run.startTime ?? 0;
    const points = x.map((step, index) => ({ step, timestamp: began + Number(step) * 250, value: y[index] ?? 'NaN' }));
    return pageOf(points, { limit, page });
  }
}

/** The second pages on are told by the position that they start at. */
function pageOf<T>(items: readonly T[], { limit, page }: { limit: number; page: string | null }) {
  const start = Number(page ?? 0);
  const end = start + limit;
  return { points: items.slice(start, end), nextPage: end < items.length ? String(end) : null };
}

function cellOf({ run }: MadeRun, id: string): TableRow['cells'][number] {
  const dot = id.indexOf('.');
  const key = id.slice(dot + 1);
  switch (id.slice(0, dot)) {
    case 'param':
      return run.params[key] ?? null;
    case 'metric':
      return run.metrics[key]?.value ?? null;
    case 'tag':
      return run.tags[key] ?? null;
  }
  if (key === 'duration') return run.startTime !== null && run.endTime !== null ? run.endTime - run.startTime : null;
  const attributes = {
    name: run.name,
    status: run.status,
    startTime: run.startTime,
    experiment: run.experiment,
    id: run.id,
  };
  return key in attributes ? attributes[key as keyof typeof attributes] : null;
}

function compareCells(a: TableRow['cells'][number], b: TableRow['cells'][number]): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const [left, right] = [Number(a), Number(b)];
  if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

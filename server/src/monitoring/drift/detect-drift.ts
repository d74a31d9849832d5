import type { DriftMethod } from '#schemas/config/drift-methods.ts';
import type { DriftColumn, DriftReport } from '#schemas/domain/drift-report.ts';
import type { Both, DriftData } from './drift-data.ts';
import type { DriftRequest } from './drift-request.ts';
import type { Frequencies } from './frequencies.ts';
import { judge, type Outcome } from './judge.ts';
import {
  type ColumnEvidence,
  edgesFor,
  type Measured,
  measureFrequencies,
  measureNumbers,
  usesFrequencies,
} from './measure.ts';
import { chooseMethod, isOrdered, MOST_SEPARATE_VALUES, methodOf } from './methods.ts';
import { detectedRow, type RunDetector } from './own-detectors.ts';
import { type DetectedColumn, type PlannedColumn, planColumns } from './plan-columns.ts';

interface Options {
  readonly signal?: AbortSignal | undefined;
  /** Columns done so far. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly runDetector: RunDetector;
}

/** Compares two data sets column by column. */
export async function detectDrift(data: DriftData, request: DriftRequest, options: Options): Promise<DriftReport> {
  const { columns, leftOut } = planColumns(data, request);
  const planned = columns.filter((one) => 'column' in one);
  const evidence = await gather(data, planned);
  const tasks = planned.flatMap((plan) => tasksOf(plan, evidence.get(plan.column.name), request));
  const measured = await measureAll(data, tasks, evidence, options);
  const detected = new Map<DetectedColumn, DriftColumn>();
  for (const one of columns) {
    if ('detector' in one) detected.set(one, await detectedRow(one, options.runDetector, options.signal));
  }
  const outcomes = columns.flatMap((one): Outcome[] => {
    if ('detector' in one) {
      const row = detected.get(one);
      return row ? [{ row }] : [];
    }
    if (!('column' in one)) return [one];
    const found = evidence.get(one.column.name);
    if (!found) return [];
    const own = tasks.filter(({ plan }) => plan === one);
    return [
      { plan: one, evidence: found, results: own.map((task) => ({ ...task, measured: measured.get(task) ?? null })) },
    ];
  });
  return judge(outcomes, { rows: data.rows, leftOut, request });
}

/** One column by one method. */
interface Task {
  readonly plan: PlannedColumn;
  readonly method: DriftMethod;
  readonly threshold: number;
}

type Evidence = ReadonlyMap<string, ColumnEvidence>;

async function gather(data: DriftData, planned: readonly PlannedColumn[]): Promise<Evidence> {
  const summaries = await data.summaries(planned.map(({ column }) => column));
  const ordered = planned.filter(({ column }) => isOrdered(column.type)).map(({ column }) => column);
  const many = await data.withManyValues(ordered, MOST_SEPARATE_VALUES);
  const evidence = new Map<string, ColumnEvidence>();
  for (const { column, integers, single } of planned) {
    const summary = summaries.get(column.name);
    if (!summary) continue;
    const present = summary.reference.present > 0 && summary.current.present > 0;
    const counts = present && !many.has(column.name) ? await data.valueCounts(column) : null;
    const few = counts !== null && counts.distinctInReference <= MOST_SEPARATE_VALUES;
    const separate = few || !isOrdered(column.type);
    evidence.set(column.name, {
      column,
      summary,
      counts,
      separate,
      integers: integers && isComplete(summary, data.rows),
      single,
      vocabulary: present && column.type === 'text' ? await data.vocabulary(column) : null,
    });
  }
  return evidence;
}

/** Whole numbers with gaps are floating-point numbers in pandas, whose bins differ. */
function isComplete(summary: ColumnEvidence['summary'], rows: Both<number>): boolean {
  return summary.reference.present === rows.reference && summary.current.present === rows.current;
}

function tasksOf(plan: PlannedColumn, evidence: ColumnEvidence | undefined, request: DriftRequest): Task[] {
  if (!evidence) return [];
  const { reference, current } = evidence.summary;
  if (reference.present === 0 || current.present === 0) return [];
  const distinct = evidence.counts?.distinct ?? Number.POSITIVE_INFINITY;
  const methods =
    plan.methods.length > 0 ? plan.methods : [chooseMethod(plan.column.type, reference.present, distinct)];
  return methods.map((method) => ({
    plan,
    method,
    threshold: plan.settings.threshold ?? request.threshold ?? methodOf(method).threshold,
  }));
}

async function measureAll(
  data: DriftData,
  tasks: readonly Task[],
  evidence: Evidence,
  { signal, onProgress }: Options,
): Promise<ReadonlyMap<Task, Measured>> {
  const measured = await measureByFrequencies(data, tasks, evidence);
  const names = [...new Set(tasks.map(({ plan }) => plan.column.name))];
  const scanned = new Set(tasks.filter(({ method }) => !usesFrequencies(method)).map(({ plan }) => plan.column));
  data.announce(
    [...scanned].flatMap((column) => [
      { column, side: 'reference' },
      { column, side: 'current' },
    ]),
  );
  for (const [index, name] of names.entries()) {
    signal?.throwIfAborted();
    onProgress?.(index, names.length);
    const found = evidence.get(name);
    const own = tasks.filter((task) => task.plan.column.name === name && !usesFrequencies(task.method));
    if (!found || own.length === 0) continue;
    const wanted = own.flatMap(({ method, threshold }) => (usesFrequencies(method) ? [] : [{ method, threshold }]));
    const results: ReadonlyMap<DriftMethod, Measured> = await measureNumbers(data, found, wanted);
    for (const task of own) {
      const result = results.get(task.method);
      if (result) measured.set(task, result);
    }
  }
  return measured;
}

async function measureByFrequencies(
  data: DriftData,
  tasks: readonly Task[],
  evidence: Evidence,
): Promise<Map<Task, Measured>> {
  const measured = new Map<Task, Measured>();
  const binned: { task: Task; edges: readonly number[]; found: ColumnEvidence }[] = [];
  for (const task of tasks) {
    const found = evidence.get(task.plan.column.name);
    if (!found || !usesFrequencies(task.method)) continue;
    const edges = await edgesFor(task.method, found, data);
    if (edges !== null && 'problem' in edges) measured.set(task, edges);
    else if (edges) binned.push({ task, edges, found });
    else if (found.counts) measured.set(task, measureFrequencies(task.method, ofValues(found), found.counts.first));
  }
  const histograms = await data.histograms(binned.map(({ task, edges }) => ({ column: task.plan.column, edges })));
  for (const [index, { task, found, edges }] of binned.entries()) {
    const counts = histograms[index];
    if (!counts || !usesFrequencies(task.method)) continue;
    const entries = counts.reference.map((count, bin) => ({
      reference: count,
      current: counts.current[bin] ?? 0,
      times: 1,
    }));
    measured.set(task, measureFrequencies(task.method, { entries, edges, ...presentIn(found) }, null));
  }
  return measured;
}

function ofValues(evidence: ColumnEvidence): Frequencies {
  return { entries: evidence.counts?.entries ?? [], ...presentIn(evidence) };
}

function presentIn({ summary }: ColumnEvidence): Both<number> {
  return { reference: summary.reference.present, current: summary.current.present };
}

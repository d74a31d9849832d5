import type { DriftMethod } from '#schemas/config/drift-methods.ts';
import type { DriftProfile, NamedProfile, OrderedProfile, ProfileColumn } from '#schemas/domain/drift-profile.ts';
import type { DriftReport } from '#schemas/domain/drift-report.ts';
import type { Both, StoredColumn, Summary, TypedColumn, ValueCounts } from '../drift-data.ts';
import type { DriftRequest } from '../drift-request.ts';
import { type Filled, FineHistogram, nextAbove } from '../fine-histogram.ts';
import type { Frequencies } from '../frequencies.ts';
import { judge, type Outcome } from '../judge.ts';
import {
  boundedMeasure,
  type ColumnEvidence,
  isCertain,
  type Measured,
  measureFrequencies,
  usesFrequencies,
} from '../measure.ts';
import { chooseMethod, isOrdered, MOST_SEPARATE_VALUES, methodOf } from '../methods.ts';
import { type PlannedColumn, planColumns, type RefusedColumn } from '../plan-columns.ts';
import type { ColumnSource } from './column-source.ts';
import { edgesAround } from './grid.ts';
import { isOrderedProfile, MOST_VALUES } from './merge-profiles.ts';

interface Options {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Categories of the current data that are told apart; what is rarer counts as one. */
const MOST_CURRENT = 10_000;

/**
 * Compares data with a profile of a reference. Categories, and numbers with few different values, are compared exactly. Other
 * numbers are compared by the profile's cells: KS and Wasserstein with a bound on their error, measures of bins by bins made of
 * whole cells, as many as Sturges' rule gives. What the bound leaves open, and methods that need the values themselves, could
 * not be checked.
 */
export async function compareWithProfile(
  profile: DriftProfile,
  current: ColumnSource,
  request: DriftRequest,
  { signal, onProgress }: Options,
): Promise<DriftReport> {
  const profiled = new Map(profile.columns.map((column) => [column.name, column]));
  const columns = { reference: profile.columns.map(asStored), current: current.columns };
  const plan = planColumns({ columns }, request);
  const planned = plan.columns.filter((one) => 'column' in one);
  const summaries = await current.summaries(planned.map(({ column }) => column));
  const outcomes: Outcome[] = [];
  for (const [index, one] of plan.columns.entries()) {
    signal?.throwIfAborted();
    onProgress?.(index, plan.columns.length);
    if ('detector' in one) {
      outcomes.push(refused(one, 'A detector needs the values of the reference, which its profile does not have.'));
    } else if (!('column' in one)) outcomes.push(one);
    else {
      const [before, now] = [profiled.get(one.column.name), summaries.get(one.column.name)];
      if (before && now) outcomes.push(await compareColumn({ plan: one, before, now }, current, request));
    }
  }
  return judge(outcomes, { rows: { reference: profile.rows, current: current.rows }, leftOut: plan.leftOut, request });
}

interface Given {
  readonly plan: PlannedColumn;
  readonly before: ProfileColumn;
  readonly now: Summary;
}

function refused({ name, type }: Pick<RefusedColumn, 'name' | 'type'>, reason: string): RefusedColumn {
  return { name, type, verdict: 'could-not-check', reason };
}

function asStored(column: ProfileColumn): StoredColumn {
  const { name, type, storedAs, present } = column;
  const exact = isOrderedProfile(column) ? column : { integers: false, vocabulary: null, single: false };
  return { name, type, storedAs, integers: exact.integers, single: exact.single, empty: present === 0 };
}

async function compareColumn(
  { plan, before, now }: Given,
  current: ColumnSource,
  request: DriftRequest,
): Promise<Outcome> {
  const { column, integers, single } = plan;
  if (before.type !== column.type && before.present > 0 && !(isNamed(before) && isNamed(column))) {
    const reason = `The profile has it as ${before.type ?? 'something else'}, not as ${column.type}: write it anew with --monitor.`;
    return refused({ name: column.name, type: column.type }, reason);
  }
  const ordered = isOrderedProfile(before) ? before : null;
  const minimum = ordered?.minimum ?? 0;
  const summary = { reference: { present: before.present, minimum, maximum: ordered?.maximum ?? 0 }, current: now };
  const present = before.present > 0 && now.present > 0;
  const counts = present ? await countsOf(column, before, current) : null;
  const separate = !isOrdered(column.type) || (counts !== null && counts.distinctInReference <= MOST_SEPARATE_VALUES);
  const evidence: ColumnEvidence = { column, summary, counts, separate, integers, single, vocabulary: null };
  if (!present) return { plan, evidence, results: [] };
  const distinct = counts?.distinct ?? Number.POSITIVE_INFINITY;
  const methods = plan.methods.length > 0 ? plan.methods : [chooseMethod(column.type, before.present, distinct)];
  const cells = ordered && (await cellsOf(column, ordered, now, current));
  return {
    plan,
    evidence,
    results: methods.map((method) => {
      const threshold = plan.settings.threshold ?? request.threshold ?? methodOf(method).threshold;
      return { method, threshold, measured: measure({ method, threshold, evidence, cells }) };
    }),
  };
}

function isNamed({ type }: { readonly type: string | null }): boolean {
  return type === 'categorical' || type === 'boolean';
}

interface Task {
  readonly method: DriftMethod;
  readonly threshold: number;
  readonly evidence: ColumnEvidence;
  readonly cells: Cells | null;
}

function measure({ method, threshold, evidence, cells }: Task): Measured {
  const { counts, separate, summary } = evidence;
  if (usesFrequencies(method)) {
    if (counts && (separate || !cells)) {
      const both = { reference: summary.reference.present, current: summary.current.present };
      return measureFrequencies(method, { entries: counts.entries, ...both }, counts.first);
    }
    if (cells === null) return { problem: 'The profile has too little of this column.' };
    return measureFrequencies(method, binned(cells), null);
  }
  const bounded = cells && boundedMeasure(method, cells, summary);
  if (!bounded) {
    return { problem: `${method} needs the values of the reference; with a profile take ks, wasserstein or psi.` };
  }
  if (isCertain(method, bounded, threshold, summary)) return bounded.measured;
  const bound = Number(bounded.errorBound.toPrecision(2));
  return {
    problem: `The profile tells it only up to ± ${bound}, which leaves the verdict open: compare with the data.`,
  };
}

interface Cells {
  readonly edges: Float64Array;
  readonly histograms: Both<Filled>;
}

async function cellsOf(
  column: TypedColumn,
  { histogram, present, squares, values }: OrderedProfile,
  { minimum, maximum }: Summary,
  current: ColumnSource,
): Promise<Cells | null> {
  if (histogram === null) return null;
  const deviation = Math.sqrt(squares / present);
  const numbers = values && (await current.numbers(column, MOST_VALUES));
  if (values && numbers) return cellsOfValues(values, numbers, deviation);
  const edges = edgesAround(histogram, minimum, maximum);
  if (!edges.every(Number.isFinite)) return null;
  const now = new FineHistogram(edges);
  await current.scan(column, (values) => now.add(values));
  const width = 2 ** histogram.exponent;
  const offset = edges.indexOf(histogram.first * width);
  const counts = new Float64Array(edges.length - 1);
  const excess = new Float64Array(edges.length - 1);
  counts.set(histogram.counts, offset);
  excess.set(
    histogram.excess.map((each) => each * width),
    offset,
  );
  const reference = { counts, excess, total: present, deviation };
  return { edges, histograms: { reference, current: now } };
}

type Counted = readonly (readonly [value: number, times: number])[];

/** A cell for each value, in which nothing is uncertain. */
function cellsOfValues(before: Counted, now: Counted, deviation: number): Cells {
  const values = [...before, ...now].map(([value]) => value);
  const edges = Float64Array.from(new Set(values.flatMap((value) => [value, nextAbove(value)]))).sort();
  const filled = (counted: Counted): Filled => {
    const counts = new Float64Array(edges.length - 1);
    for (const [value, times] of counted) counts[edges.indexOf(value)] = times;
    const total = counted.reduce((all, [, times]) => all + times, 0);
    return { counts, excess: new Float64Array(edges.length - 1), total, deviation };
  };
  return { edges, histograms: { reference: filled(before), current: filled(now) } };
}

/** Bins of whole cells, about as many as Sturges' rule gives for both samples together. */
function binned({ edges, histograms: { reference, current } }: Cells): Frequencies {
  const [first, last] = [edges[0] ?? 0, edges.at(-1) ?? 0];
  const wanted = Math.ceil(Math.log2(reference.total + current.total) + 1);
  const entries: { reference: number; current: number; times: number }[] = [];
  const bounds = [first];
  let [before, now] = [0, 0];
  for (let cell = 0; cell < edges.length - 1; cell += 1) {
    before += reference.counts[cell] ?? 0;
    now += current.counts[cell] ?? 0;
    const end = edges[cell + 1] ?? last;
    if (end < first + ((last - first) * (entries.length + 1)) / wanted && cell < edges.length - 2) continue;
    entries.push({ reference: before, current: now, times: 1 });
    bounds.push(end);
    [before, now] = [0, 0];
  }
  return { entries, edges: bounds, reference: reference.total, current: current.total };
}

/** Values with their counts on both sides; null for numbers with too many different ones. */
async function countsOf(
  column: TypedColumn,
  before: ProfileColumn,
  current: ColumnSource,
): Promise<ValueCounts | null> {
  if (before.type === null) return null;
  if (isOrderedProfile(before)) {
    if (before.values === null) return null;
    const now = await current.numbers(column, MOST_VALUES);
    return now && joined(texts(before.values), texts(now), 0);
  }
  return namedCounts(before, await current.counts(column, MOST_CURRENT), await presentOf(column, current));
}

async function presentOf(column: TypedColumn, current: ColumnSource): Promise<number> {
  return (await current.summaries([column])).get(column.name)?.present ?? 0;
}

/** What the profile does not name is one category on both sides. */
function namedCounts(
  { values, rest }: NamedProfile,
  now: readonly (readonly [string, number])[],
  present: number,
): ValueCounts {
  const told = now.reduce((all, [, times]) => all + times, 0);
  if (rest === 0) return joined(values, now, present - told);
  const known = new Set(values.map(([value]) => value));
  const kept = now.filter(([value]) => known.has(value));
  const others = present - kept.reduce((all, [, times]) => all + times, 0);
  const lumped = joined(values, kept, 0);
  return {
    ...lumped,
    entries: [...lumped.entries, { reference: rest, current: others, times: 1 }],
    distinct: lumped.distinct + 1,
  };
}

function texts(values: readonly (readonly [number, number])[]): (readonly [string, number])[] {
  return values.map(([value, times]) => [String(value), times]);
}

function joined(
  before: readonly (readonly [string, number])[],
  now: readonly (readonly [string, number])[],
  unnamed: number,
): ValueCounts {
  const counts = new Map(before.map(([value, reference]) => [value, { reference, current: 0 }]));
  for (const [value, current] of now) counts.set(value, { reference: counts.get(value)?.reference ?? 0, current });
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const fresh = sorted.filter(([, { reference }]) => reference === 0).sort(([, a], [, b]) => b.current - a.current);
  const entries = sorted.map(([, count]) => ({ ...count, times: 1 }));
  if (unnamed > 0) entries.push({ reference: 0, current: unnamed, times: 1 });
  return {
    entries,
    first: sorted[0]?.[1] ?? { reference: 0, current: 0 },
    distinct: counts.size,
    distinctInReference: before.length,
    fresh: {
      names: fresh.slice(0, 3).map(([value]) => value),
      values: fresh.length,
      rows: fresh.reduce((all, [, { current }]) => all + current, 0) + unnamed,
    },
  };
}

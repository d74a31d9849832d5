import { setImmediate } from 'node:timers/promises';
import type { DomainClassifier, DriftReport, DriftSegment } from '#schemas/domain/drift-report.ts';
import {
  classifyDomains,
  FEWEST_CLASSIFIED,
  MOST_CLASSIFIED,
  unclassified,
  withClassifier,
} from './classify-domains.ts';
import type { CodedRows, RowSampler } from './coded-rows.ts';
import type { Both, DriftData, TypedColumn } from './drift-data.ts';
import type { DriftRequest } from './drift-request.ts';
import { type Segment, SegmentSearch } from './find-segment.ts';
import { comparedColumns, planColumns } from './plan-columns.ts';
import { toPredicate, toReport } from './segment-conditions.ts';

/**
 * The budget of an explanation: what is looked at doesn't grow with the data. Rows of a side, columns of conditions, drifted
 * columns. All of it takes some eight seconds of one core; twenty columns of which seven drifted take three.
 */
export const budget = { rows: 200_000, axes: 60, drifted: 20 } as const;
const FEWEST_ROWS = 500;

interface Given {
  readonly data: DriftData & RowSampler;
  readonly request: DriftRequest;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Adds to a report what whole rows tell, where it was asked for: the segments from which a drift comes, and whether a classifier
 * tells the two sides apart. Both look at the same sample.
 */
export async function explainDrift(report: DriftReport, { data, request, signal }: Given): Promise<DriftReport> {
  const drifted = [...new Set(report.columns.filter((one) => one.drifted).map(({ column }) => column))];
  const explains = request.explain === true && drifted.length > 0;
  const classifies = request.domainClassifier ?? null;
  if (!explains && !classifies) return report;
  const { columns, axes, compared } = columnsFor(data, request, explains ? drifted.slice(0, budget.drifted) : []);
  const rows = await data.sampleRows(columns, explains ? budget.rows : MOST_CLASSIFIED).catch((error: unknown) => {
    signal?.throwIfAborted();
    return error instanceof Error ? error : new Error(String(error));
  });
  // The verdicts stand, whatever happened to what was to go with them.
  if (rows instanceof Error) return withProblem(report, rows, { drifted: explains ? drifted : [], classifies });
  const sampled = isPart(rows.rows, data.rows) ? { ...report, sampledRows: rows.rows } : report;
  const explained = explains ? { ...sampled, segments: await segmentsOf(rows, { drifted, axes, signal }) } : sampled;
  if (!classifies) return explained;
  signal?.throwIfAborted();
  return withClassifier(explained, classifierOf(rows, compared, classifies.threshold));
}

function withProblem(
  report: DriftReport,
  { message }: Error,
  asked: { drifted: readonly string[]; classifies: { readonly threshold: number | null } | null },
): DriftReport {
  const reason = `The rows could not be sampled: ${message.split('\n')[0] ?? ''}`;
  const segments = asked.drifted.map((column) => noSegment(column, reason));
  const explained = segments.length > 0 ? { ...report, segments } : report;
  if (!asked.classifies) return explained;
  return withClassifier(explained, unclassified('could-not-check', reason, asked.classifies.threshold));
}

function classifierOf(rows: CodedRows, compared: ReadonlySet<string>, threshold: number | null): DomainClassifier {
  const columns = rows.columns.filter(({ column }) => compared.has(column.name));
  if (columns.length === 0) return unclassified('could-not-check', 'No column can be compared.', threshold);
  const fewest = Math.min(rows.rows.reference, rows.rows.current);
  if (fewest >= FEWEST_CLASSIFIED) return classifyDomains({ ...rows, columns }, threshold);
  const reason = `A classifier takes ${FEWEST_CLASSIFIED} rows on each side; there are ${fewest}.`;
  return unclassified('no-data', reason, threshold);
}

async function segmentsOf(
  rows: CodedRows,
  { drifted, axes, signal }: { drifted: readonly string[]; axes: readonly string[]; signal: AbortSignal | undefined },
): Promise<DriftSegment[]> {
  const fewest = Math.min(rows.rows.reference, rows.rows.current);
  if (fewest < FEWEST_ROWS) {
    const reason = `Looking for a segment takes ${FEWEST_ROWS} rows on each side; there are ${fewest}.`;
    return [...(drifted.length > 1 ? [null] : []), ...drifted].map((column) => noSegment(column, reason));
  }
  const search = new SegmentSearch(rows);
  const explained = drifted.slice(0, budget.drifted);
  const segments = explained.length > 1 ? [describe(null, search.find(explained, axes), rows)] : [];
  for (const column of explained) {
    // Whoever cancels it is heard in between.
    await setImmediate();
    signal?.throwIfAborted();
    // “It is large because it is large” explains nothing, unless nothing else does.
    const others = axes.filter((name) => name !== column);
    const found = search.find([column], others) ?? search.find([column], axes.includes(column) ? [column] : []);
    segments.push(describe(column, found, rows));
  }
  for (const column of drifted.slice(budget.drifted)) {
    segments.push(noSegment(column, `No more than ${budget.drifted} columns are explained.`));
  }
  return segments;
}

function isPart(some: Both<number>, all: Both<number>): boolean {
  return some.reference < all.reference || some.current < all.current;
}

/** What is read, and what of it conditions may be about: not times, which move on by themselves, nor texts. */
function columnsFor(data: DriftData, request: DriftRequest, drifted: readonly string[]) {
  const asked = comparedColumns(planColumns(data, request));
  const known = new Map<string, TypedColumn>();
  for (const column of [...asked, ...comparedColumns(planColumns(data, { ...request, columns: null }))]) {
    if (!known.has(column.name)) known.set(column.name, column);
  }
  const axes = [...known.values()].filter(({ type }) => type !== 'time' && type !== 'text').slice(0, budget.axes);
  const compared = asked.filter(({ type }) => type !== 'time').slice(0, budget.axes);
  const targets = drifted.flatMap((name) => known.get(name) ?? []);
  const used = drifted.length > 0 ? axes : [];
  const classified = request.domainClassifier ? compared : [];
  return {
    columns: [...new Set([...targets, ...used, ...classified])],
    axes: axes.map(({ name }) => name),
    compared: new Set(compared.map(({ name }) => name)),
  };
}

function describe(column: string | null, segment: Segment | null, { columns }: CodedRows): DriftSegment {
  if (!segment) return noSegment(column, 'No segment of one or two columns explains half of the drift.');
  const booleans = new Set(columns.filter(({ column: { type } }) => type === 'boolean').map((one) => one.column.name));
  const place = (name: string) => columns.findIndex((one) => one.column.name === name);
  const conditions = segment.conditions.map(toReport).sort((one, other) => place(one.column) - place(other.column));
  return {
    column,
    predicate: toPredicate(conditions, (name) => booleans.has(name)),
    conditions,
    explained: Math.min(1, segment.explained),
    rows: segment.rows,
    reason: null,
  };
}

function noSegment(column: string | null, reason: string): DriftSegment {
  return { column, predicate: null, conditions: [], explained: null, rows: null, reason };
}

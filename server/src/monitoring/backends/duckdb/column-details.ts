import type { DriftCategories, DriftDetails, DriftFigure, DriftHistogram } from '#schemas/domain/drift-details.ts';
import { toJsonNumber } from '#schemas/domain/number.ts';
import type { DescriptionRequest } from '../../drift/describe-columns.ts';
import type { Both, Side } from '../../drift/drift-data.ts';
import { viewEdges } from '../../drift/view-bins.ts';
import { readCourse } from './column-course.ts';
import { type ColumnReader, numberIn } from './column-reader.ts';
import type { DuckDbData } from './duckdb-data.ts';
import { double, name } from './sql.ts';

const sides = ['reference', 'current'] as const;
const MOST_CATEGORIES = 20;
const LONGEST_NAME = 200;

const quantiles = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;

/** What both samples of a column look like. */
export async function describeColumn(reader: ColumnReader, request: DescriptionRequest): Promise<DriftDetails> {
  const { column, data } = reader;
  const figures = reader.isOrdered ? await readFigures(reader) : null;
  const present = figures
    ? { reference: figures.reference.present, current: figures.current.present }
    : await countPresent(reader);
  return {
    column: column.name,
    type: column.type,
    rows: { ...data.rows },
    present,
    histogram: figures && (await readHistogram(reader, figures, request)),
    categories: reader.isOrdered ? null : await readCategories(reader, present),
    figures: figures ? toFigures(figures, reader.unit) : [],
    estimated: figures !== null && sides.some((side) => reader.isLarge(side)),
    overTime: request.timeColumn === null ? null : await readCourse(reader, request.timeColumn),
    timeColumns: timeColumnsOf(data).filter((one) => one !== column.name),
  };
}

function timeColumnsOf({ columns }: DuckDbData): string[] {
  const times = sides.flatMap((side) =>
    columns[side].filter(({ type, storedAs }) => type === 'time' && storedAs !== 'TIME').map((one) => one.name),
  );
  return [...new Set(times)];
}

async function countPresent(reader: ColumnReader): Promise<Both<number>> {
  const [reference, current] = [await countOf(reader, 'reference'), await countOf(reader, 'current')];
  return { reference, current };
}

async function countOf(reader: ColumnReader, side: Side): Promise<number> {
  const [row] = await reader.rows(`SELECT count(${reader.value(side)}) AS n FROM ${name(side)}`);
  return numberIn(row?.n);
}

interface Figures {
  readonly present: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  readonly deviation: number;
  readonly integers: boolean;
  /** In the order of {@link quantiles}; between the first and the last are nearly all values. */
  readonly quantiles: readonly number[];
}

async function readFigures(reader: ColumnReader): Promise<Both<Figures>> {
  const [reference, current] = [await figuresOf(reader, 'reference'), await figuresOf(reader, 'current')];
  return { reference, current };
}

async function figuresOf(reader: ColumnReader, side: Side): Promise<Figures> {
  const quantile = reader.isLarge(side) ? 'approx_quantile' : 'quantile_cont';
  // Of far values the variance is infinite, which DuckDB takes for an error.
  const [row = {}] = await reader.rows(`
    WITH s AS (SELECT ${reader.value(side)} AS v FROM ${name(side)} WHERE ${reader.usable(side)})
    SELECT count(*) AS n, min(v) AS low, max(v) AS high, avg(v) AS mean, bool_and(v = trunc(v)) AS integers,
      CASE WHEN max(abs(v)) < 1e150 THEN stddev_samp(CASE WHEN abs(v) < 1e150 THEN v END) END AS deviation,
      ${quantile}(v, [${quantiles.join(', ')}]) AS quantiles FROM s`);
  const shares = Array.isArray(row.quantiles) ? row.quantiles.map(numberIn) : [];
  return {
    present: numberIn(row.n),
    minimum: numberIn(row.low),
    maximum: numberIn(row.high),
    mean: numberIn(row.mean),
    deviation: numberIn(row.deviation),
    integers: row.integers === true,
    quantiles: shares,
  };
}

function toFigures({ reference, current }: Both<Figures>, unit: number): DriftFigure[] {
  const figure = (label: string, of: (figures: Figures) => number, factor = unit): DriftFigure => {
    const shown = (figures: Figures) => toJsonNumber(figures.present === 0 ? Number.NaN : of(figures) * factor);
    return { name: label, reference: shown(reference), current: shown(current) };
  };
  const perCent = (share: number) => (share === 0.5 ? 'Median' : `${share * 100} %`);
  const middle = quantiles.map((share, index) => figure(perCent(share), (one) => one.quantiles[index] ?? Number.NaN));
  const means = [figure('Mean', ({ mean }) => mean)];
  // A duration is no moment: it would be shown as one.
  if (unit === 1) means.push(figure('Standard deviation', ({ deviation }) => deviation));
  return [
    figure('Minimum', ({ minimum }) => minimum),
    ...middle,
    figure('Maximum', ({ maximum }) => maximum),
    ...means,
  ];
}

async function readHistogram(
  reader: ColumnReader,
  figures: Both<Figures>,
  { whole }: DescriptionRequest,
): Promise<DriftHistogram | null> {
  const there = sides.map((side) => figures[side]).filter(({ present }) => present > 0);
  if (there.length === 0) return null;
  const spread = {
    minimum: Math.min(...there.map(({ minimum }) => minimum)),
    maximum: Math.max(...there.map(({ maximum }) => maximum)),
    low: Math.min(...there.map((one) => one.quantiles[0] ?? one.minimum)),
    high: Math.max(...there.map((one) => one.quantiles.at(-1) ?? one.maximum)),
    integers: there.every(({ integers }) => integers),
  };
  const edges = viewEdges(spread, { whole });
  if (!edges) return null;
  const [reference, current] = [await countBins(reader, 'reference', edges), await countBins(reader, 'current', edges)];
  const sum = (counts: readonly number[]) => counts.reduce((all, each) => all + each, 0);
  return {
    edges: edges.map((edge) => edge * reader.unit),
    reference,
    current,
    outside: {
      reference: figures.reference.present - sum(reference),
      current: figures.current.present - sum(current),
    },
  };
}

async function countBins(reader: ColumnReader, side: Side, edges: readonly number[]): Promise<number[]> {
  const [from = 0, to = 0] = [edges[0], edges.at(-1)];
  const bins = edges.length - 1;
  const rows = await reader.rows(`
    SELECT least(${bins - 1}, floor((v - ${double(from)}) / ${double(to - from)} * ${bins}))::INTEGER AS bin, count(*) AS n
    FROM (SELECT ${reader.value(side)} AS v FROM ${name(side)} WHERE ${reader.usable(side)})
    WHERE v BETWEEN ${double(from)} AND ${double(to)} GROUP BY 1`);
  const counts = Array.from({ length: bins }, () => 0);
  for (const row of rows) counts[numberIn(row.bin)] = numberIn(row.n);
  return counts;
}

async function readCategories(reader: ColumnReader, present: Both<number>): Promise<DriftCategories> {
  const counted = (side: Side) =>
    `SELECT ${reader.value(side)} AS value, count(*) AS n FROM ${name(side)} WHERE ${reader.usable(side)} GROUP BY 1`;
  const share = (count: string, all: number) => `${count} / ${Math.max(1, all)}`;
  const rows = await reader.rows(`
    WITH r AS (${counted('reference')}), c AS (${counted('current')}), both_sides AS (
      SELECT coalesce(r.value, c.value) AS value, coalesce(r.n, 0) AS before, coalesce(c.n, 0) AS now
      FROM r FULL JOIN c ON r.value = c.value
    )
    SELECT left(value, ${LONGEST_NAME}) AS name, before, now, count(*) OVER () AS distinct_values FROM both_sides
    ORDER BY greatest(${share('before', present.reference)}, ${share('now', present.current)}) DESC, value
    LIMIT ${MOST_CATEGORIES}`);
  const entries = rows.map((row) => ({
    name: String(row.name),
    reference: numberIn(row.before),
    current: numberIn(row.now),
  }));
  const others = numberIn(rows[0]?.distinct_values) - entries.length;
  if (others <= 0) return { entries, rest: null };
  const left = (side: Side) => present[side] - entries.reduce((all, entry) => all + entry[side], 0);
  return { entries, rest: { values: others, reference: left('reference'), current: left('current') } };
}

import type { DuckDBConnection } from '@duckdb/node-api';
import type { CodedColumn, CodedRows } from '../../drift/coded-rows.ts';
import type { Both, Side, TypedColumn } from '../../drift/drift-data.ts';
import { isOrdered } from '../../drift/methods.ts';
import { doubleColumnsOf, readRows, streamChunks } from './read.ts';
import { name, text } from './sql.ts';

/** Ends of ranges come from so many quantiles of each side. */
const QUANTILES = 100;
const QUANTILE_ROWS = 10_000;
const MOST_VALUES = 24;
const sides: readonly Side[] = ['reference', 'current'];

export interface SampledTable {
  /** What the rows are read from, an expression that numbers them, and how many they are. */
  readonly from: string;
  readonly row: string;
  readonly rows: number;
  /** What a column's values are compared as, in SQL. */
  readonly value: (column: TypedColumn) => string;
}

/** Keeps every k-th row of each side in a table of this connection, by a hash of the row's number, and codes its columns. */
export async function sampleRows(
  connection: DuckDBConnection,
  tables: Both<SampledTable>,
  { columns, most }: { columns: readonly TypedColumn[]; most: number },
): Promise<CodedRows> {
  for (const side of sides) await keep(connection, side, tables[side], columns, most);
  try {
    const scales: Scale[] = [];
    const cuts = await cutsOf(connection, columns);
    for (const [index, column] of columns.entries()) {
      const values = isOrdered(column.type) ? [] : await frequentValues(connection, index);
      scales.push({ column, cuts: cuts.get(index) ?? [], values });
    }
    const reference = await code(connection, 'reference', scales);
    const current = await code(connection, 'current', scales);
    return {
      rows: { reference: reference.half.length, current: current.half.length },
      columns: scales.map((scale, index): CodedColumn => {
        const codes = { reference: reference.codes[index] ?? none, current: current.codes[index] ?? none };
        return { ...scale, size: sizeOf(scale), codes };
      }),
      half: { reference: reference.half, current: current.half },
    };
  } finally {
    for (const side of sides) await connection.run(`DROP TABLE IF EXISTS ${tableOf(side)}`);
  }
}

const none = new Uint8Array();

interface Scale {
  readonly column: TypedColumn;
  readonly cuts: readonly number[];
  readonly values: readonly string[];
}

/** Missing ones, then a range below the first cut and one from each on; or the values and all others. */
function sizeOf({ column, cuts, values }: Scale): number {
  return 2 + (isOrdered(column.type) ? cuts.length : values.length);
}

function tableOf(side: Side): string {
  return name(`${side} sample`);
}

async function keep(
  connection: DuckDBConnection,
  side: Side,
  { from, row, rows, value }: SampledTable,
  columns: readonly TypedColumn[],
  most: number,
): Promise<void> {
  const figures = columns.map((column, index) => {
    const sql = value(column);
    return isOrdered(column.type) ? `CASE WHEN isfinite(${sql}) THEN ${sql} END AS v${index}` : `${sql} AS v${index}`;
  });
  const every = Math.max(1, Math.ceil(rows / most));
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${tableOf(side)} AS ` +
      `SELECT ${[...figures, `${row} AS row`].join(', ')} FROM ${from} WHERE ${row} % ${every} = 0`,
  );
}

/** Where ranges begin: quantiles of both sides, so that each is divided as finely. */
async function cutsOf(
  connection: DuckDBConnection,
  columns: readonly TypedColumn[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const ordered = columns.flatMap((column, index) => (isOrdered(column.type) ? [index] : []));
  const found = new Map<number, Set<number>>(ordered.map((index) => [index, new Set()]));
  if (ordered.length === 0) return new Map();
  const points = Array.from({ length: QUANTILES }, (_, index) => (index / QUANTILES).toFixed(6)).join(', ');
  for (const side of sides) {
    const figures = ordered.map((index) => `quantile_disc(v${index}, [${points}]) AS q${index}`);
    // A hundredth of ten thousand rows is as good a place as one of all, and found twenty times as quickly.
    const [counted = {}] = await readRows(connection, `SELECT count(*)::DOUBLE AS rows FROM ${tableOf(side)}`);
    const every = Math.max(1, Math.floor(Number(counted.rows ?? 0) / QUANTILE_ROWS));
    const [row = {}] = await readRows(
      connection,
      `SELECT ${figures.join(', ')} FROM ${tableOf(side)} WHERE (row >> 40) % ${every} = 0`,
    );
    for (const index of ordered) {
      const quantiles = row[`q${index}`];
      if (Array.isArray(quantiles)) for (const value of quantiles) found.get(index)?.add(Number(value));
    }
  }
  return new Map([...found].map(([index, values]) => [index, roundedCuts([...values])]));
}

/** Cuts in as few digits as keep them apart; the least value is none: nothing lies below it. */
export function roundedCuts(values: readonly number[]): readonly number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const rounded = sorted.slice(1).map((value, index) => {
    const gap = Math.min(value - (sorted[index] ?? value), (sorted[index + 2] ?? Number.POSITIVE_INFINITY) - value);
    const step = 10 ** Math.floor(Math.log10(gap / 2));
    // Downwards: the rows that have the value itself stay above the cut.
    return step > 0 && Number.isFinite(step) ? roundedDown(value, step) : value;
  });
  return rounded.filter((cut, index) => index === 0 || cut > (rounded[index - 1] ?? cut));
}

function roundedDown(value: number, step: number): number {
  const digits = Math.max(0, -Math.round(Math.log10(step)));
  if (digits > 15) return value;
  const tidy = (given: number) => Number(given.toFixed(digits));
  const near = tidy(Math.round(value / step) * step);
  return near <= value ? near : tidy((Math.round(value / step) - 1) * step);
}

async function frequentValues(connection: DuckDBConnection, index: number): Promise<readonly string[]> {
  const shares = sides.map(
    (side) => `SELECT v${index} AS value, count(*) / sum(count(*)) OVER () AS share FROM ${tableOf(side)} GROUP BY 1`,
  );
  const rows = await readRows(
    connection,
    `SELECT value FROM (${shares.join(' UNION ALL ')}) WHERE value IS NOT NULL ` +
      `GROUP BY value ORDER BY sum(share) DESC, value LIMIT ${MOST_VALUES}`,
  );
  return rows.map(({ value }) => String(value));
}

async function code(
  connection: DuckDBConnection,
  side: Side,
  scales: readonly Scale[],
): Promise<{ readonly codes: readonly Uint8Array[]; readonly half: Uint8Array }> {
  const [counted = {}] = await readRows(connection, `SELECT count(*)::DOUBLE AS rows FROM ${tableOf(side)}`);
  const rows = Number(counted.rows ?? 0);
  const codes = scales.map(() => new Uint8Array(rows));
  const half = new Uint8Array(rows);
  const figures = scales.map((scale, index) => `${figureSql(scale, index)}::DOUBLE`);
  let offset = 0;
  // Threads keep rows in any order. By their hash it is always the same, and random: the first rows are a sample too.
  await streamChunks(
    connection,
    `SELECT ${[...figures, '((row >> 60) % 2)::DOUBLE'].join(', ')} FROM ${tableOf(side)} ORDER BY row`,
    (chunk) => {
      const columns = doubleColumnsOf(chunk);
      for (const [index, values] of columns.entries()) {
        const target = codes[index] ?? half;
        const scale = scales[index];
        if (scale && isOrdered(scale.column.type)) codeRanges(values, scale.cuts, target, offset);
        else target.set(values, offset);
      }
      offset += chunk.rowCount;
    },
  );
  return { codes, half };
}

function figureSql({ column, values }: Scale, index: number): string {
  if (isOrdered(column.type)) return `coalesce(v${index}, 'NaN')`;
  const list = `[${values.map(text).join(', ')}]`;
  const place = values.length === 0 ? '1' : `coalesce(list_position(${list}, v${index}), ${values.length + 1})`;
  return `CASE WHEN v${index} IS NULL THEN 0 ELSE ${place} END`;
}

function codeRanges(values: Float64Array, cuts: readonly number[], into: Uint8Array, offset: number): void {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    let [low, high] = [0, cuts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cuts[middle] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    into[offset + index] = low + 1;
  }
}

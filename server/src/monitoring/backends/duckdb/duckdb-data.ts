import type { DuckDBConnection, DuckDBMaterializedResult } from '@duckdb/node-api';
import type { CodedRows, RowSampler } from '../../drift/coded-rows.ts';
import type {
  Both,
  DriftData,
  Scan,
  Side,
  StoredColumn,
  Summary,
  TypedColumn,
  ValueCounts,
} from '../../drift/drift-data.ts';
import { type ColumnType, isOrdered } from '../../drift/methods.ts';
import type { Vocabulary } from '../../drift/vocabulary.ts';
import { doublesOf, type Row, readRows, streamChunks } from './read.ts';
import { sampleRows } from './row-sample.ts';
import type { Source } from './sources.ts';
import { double, name } from './sql.ts';
import { openTable, type Table } from './tables.ts';
import { readVocabulary } from './vocabulary.ts';

const SHOWN_NAMES = 3;
/** Columns of more rows are streamed: materialised they would take too much memory. */
const MOST_AT_ONCE = 4_000_000;
const PROBED_ROWS = 10_000;
/** Columns of one query: histograms of thousands of columns at once would take too much memory. */
const COLUMNS_AT_ONCE = 200;
/** As above, where the different values of each are counted: two hundred such counts take half a gigabyte. */
const DISTINCT_AT_ONCE = 25;

/** Two tables behind views in one DuckDB. */
export class DuckDbData implements DriftData, RowSampler {
  readonly rows: Both<number>;
  readonly columns: Both<readonly StoredColumn[]>;
  readonly #connection: DuckDBConnection;
  readonly #tables: Both<Table>;
  #announced: readonly Scan[] = [];
  #prepared: { readonly key: string; readonly result: Promise<DuckDBMaterializedResult> } | null = null;

  private constructor(connection: DuckDBConnection, tables: Both<Table>) {
    this.#connection = connection;
    this.#tables = tables;
    this.rows = { reference: tables.reference.rows, current: tables.current.rows };
    this.columns = { reference: tables.reference.columns, current: tables.current.columns };
  }

  /** `only`: columns that are going to be asked for; of the others, those of times are there all the same. */
  static async open(
    connection: DuckDBConnection,
    sources: Both<Source>,
    only?: ReadonlySet<string>,
  ): Promise<DuckDbData> {
    const reference = await openTable(connection, 'reference', sources.reference, only);
    const current = await openTable(connection, 'current', sources.current, only);
    return new DuckDbData(connection, { reference, current });
  }

  /** One data set as the current one, against a reference without rows. */
  static async openOne(connection: DuckDBConnection, source: Source): Promise<DuckDbData> {
    const current = await openTable(connection, 'current', source);
    await connection.run(`CREATE TEMP VIEW ${name('reference')} AS SELECT * FROM ${name('current')} LIMIT 0`);
    return new DuckDbData(connection, { reference: { ...current, rows: 0 }, current });
  }

  /** Waits until no query is under way: what closes a connection before that brings the process down. */
  async settle(): Promise<void> {
    await this.#prepared?.result.catch(() => undefined);
  }

  async summaries(columns: readonly TypedColumn[]): Promise<ReadonlyMap<string, Both<Summary>>> {
    const found = new Map<string, Both<Summary>>();
    for (const part of parts(columns)) {
      const [reference, current] = [await this.#summarize(part, 'reference'), await this.#summarize(part, 'current')];
      for (const [index, { name: key }] of part.entries()) {
        const [before, now] = [reference[index], current[index]];
        if (before && now) found.set(key, { reference: before, current: now });
      }
    }
    return found;
  }

  async #summarize(columns: readonly TypedColumn[], side: Side): Promise<Summary[]> {
    const figures = columns.flatMap((column, index) => {
      const value = this.valueSql(column, side);
      if (!isOrdered(column.type)) return [`count(${value}) AS present${index}`];
      const finite = `CASE WHEN isfinite(${value}) THEN ${value} END`;
      return [
        `count(${finite}) AS present${index}`,
        `min(${finite}) AS minimum${index}`,
        `max(${finite}) AS maximum${index}`,
      ];
    });
    const [row = {}] = await this.#read(`SELECT ${figures.join(', ')} FROM ${name(side)}`);
    return columns.map((_, index) => ({
      present: number(row[`present${index}`]),
      minimum: number(row[`minimum${index}`]),
      maximum: number(row[`maximum${index}`]),
    }));
  }

  async withManyValues(columns: readonly TypedColumn[], more: number): Promise<ReadonlySet<string>> {
    const many = new Set<string>();
    for (const part of parts(columns, DISTINCT_AT_ONCE)) {
      const values = part.map((column, index) => `${this.valueSql(column, 'reference')} AS v${index}`);
      const counts = part.map((_, index) => `count(DISTINCT v${index}) FILTER (isfinite(v${index})) AS n${index}`);
      const probe = `SELECT ${values.join(', ')} FROM reference LIMIT ${PROBED_ROWS}`;
      const [row = {}] = await this.#read(`SELECT ${counts.join(', ')} FROM (${probe})`);
      for (const [index, column] of part.entries()) if (number(row[`n${index}`]) > more) many.add(column.name);
    }
    return many;
  }

  async valueCounts(column: TypedColumn): Promise<ValueCounts> {
    const count = (side: Side) => {
      const value = this.valueSql(column, side);
      const usable = isOrdered(column.type) ? `isfinite(${value})` : `${value} IS NOT NULL`;
      return `SELECT ${value} AS value, count(*) AS n FROM ${name(side)} WHERE ${usable} GROUP BY 1`;
    };
    const rows = await this.#read(`
      WITH r AS (${count('reference')}), c AS (${count('current')}), both_sides AS (
        SELECT coalesce(r.value, c.value) AS value, coalesce(r.n, 0) AS before, coalesce(c.n, 0) AS now
        FROM r FULL JOIN c ON r.value = c.value
      )
      SELECT before, now, count(*) AS times, min(value) AS least, min(value::VARCHAR, ${SHOWN_NAMES}) AS names
      FROM both_sides GROUP BY before, now ORDER BY min(value), before, now`);
    return toValueCounts(rows);
  }

  async vocabulary(column: TypedColumn): Promise<Vocabulary> {
    return readVocabulary(this.#connection, name(column.name));
  }

  async histograms(
    requests: readonly { readonly column: TypedColumn; readonly edges: readonly number[] }[],
  ): Promise<readonly Both<readonly number[]>[]> {
    const found: Both<readonly number[]>[] = [];
    for (const part of parts(requests)) {
      const [reference, current] = [await this.#count(part, 'reference'), await this.#count(part, 'current')];
      for (const [index] of part.entries()) {
        found.push({ reference: reference[index] ?? [], current: current[index] ?? [] });
      }
    }
    return found;
  }

  async #count(
    requests: readonly { readonly column: TypedColumn; readonly edges: readonly number[] }[],
    side: Side,
  ): Promise<readonly (readonly number[])[]> {
    // DuckDB's bins hold their upper edge, ours the lower one: so the negated values are counted, from the last bin to the first.
    const figures = requests.map(({ edges }, index) => {
      const negated = edges.toReversed().map((edge) => double(-edge));
      return `map_values(histogram(-v${index}, [${negated.join(', ')}])) AS h${index}`;
    });
    const values = requests.map(({ column }, index) => {
      const value = this.valueSql(column, side);
      return `CASE WHEN isfinite(${value}) THEN ${value} END AS v${index}`;
    });
    const [row = {}] = await this.#read(
      `SELECT ${figures.join(', ')} FROM (SELECT ${values.join(', ')} FROM ${name(side)})`,
    );
    return requests.map(({ edges }, index) => fromNegated(row[`h${index}`], edges.length));
  }

  announce(scans: readonly Scan[]): void {
    this.#announced = [...scans];
  }

  async scan(column: TypedColumn, side: Side, visit: (values: Float64Array) => void): Promise<void> {
    if (this.rows[side] > MOST_AT_ONCE) {
      await this.#doubles(this.#scanSql({ column, side }), visit);
      return;
    }
    const result = await this.#take({ column, side });
    // DuckDB reads the next one in its own threads while this one is looked at.
    const next = this.#announced[0];
    if (next && this.rows[next.side] <= MOST_AT_ONCE) this.#prepare(next);
    for (let index = 0; index < result.chunkCount; index += 1) visit(doublesOf(result.getChunk(index)));
  }

  /** What was prepared, or else a query of its own. */
  async #take(scan: Scan): Promise<DuckDBMaterializedResult> {
    const key = keyOf(scan);
    this.#announced = this.#announced.filter((one) => keyOf(one) !== key);
    const prepared = this.#prepared;
    this.#prepared = null;
    const result = await prepared?.result;
    return result && prepared?.key === key ? result : this.#connection.run(this.#scanSql(scan));
  }

  #prepare(scan: Scan): void {
    const result = this.#connection.run(this.#scanSql(scan));
    // Whoever takes it hears of it.
    result.catch(() => undefined);
    this.#prepared = { key: keyOf(scan), result };
  }

  #scanSql({ column, side }: Scan): string {
    const value = this.valueSql(column, side);
    return `SELECT ${value} FROM ${name(side)} WHERE isfinite(${value})`;
  }

  async sample(column: TypedColumn, side: Side, size: number): Promise<Float64Array> {
    const { from, row, rows } = this.#tables[side];
    const value = this.valueSql(column, side);
    const every = Math.max(1, Math.floor(rows / size));
    const found = await this.#all(`SELECT ${value} FROM ${from} WHERE ${row} % ${every} = 0 AND isfinite(${value})`);
    if (every === 1 || found.length >= size / 10) return found;
    // So few rows have a value that these stand for little; a reservoir takes ten times as long.
    return this.#all(
      `SELECT v FROM (SELECT ${value} AS v FROM ${name(side)} WHERE isfinite(${value})) ` +
        `USING SAMPLE reservoir(${size} ROWS) REPEATABLE (1)`,
    );
  }

  async #all(sql: string): Promise<Float64Array> {
    const values: number[] = [];
    await this.#doubles(sql, (part) => {
      for (const each of part) values.push(each);
    });
    return Float64Array.from(values);
  }

  async sampleRows(columns: readonly TypedColumn[], most: number): Promise<CodedRows> {
    const table = (side: Side) => ({
      ...this.#tables[side],
      value: (column: TypedColumn) => this.valueSql(column, side),
    });
    const tables = { reference: table('reference'), current: table('current') };
    return sampleRows(this.#connection, tables, { columns, most });
  }

  #doubles(sql: string, visit: (values: Float64Array) => void): Promise<void> {
    return streamChunks(this.#connection, sql, (chunk) => visit(doublesOf(chunk)));
  }

  #read(sql: string): Promise<readonly Row[]> {
    return readRows(this.#connection, sql);
  }

  /** What a column's values are compared as: doubles where they have an order, else strings. */
  valueSql({ name: column, type }: TypedColumn, side: Side): string {
    const stored = this.columns[side].find((one) => one.name === column);
    return valueSql(name(column), type, stored);
  }
}

function keyOf({ column, side }: Scan): string {
  return `${side} ${column.name}`;
}

function valueSql(column: string, type: ColumnType, stored: StoredColumn | undefined): string {
  if (type === 'numeric') return stored?.type === 'numeric' ? `${column}::DOUBLE` : `TRY_CAST(${column} AS DOUBLE)`;
  if (type === 'text') return `length(${column}::VARCHAR)::DOUBLE`;
  if (type === 'boolean') return `TRY_CAST(${column} AS BOOLEAN)::VARCHAR`;
  if (type === 'time') {
    return stored?.storedAs === 'TIME' ? `epoch(${column})` : `epoch(TRY_CAST(${column} AS TIMESTAMP))`;
  }
  return `${column}::VARCHAR`;
}

function toValueCounts(rows: readonly Row[]): ValueCounts {
  const groups = rows.map((row) => ({
    reference: number(row.before),
    current: number(row.now),
    times: number(row.times),
    names: Array.isArray(row.names) ? row.names.map(String) : [],
  }));
  const fresh = groups.filter(({ reference }) => reference === 0).sort((a, b) => b.current - a.current);
  const sum = (of: typeof groups) => of.reduce((all, { times }) => all + times, 0);
  const [first] = groups;
  return {
    entries: groups.map(({ reference, current, times }) => ({ reference, current, times })),
    first: { reference: first?.reference ?? 0, current: first?.current ?? 0 },
    distinct: sum(groups),
    distinctInReference: sum(groups.filter(({ reference }) => reference > 0)),
    fresh: {
      names: fresh.flatMap(({ names }) => names).slice(0, SHOWN_NAMES),
      values: sum(fresh),
      rows: fresh.reduce((all, { current, times }) => all + current * times, 0),
    },
  };
}

/** Counts of DuckDB's bins of negated values: the first has what equals the last edge, then the bins from the last on. */
function fromNegated(value: unknown, edges: number): readonly number[] {
  const counts = Array.isArray(value) ? value.map(number) : [];
  const [atLastEdge = 0, ...bins] = counts.slice(0, edges);
  while (bins.length < edges - 1) bins.push(0);
  bins[0] = (bins[0] ?? 0) + atLastEdge;
  return bins.toReversed();
}

function* parts<T>(all: readonly T[], size = COLUMNS_AT_ONCE): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
}

export function number(value: unknown): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0;
}

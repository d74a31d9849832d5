import type { DuckDBConnection } from '@duckdb/node-api';
import { FailureError } from '../../../platform/failure.ts';
import type { StoredColumn } from '../../drift/drift-data.ts';
import type { ColumnType } from '../../drift/methods.ts';
import { readingSql, type Source, unreadable } from './sources.ts';
import { name } from './sql.ts';

export interface Table {
  /** What it is read from, and an expression there that numbers its rows, always the same way. */
  readonly from: string;
  readonly row: string;
  readonly rows: number;
  readonly columns: readonly StoredColumn[];
}

const integers = new Set([
  ...['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT'],
  ...['UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT', 'UHUGEINT'],
]);
const times = new Set([
  'DATE',
  'TIME',
  'TIMESTAMP',
  'TIMESTAMP WITH TIME ZONE',
  'TIMESTAMP_S',
  'TIMESTAMP_MS',
  'TIMESTAMP_NS',
]);
const LOOKED_AT = 10_000;

/** Makes a source a table of this name and looks at what its columns hold; `only` leaves out all but these and times. */
export async function openTable(
  connection: DuckDBConnection,
  table: string,
  source: Source,
  only?: ReadonlySet<string>,
): Promise<Table> {
  try {
    const place = await create(connection, table, source, only);
    return { ...place, ...(await describe(connection, table)) };
  } catch (error) {
    if (error instanceof FailureError || isInterrupt(error)) throw error;
    throw unreadable(source, error);
  }
}

async function create(
  connection: DuckDBConnection,
  table: string,
  source: Source,
  only?: ReadonlySet<string>,
): Promise<Pick<Table, 'from' | 'row'>> {
  const selected = await selection(connection, source, only);
  // Parquet is read column by column where it lies; text would be parsed again with every query.
  if (source.format === 'parquet') {
    const from = readingSql(source, { whole: false });
    await connection.run(`CREATE TEMP VIEW ${name(table)} AS SELECT ${selected} FROM ${from}`);
    return { from, row: 'hash(file_row_number, file_index)' };
  }
  const create = (whole: boolean) =>
    connection.run(`CREATE TEMP TABLE ${name(table)} AS SELECT ${selected} FROM ${readingSql(source, { whole })}`);
  // The numbers of its rows are those of the lines then, and not by which thread was first.
  await connection.run('SET preserve_insertion_order = true');
  try {
    await create(false);
  } catch (error) {
    // A value further down may be of another type than the first rows let expect.
    if (isInterrupt(error) || !/convert|cast|sample_size/i.test(String(error))) throw error;
    await create(true);
  }
  await connection.run('SET preserve_insertion_order = false');
  return { from: name(table), row: 'hash(rowid)' };
}

async function selection(connection: DuckDBConnection, source: Source, only?: ReadonlySet<string>): Promise<string> {
  if (!only) return '*';
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${readingSql(source, { whole: false })}`);
  const wanted = described
    .getRowObjectsJS()
    .filter((row) => only.has(String(row.column_name)) || times.has(String(row.column_type)))
    .map((row) => name(String(row.column_name)));
  return wanted.length === 0 ? '*' : wanted.join(', ');
}

function isInterrupt(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('INTERRUPT');
}

async function describe(connection: DuckDBConnection, table: string): Promise<Pick<Table, 'rows' | 'columns'>> {
  const described = await connection.runAndReadAll(`DESCRIBE ${name(table)}`);
  const columns = described
    .getRowObjectsJS()
    .map((row) => ({ name: String(row.column_name), storedAs: String(row.column_type) }));
  const counts = columns.map((column, index) => `count(${name(column.name)}) AS n${index}`);
  const counted = await connection.runAndReadAll(
    `SELECT ${['count(*) AS rows', ...counts].join(', ')} FROM ${name(table)}`,
  );
  const [row = {}] = counted.getRowObjectsJS();
  const texts = await findTexts(connection, table, columns);
  return {
    rows: Number(row.rows ?? 0),
    columns: columns.map((column, index) => ({
      ...column,
      type: texts.has(column.name) ? 'text' : typeOf(column.storedAs),
      integers: integers.has(column.storedAs),
      single: column.storedAs === 'FLOAT',
      empty: Number(row[`n${index}`] ?? 0) === 0,
    })),
  };
}

function typeOf(stored: string): ColumnType | null {
  if (integers.has(stored) || /^(FLOAT|DOUBLE|DECIMAL)\b/.test(stored)) return 'numeric';
  if (stored === 'BOOLEAN') return 'boolean';
  if (times.has(stored)) return 'time';
  if (/^(VARCHAR|UUID|ENUM)\b/.test(stored)) return stored.endsWith(']') ? null : 'categorical';
  return null;
}

/** Strings of which more than half are different are text, as Evidently has it: names of things would not be repeated less. */
async function findTexts(
  connection: DuckDBConnection,
  table: string,
  columns: readonly { readonly name: string; readonly storedAs: string }[],
): Promise<ReadonlySet<string>> {
  const strings = columns.filter(({ storedAs }) => storedAs === 'VARCHAR').map((column) => column.name);
  const likely = await mostlyDifferent(connection, strings, `(SELECT * FROM ${name(table)} LIMIT ${LOOKED_AT})`);
  // Thousands of categories look like text in a few rows.
  return new Set(await mostlyDifferent(connection, likely, name(table)));
}

async function mostlyDifferent(
  connection: DuckDBConnection,
  columns: readonly string[],
  from: string,
): Promise<readonly string[]> {
  if (columns.length === 0) return [];
  const figures = columns.map((column, index) => {
    const value = name(column);
    return `approx_count_distinct(${value}) > count(${value}) / 2 AS t${index}`;
  });
  const reader = await connection.runAndReadAll(`SELECT ${figures.join(', ')} FROM ${from}`);
  const [row = {}] = reader.getRowObjectsJS();
  return columns.filter((_, index) => row[`t${index}`] === true);
}

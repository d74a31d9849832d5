import type { DuckDBConnection } from '@duckdb/node-api';
import type { StoredColumn, Summary, TypedColumn } from '../../drift/drift-data.ts';
import type { ColumnSource } from '../../drift/profile/column-source.ts';
import type { DuckDbData } from './duckdb-data.ts';
import { readRows } from './read.ts';
import { name } from './sql.ts';

/** The current side of two tables, for profiles. */
export class DuckDbColumns implements ColumnSource {
  readonly rows: number;
  readonly columns: readonly StoredColumn[];
  readonly #connection: DuckDBConnection;
  readonly #data: DuckDbData;

  constructor(connection: DuckDBConnection, data: DuckDbData) {
    this.#connection = connection;
    this.#data = data;
    this.rows = data.rows.current;
    this.columns = data.columns.current;
  }

  async summaries(columns: readonly TypedColumn[]): Promise<ReadonlyMap<string, Summary>> {
    const both = await this.#data.summaries(columns);
    return new Map([...both].map(([key, { current }]) => [key, current]));
  }

  async counts(column: TypedColumn, most: number): Promise<readonly (readonly [string, number])[]> {
    const rows = await this.#counted(column, 'v IS NOT NULL', `n DESC, v LIMIT ${most}`);
    return rows.map(({ v, n }) => [String(v), Number(n)] as const);
  }

  async numbers(column: TypedColumn, most: number): Promise<readonly (readonly [number, number])[] | null> {
    const rows = await this.#counted(column, 'isfinite(v)', `v LIMIT ${most + 1}`);
    return rows.length > most ? null : rows.map(({ v, n }) => [Number(v), Number(n)] as const);
  }

  scan(column: TypedColumn, visit: (values: Float64Array) => void): Promise<void> {
    return this.#data.scan(column, 'current', visit);
  }

  #counted(column: TypedColumn, which: string, order: string) {
    const value = this.#data.valueSql(column, 'current');
    const values = `SELECT ${value} AS v FROM ${name('current')}`;
    return readRows(
      this.#connection,
      `SELECT v, count(*) AS n FROM (${values}) WHERE ${which} GROUP BY v ORDER BY ${order}`,
    );
  }
}

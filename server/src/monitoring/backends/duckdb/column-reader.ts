import type { DuckDBConnection } from '@duckdb/node-api';
import type { Side, TypedColumn } from '../../drift/drift-data.ts';
import { isOrdered } from '../../drift/methods.ts';
import type { DuckDbData } from './duckdb-data.ts';

/** Sorting more values takes longer than somebody who looks through columns waits: quantiles are estimated then. */
const MOST_SORTED = 1_000_000;

type Row = Readonly<Record<string, unknown>>;

/** One column of both tables, by queries that look at nothing else. */
export class ColumnReader {
  readonly column: TypedColumn;
  readonly data: DuckDbData;
  readonly #connection: DuckDBConnection;

  constructor(connection: DuckDBConnection, data: DuckDbData, column: TypedColumn) {
    this.#connection = connection;
    this.data = data;
    this.column = column;
  }

  get isOrdered(): boolean {
    return isOrdered(this.column.type);
  }

  /** What a value is multiplied by: times are seconds in DuckDB, and milliseconds for everybody else. */
  get unit(): number {
    return this.column.type === 'time' ? 1_000 : 1;
  }

  value(side: Side): string {
    return this.data.valueSql(this.column, side);
  }

  /** Where the values of a side can be compared, as SQL. */
  usable(side: Side): string {
    return this.isOrdered ? `isfinite(${this.value(side)})` : `${this.value(side)} IS NOT NULL`;
  }

  isLarge(side: Side): boolean {
    return this.data.rows[side] > MOST_SORTED;
  }

  async rows(sql: string): Promise<readonly Row[]> {
    return (await this.#connection.runAndReadAll(sql)).getRowObjectsJS();
  }
}

/** A number of a row; NaN where there is none. */
export function numberIn(value: unknown): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;
}

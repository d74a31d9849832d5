import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

export type Row = Readonly<Record<string, unknown>>;

export async function readRows(connection: DuckDBConnection, sql: string): Promise<readonly Row[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowObjectsJS();
}

/** Reads a query part by part; a part is valid during the call only. */
export async function streamChunks(
  connection: DuckDBConnection,
  sql: string,
  visit: (chunk: DuckDBDataChunk) => void,
): Promise<void> {
  const result = await connection.stream(sql);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    visit(chunk);
  }
}

/** The values of one column of a chunk, doubles without nulls, in DuckDB's own memory. */
export function doublesOf({ chunk, rowCount }: DuckDBDataChunk, column = 0): Float64Array {
  const data = duckdb.vector_get_data(
    duckdb.data_chunk_get_vector(chunk, column),
    rowCount * Float64Array.BYTES_PER_ELEMENT,
  );
  return new Float64Array(data.buffer, data.byteOffset, rowCount);
}

export function doubleColumnsOf(chunk: DuckDBDataChunk): readonly Float64Array[] {
  return Array.from({ length: chunk.columnCount }, (_, column) => doublesOf(chunk, column));
}

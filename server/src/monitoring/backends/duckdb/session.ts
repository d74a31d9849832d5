import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { FailureError } from '../../../platform/failure.ts';

export interface SessionOptions {
  /** What does not fit into memory goes here. */
  readonly spill: string;
  readonly signal: AbortSignal;
}

/** What DuckDB may take; what is computed from its answers comes on top of it. */
const MEMORY = '512MB';

/** A DuckDB of its own for some work, which a signal interrupts. Runs in a thread of its own: it computes for seconds. */
export async function withDuckDb<T>(
  { spill, signal }: SessionOptions,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY,
    temp_directory: spill,
    // Nothing is fetched from anywhere, and no file is opened but those that were named.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  const interrupt = () => connection.interrupt();
  signal.addEventListener('abort', interrupt);
  if (signal.aborted) interrupt();
  try {
    signal.throwIfAborted();
    return await work(connection);
  } catch (error) {
    signal.throwIfAborted();
    throw failureOf(error);
  } finally {
    signal.removeEventListener('abort', interrupt);
    connection.closeSync();
    instance.closeSync();
  }
}

/** DuckDB finds some damage only where a column is read. */
function failureOf(error: unknown): unknown {
  const said = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
  if (error instanceof FailureError || !/^[A-Z][\w ]* Error: /.test(said)) return error;
  const memory = said.startsWith('Out of Memory');
  return new FailureError(memory ? 'busy' : 'corrupt', `The data can’t be compared: ${said}`, {
    remedy: memory
      ? 'Compare fewer columns at once with --column.'
      : 'Write the files anew, or leave out the column with --column.',
    cause: error,
  });
}

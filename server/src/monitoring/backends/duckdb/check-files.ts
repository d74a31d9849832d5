import { DuckDBInstance } from '@duckdb/node-api';
import type { DriftReport } from '#schemas/domain/drift-report.ts';
import { FailureError } from '../../../platform/failure.ts';
import { detectDrift } from '../../drift/detect-drift.ts';
import type { FileCheck } from '../../drift/drift-checker.ts';
import { explainDrift } from '../../drift/explain-drift.ts';
import { DuckDbData } from './duckdb-data.ts';
import { findSource } from './sources.ts';

interface Options {
  /** What does not fit into memory goes here. */
  readonly spill: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** What DuckDB may take; the samples that are sorted come on top of it. */
const MEMORY = '512MB';

/** Compares two data sets in files. Runs in a thread of its own: it computes for seconds. */
export async function checkFiles(check: FileCheck, { spill, signal, onProgress }: Options): Promise<DriftReport> {
  const reference = await findSource(check.reference.path, check.reference.folder);
  const current = await findSource(check.current.path, check.current.folder);
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
  let data: DuckDbData | null = null;
  try {
    signal.throwIfAborted();
    data = await DuckDbData.open(connection, { reference, current });
    const report = await detectDrift(data, check.request, { signal, onProgress });
    return await explainDrift(report, { data, request: check.request, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw failureOf(error);
  } finally {
    if (data) {
      // After a failure nobody wants what was prepared.
      interrupt();
      await data.settle();
    }
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

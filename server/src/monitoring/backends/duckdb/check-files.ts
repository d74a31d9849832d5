import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { DriftDetails } from '#schemas/domain/drift-details.ts';
import type { DriftReport } from '#schemas/domain/drift-report.ts';
import { FailureError } from '../../../platform/failure.ts';
import type { DescriptionRequest } from '../../drift/describe-columns.ts';
import { detectDrift } from '../../drift/detect-drift.ts';
import type { FileCheck, FilePair } from '../../drift/drift-checker.ts';
import { describeColumn } from './column-details.ts';
import { ColumnReader } from './column-reader.ts';
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
export async function checkFiles(check: FileCheck, options: Options): Promise<DriftReport> {
  return withData(check, options, {
    use: ({ data }) => detectDrift(data, check.request, options),
  });
}

/** Describes columns of two data sets in files. */
export async function describeFiles(
  files: FilePair,
  request: DescriptionRequest,
  options: Options,
): Promise<readonly DriftDetails[]> {
  return withData(files, options, {
    only: new Set(request.columns.map((column) => column.name)),
    use: async ({ connection, data }) => {
      const details: DriftDetails[] = [];
      for (const column of request.columns) {
        options.signal.throwIfAborted();
        options.onProgress(details.length, request.columns.length);
        details.push(await describeColumn(new ColumnReader(connection, data, column), request));
      }
      return details;
    },
  });
}

interface Work<T> {
  /** The columns that matter; all where it is left out. */
  readonly only?: ReadonlySet<string>;
  readonly use: (opened: { readonly connection: DuckDBConnection; readonly data: DuckDbData }) => Promise<T>;
}

async function withData<T>(files: FilePair, { spill, signal }: Options, { only, use }: Work<T>): Promise<T> {
  const reference = await findSource(files.reference.path, files.reference.folder);
  const current = await findSource(files.current.path, files.current.folder);
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
    data = await DuckDbData.open(connection, { reference, current }, only);
    return await use({ connection, data });
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

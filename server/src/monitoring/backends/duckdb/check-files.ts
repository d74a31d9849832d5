import type { DuckDBConnection } from '@duckdb/node-api';
import type { DriftDetails } from '#schemas/domain/drift-details.ts';
import type { DriftReport } from '#schemas/domain/drift-report.ts';
import { FailureError } from '../../../platform/failure.ts';
import type { DescriptionRequest } from '../../drift/describe-columns.ts';
import { detectDrift } from '../../drift/detect-drift.ts';
import type { FileCheck, FilePair } from '../../drift/drift-checker.ts';
import type { Both } from '../../drift/drift-data.ts';
import { explainDrift } from '../../drift/explain-drift.ts';
import { describeColumn } from './column-details.ts';
import { ColumnReader } from './column-reader.ts';
import { DuckDbData } from './duckdb-data.ts';
import { checkByProfile, readProfile } from './profile-files.ts';
import { createDetectorRunner } from './run-detector.ts';
import { type SessionOptions, withDuckDb } from './session.ts';
import { findSource, type Source } from './sources.ts';

interface Options extends SessionOptions {
  readonly onProgress: (done: number, total: number) => void;
}

/** Compares two data sets in files. */
export async function checkFiles(check: FileCheck, options: Options): Promise<DriftReport> {
  const { signal } = options;
  const profile = await readProfile(check.reference);
  if (profile) return checkByProfile(profile, check, options);
  return withData(check, options, {
    use: async ({ connection, data, sources }) => {
      const { folder } = check.current;
      const runDetector = createDetectorRunner({ connection, sources, folder, spill: options.spill });
      const report = await detectDrift(data, check.request, { ...options, runDetector });
      return explainDrift(report, { data, request: check.request, signal });
    },
  });
}

/** Describes columns of two data sets in files. */
export async function describeFiles(
  files: FilePair,
  request: DescriptionRequest,
  options: Options,
): Promise<readonly DriftDetails[]> {
  if (await readProfile(files.reference)) {
    throw new FailureError('unsupported', 'The reference is a profile: it has no values that could be drawn.');
  }
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

interface Opened {
  readonly connection: DuckDBConnection;
  readonly data: DuckDbData;
  readonly sources: Both<Source>;
}

interface Work<T> {
  /** The columns that matter; all where it is left out. */
  readonly only?: ReadonlySet<string>;
  readonly use: (opened: Opened) => Promise<T>;
}

async function withData<T>(files: FilePair, options: SessionOptions, { only, use }: Work<T>): Promise<T> {
  const reference = await findSource(files.reference.path, files.reference.folder);
  const current = await findSource(files.current.path, files.current.folder);
  const sources = { reference, current };
  return withDuckDb(options, async (connection) => {
    const data = await DuckDbData.open(connection, sources, only);
    try {
      return await use({ connection, data, sources });
    } finally {
      // After a failure nobody wants what was prepared.
      connection.interrupt();
      await data.settle();
    }
  });
}

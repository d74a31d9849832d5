import type { DriftReport } from '#schemas/domain/drift-report.ts';
import { detectDrift } from '../../drift/detect-drift.ts';
import type { FileCheck } from '../../drift/drift-checker.ts';
import { explainDrift } from '../../drift/explain-drift.ts';
import { DuckDbData } from './duckdb-data.ts';
import { type SessionOptions, withDuckDb } from './session.ts';
import { findSource } from './sources.ts';

interface Options extends SessionOptions {
  readonly onProgress: (done: number, total: number) => void;
}

/** Compares two data sets in files. */
export async function checkFiles(check: FileCheck, { onProgress, ...options }: Options): Promise<DriftReport> {
  const { signal } = options;
  const reference = await findSource(check.reference.path, check.reference.folder);
  const current = await findSource(check.current.path, check.current.folder);
  return withDuckDb(options, async (connection) => {
    const data = await DuckDbData.open(connection, { reference, current });
    try {
      const report = await detectDrift(data, check.request, { signal, onProgress });
      return await explainDrift(report, { data, request: check.request, signal });
    } finally {
      // After a failure nobody wants what was prepared.
      connection.interrupt();
      await data.settle();
    }
  });
}

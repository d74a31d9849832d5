import type { MonitorReport } from '#schemas/domain/monitor-report.ts';

/**
 * Checks one Monitor document of a workspace: drift, performance and metrics, then its alerts; the report is kept in the
 * history. Fails with `not-found` and `input` where the document can't be read; what it watches and can't be checked is
 * `could-not-check` in the report instead.
 */
export type CheckMonitor = (
  monitor: {
    /** Absolute path of the file. */
    readonly file: string;
    /** `metadata.name`, where the file has several. */
    readonly name: string | null;
  },
  options: { readonly signal?: AbortSignal; readonly onProgress?: (what: string) => void },
) => Promise<MonitorReport>;

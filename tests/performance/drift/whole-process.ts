import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type DriftReport, driftReport } from '#schemas/domain/drift-report.ts';
import { repository } from '../../testbeds/vscode.ts';

export const CLI = join(repository, 'dist', 'cli.js');
const execute = promisify(execFile);

export interface WholeProcess {
  readonly ms: number;
  /** User and system, of all threads. */
  readonly cpuMs: number;
  readonly peakMb: number;
  readonly report: DriftReport;
}

// The kernel counts the highest number of pages of the process itself, all threads together.
const TELL_USAGE = `data:text/javascript,${encodeURIComponent(
  `import { writeFileSync } from 'node:fs';
  process.on('exit', () => writeFileSync(process.env.MLOPS_BENCH_USAGE, JSON.stringify(process.resourceUsage())));`,
)}`;

const usage = z.object({ userCPUTime: z.number(), systemCPUTime: z.number(), maxRSS: z.number() });

/** Compares a folder's reference.parquet and current.parquet by the built command line. */
export async function compareFiles(folder: string, options: readonly string[]): Promise<WholeProcess> {
  const file = join(folder, 'usage');
  const files = ['--reference', 'reference.parquet', '--current', 'current.parquet'];
  const started = performance.now();
  // Drift ends with 1, which is an error to execFile.
  const { stdout } = await execute(
    process.execPath,
    ['--import', TELL_USAGE, CLI, 'drift', ...files, ...options, '--json'],
    { cwd: folder, env: { ...process.env, MLOPS_BENCH_USAGE: file } },
  ).catch((error: { readonly stdout: string }) => error);
  const ms = performance.now() - started;
  const { userCPUTime, systemCPUTime, maxRSS } = usage.parse(JSON.parse(await readFile(file, 'utf8')));
  return {
    ms,
    cpuMs: (userCPUTime + systemCPUTime) / 1000,
    peakMb: maxRSS / 1024,
    report: driftReport.parse(JSON.parse(stdout)),
  };
}

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { type DriftReport, driftReport } from '#schemas/domain/drift-report.ts';
import { evidentlyPython } from '../../testbeds/python.ts';
import { repository } from '../../testbeds/vscode.ts';
import { type BenchResult, median } from '../result.ts';

/** The target is stated for 1,000,000 rows of 20 columns; less serves to see whether something got worse. */
const ROWS = Number(process.env.MLOPS_BENCH_DRIFT_ROWS ?? 200_000);
const TARGET_ROWS = 1_000_000;
const ROUNDS = 3;
const CLI = join(repository, 'dist', 'cli.js');
const SCRIPTS = join(repository, 'tests', 'testbeds', 'python');
const execute = promisify(execFile);

/** Compares two Parquet tables by whole processes, beside Evidently on the same files, and holds the verdicts to its own. */
export async function run(): Promise<BenchResult[]> {
  if (!existsSync(CLI)) throw new Error('Build first: node scripts/build.ts');
  const folder = await mkdtemp(join(tmpdir(), 'mlops-bench-'));
  try {
    await execute(evidentlyPython(), [join(SCRIPTS, 'drift-tables.py'), folder, String(ROWS)]);
    return [...(await compare(folder, null)), ...(await compare(folder, 'psi'))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(folder: string, method: string | null): Promise<BenchResult[]> {
  const ours = await rounds(() => mlops(folder, method));
  // Its minutes vary little beside the difference.
  const theirs = await evidently(folder, method);
  const [last] = ours;
  if (last && !isDeepStrictEqual(last.drifted, theirs.drifted)) {
    throw new Error(`Evidently came to other verdicts: ${JSON.stringify([last.drifted, theirs.drifted])}`);
  }
  const what = method === null ? 'default methods' : method.toUpperCase();
  const figure = `Drift of ${ROWS.toLocaleString('en')} × 20 Parquet, ${what}: whole process`;
  const peer = { name: 'Evidently', value: theirs.ms };
  // Where there is less to do, starting the process counts for more of it.
  const target = ROWS >= TARGET_ROWS ? { timesAhead: 20 } : {};
  return [
    { figure, unit: 'ms', ours: median(ours.map(({ ms }) => ms)), peer, target },
    {
      figure: '… memory at its peak',
      unit: 'MB',
      ours: median(ours.map(({ peakMb }) => peakMb)),
      peer: null,
      target: { atMost: 1024 },
    },
  ];
}

interface Ours {
  readonly ms: number;
  readonly peakMb: number;
  readonly drifted: Verdicts;
}

type Verdicts = Readonly<Record<string, boolean | null>>;

async function rounds(act: () => Promise<Ours>): Promise<Ours[]> {
  const results: Ours[] = [];
  for (let count = 0; count < ROUNDS; count += 1) results.push(await act());
  return results;
}

// The kernel counts the highest number of pages of the process itself, all threads together.
const TELL_PEAK = `data:text/javascript,${encodeURIComponent(
  `import { readFileSync, writeFileSync } from 'node:fs';
  process.on('exit', () => writeFileSync(process.env.MLOPS_BENCH_PEAK, readFileSync('/proc/self/status')));`,
)}`;

async function mlops(folder: string, method: string | null): Promise<Ours> {
  const status = join(folder, 'status');
  const env = { ...process.env, MLOPS_BENCH_PEAK: status };
  const files = ['--reference', 'reference.parquet', '--current', 'current.parquet'];
  const options = method === null ? [] : ['--method', method];
  const started = performance.now();
  // Drift ends with 1, which is an error to execFile.
  const { stdout } = await execute(
    process.execPath,
    ['--import', TELL_PEAK, CLI, 'drift', ...files, ...options, '--json'],
    {
      cwd: folder,
      env,
    },
  ).catch((error: { readonly stdout: string }) => error);
  const ms = performance.now() - started;
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(status, 'utf8'))?.[1];
  return { ms, peakMb: Number(peak) / 1024, drifted: verdictsOf(driftReport.parse(JSON.parse(stdout))) };
}

function verdictsOf({ columns }: DriftReport): Verdicts {
  return Object.fromEntries(columns.map(({ column, drifted }) => [column, drifted]));
}

async function evidently(folder: string, method: string | null): Promise<{ ms: number; drifted: Verdicts }> {
  const started = performance.now();
  const options = method === null ? [] : [method];
  const { stdout } = await execute(evidentlyPython(), [join(SCRIPTS, 'drift-evidently.py'), folder, ...options]);
  const ms = performance.now() - started;
  const drifted: Verdicts = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
  return { ms, drifted };
}

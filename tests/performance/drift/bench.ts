import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import type { DriftReport } from '#schemas/domain/drift-report.ts';
import { evidentlyPython } from '../../testbeds/python.ts';
import { repository } from '../../testbeds/vscode.ts';
import { type BenchResult, median } from '../result.ts';
import { besideTyping } from './beside-typing.ts';
import { largeFiles } from './large-files.ts';
import { CLI, compareFiles, type WholeProcess } from './whole-process.ts';

/** The target is stated for 1,000,000 rows of 20 columns; less serves to see whether something got worse. */
const ROWS = Number(process.env.MLOPS_BENCH_DRIFT_ROWS ?? 200_000);
const TARGET_ROWS = 1_000_000;
const ROUNDS = 3;
const SERVER = join(repository, 'dist', 'server.js');
const SCRIPTS = join(repository, 'tests', 'testbeds', 'python');
const execute = promisify(execFile);

/** Compares two Parquet tables by whole processes, beside Evidently on the same files, and holds the verdicts to its own. */
export async function run(): Promise<BenchResult[]> {
  if (!existsSync(CLI)) throw new Error('Build first: node scripts/build.ts');
  const folder = await mkdtemp(join(tmpdir(), 'mlops-bench-'));
  try {
    await execute(evidentlyPython(), [join(SCRIPTS, 'drift-tables.py'), folder, String(ROWS)]);
    return [
      ...(await compare(folder, null)),
      ...(await compare(folder, 'psi')),
      ...(await besideTyping(folder, SERVER)),
      ...(await largeFiles()),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(folder: string, method: string | null): Promise<BenchResult[]> {
  const options = method === null ? [] : ['--method', method];
  // Evidently says nothing of where the drift comes from.
  const ours = await rounds(folder, [...options, '--no-explain']);
  const explained = await rounds(folder, options);
  // Its minutes vary little beside the difference.
  const theirs = await evidently(folder, method);
  const [last] = ours;
  const verdicts = last ? verdictsOf(last.report) : {};
  if (!isDeepStrictEqual(verdicts, theirs.drifted)) {
    throw new Error(`Evidently came to other verdicts: ${JSON.stringify([verdicts, theirs.drifted])}`);
  }
  const what = method === null ? 'default methods' : method.toUpperCase();
  const figure = `Drift of ${ROWS.toLocaleString('en')} × 20 Parquet, ${what}: whole process`;
  const peer = { name: 'Evidently', value: theirs.ms };
  // Where there is less to do, starting the process counts for more of it.
  const target = ROWS >= TARGET_ROWS ? { timesAhead: 20 } : {};
  return [
    { figure, unit: 'ms', ours: median(ours.map(({ ms }) => ms)), peer, target },
    {
      figure: '… and with the segments that explain it',
      unit: 'ms',
      ours: median(explained.map(({ ms }) => ms)),
      peer: null,
      target: {},
    },
    {
      figure: '… processor time, user and system',
      unit: 'ms',
      ours: median(ours.map(({ cpuMs }) => cpuMs)),
      peer: null,
      target: {},
    },
    {
      figure: '… memory at its peak',
      unit: 'MB',
      ours: median([...ours, ...explained].map(({ peakMb }) => peakMb)),
      peer: null,
      target: { atMost: 1024 },
    },
  ];
}

type Verdicts = Readonly<Record<string, boolean | null>>;

async function rounds(folder: string, options: readonly string[]): Promise<WholeProcess[]> {
  const results: WholeProcess[] = [];
  for (let count = 0; count < ROUNDS; count += 1) results.push(await compareFiles(folder, options));
  return results;
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

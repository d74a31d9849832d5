import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createMlflowSqliteStore } from '#server/experiments/backends/mlflow-sqlite/store.ts';
import { parseRunSearch } from '#server/experiments/search/parse.ts';
import { FailureError } from '#server/platform/failure.ts';
import { bigStore } from '../../testbeds/big-store.ts';
import { startMlflowServer } from '../../testbeds/mlflow-server.ts';
import { runPython, testPython } from '../../testbeds/python.ts';
import { type BenchResult, median, medianTime } from '../result.ts';

const FILTER = 'metrics.metric_3 > 0.5';
const ORDER = 'metrics.metric_7 DESC';
const EXPERIMENT = { id: '1', name: 'big' };
const CLI = join(import.meta.dirname, '..', '..', '..', 'dist', 'cli.js');
const PEER_SCRIPT = join(import.meta.dirname, 'search.py');

const execute = promisify(execFile);

/** The first 100 of 10,000 runs with 50 metrics each, filtered by one metric and ordered by another. */
export async function run(): Promise<BenchResult[]> {
  const python = await testPython();
  const folder = await mkdtemp(join(tmpdir(), 'mlops-bench-'));
  const path = join(folder, 'mlflow.db');
  try {
    // A copy, because MLflow's client and server may write to what they open.
    await copyFile((await bigStore()).path, path);
    const ours = {
      worker: await serverTime(path, false),
      inProcess: await serverTime(path, true),
      cli: await cliTime(path),
    };
    const peer = await peerTimes(python, path);
    return [
      {
        figure: 'First 100 of 10,000 runs × 50 metrics: whole process',
        unit: 'ms',
        ours: ours.cli,
        peer: { name: 'MLflow’s client', value: peer.wholeProcess },
        target: { timesAhead: 10 },
        note: 'not built',
      },
      {
        figure: '… in the server, warm (worker thread)',
        unit: 'ms',
        ours: ours.worker,
        peer: { name: 'MLflow’s client, warm', value: peer.inProcess },
        target: { atMost: 50 },
      },
      {
        figure: '… in the server, warm (same thread)',
        unit: 'ms',
        ours: ours.inProcess,
        peer: { name: 'MLflow’s server, warm', value: peer.throughServer },
        target: {},
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function serverTime(path: string, inProcess: boolean): Promise<number> {
  const artifacts = (): never => {
    throw new FailureError('unsupported', 'The benchmark reads no artifacts.');
  };
  const store = createMlflowSqliteStore({ path, artifacts, inProcess });
  const search = parseRunSearch({ filter: FILTER, orderBy: [ORDER], experimentIds: [EXPERIMENT.id] });
  const ask = async (): Promise<void> => {
    const { runs } = await store.searchRuns(search, { limit: 100, page: null });
    if (runs.length !== 100 || runs[0]?.metrics.size !== 50) throw new Error('Not the runs that were expected.');
  };
  try {
    await ask();
    return await medianTime(31, ask);
  } finally {
    await store.cleanup();
  }
}

async function cliTime(path: string): Promise<number | null> {
  if (!existsSync(CLI)) return null;
  const args = ['runs', 'list', '--tracking', `sqlite:///${path}`, '--experiment', EXPERIMENT.name, '--filter', FILTER];
  args.push('--order-by', ORDER, '--limit', '100', '--json');
  return await medianTime(7, async () => {
    const { stdout } = await execute(process.execPath, [CLI, ...args], { maxBuffer: 64 * 1024 * 1024 });
    const answer: unknown = JSON.parse(stdout);
    const runs = typeof answer === 'object' && answer !== null && 'runs' in answer ? answer.runs : null;
    if (!Array.isArray(runs) || runs.length !== 100) throw new Error('Not the runs that were expected.');
  });
}

async function peerTimes(python: string, path: string) {
  const ask = async (uri: string, times: number): Promise<number[]> => {
    const printed = await runPython(python, [PEER_SCRIPT, uri, FILTER, ORDER, EXPERIMENT.id, String(times)]);
    return printed.trim().split('\n').map(Number);
  };
  const uri = `sqlite:///${path}`;
  const wholeProcess = await medianTime(3, () => ask(uri, 1));
  const [, ...inProcess] = await ask(uri, 8);
  const server = await startMlflowServer({ backendStore: uri });
  try {
    const [, ...throughServer] = await ask(server.url, 8);
    return { wholeProcess, inProcess: median(inProcess), throughServer: median(throughServer) };
  } finally {
    await server.stop();
  }
}

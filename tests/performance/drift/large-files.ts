import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { kolmogorovSmirnov, standardDeviation, wasserstein } from '#server/monitoring/drift/order-statistics.ts';
import { type BenchResult, median } from '../result.ts';
import { compareFiles, type WholeProcess } from './whole-process.ts';

/** The target is stated for ten million; fewer show whether something got worse. */
const ROWS = Number(process.env.MLOPS_BENCH_DRIFT_LARGE_ROWS ?? 10_000_000);
const TARGET_ROWS = 10_000_000;
const ROUNDS = 3;

/** Between 0 and 1, the same in every run. */
const uniform = (column: number) => `((hash(i, ${column}) >> 11) / 9007199254740992.0)`;
const numbers: Readonly<Record<string, (now: number) => string>> = {
  even: (now) => `${uniform(1)} * 100 + ${now * 10}`,
  bell: (now) => `sqrt(-2 * ln(1 - ${uniform(2)})) * cos(2 * pi() * ${uniform(3)}) + ${now * 0.3}`,
  whole: () => `(${uniform(4)} * 100000)::BIGINT`,
  tail: (now) => `-ln(1 - ${uniform(5)}) * ${1 + now * 0.002}`,
};
const names: Readonly<Record<string, string>> = {
  plan: `'value ' || (${uniform(6)} * 12)::INTEGER`,
  region: `'value ' || (${uniform(7)} * 40)::INTEGER`,
};

/** Ten million rows of six columns: time and memory of a whole process, and whether stated error bounds are true. */
export async function largeFiles(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-bench-'));
  try {
    await writeTables(folder);
    const results: BenchResult[] = [];
    for (const method of ['psi', 'jensenshannon']) {
      const runs: WholeProcess[] = [];
      for (let round = 0; round < ROUNDS; round += 1) runs.push(await compareFiles(folder, ['--method', method]));
      results.push(...figures(`${method} on all columns`, runs, 5000));
    }
    const ordered = await compareFiles(folder, ['--method', 'ks', '--method', 'wasserstein']);
    results.push(...figures('ks and wasserstein', [ordered], null));
    await holdBounds(folder, ordered);
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function figures(what: string, runs: readonly WholeProcess[], atMost: number | null): BenchResult[] {
  const stated = ROWS >= TARGET_ROWS && atMost !== null ? { atMost } : {};
  const figure = (name: string, unit: BenchResult['unit'], of: (run: WholeProcess) => number, target = {}) => ({
    ...{ figure: name, unit, ours: median(runs.map(of)), peer: null, target },
  });
  return [
    figure(`Drift of ${ROWS.toLocaleString('en')} × 6 Parquet, ${what}`, 'ms', ({ ms }) => ms, stated),
    figure('… processor time, user and system', 'ms', ({ cpuMs }) => cpuMs),
    figure('… memory at its peak', 'MB', ({ peakMb }) => peakMb, { atMost: 1024 }),
  ];
}

async function writeTables(folder: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB', preserve_insertion_order: 'false' });
  const connection = await instance.connect();
  for (const [now, side] of ['reference', 'current'].entries()) {
    const columns = [
      ...Object.entries(numbers).map(([name, sql]) => `${sql(now)} AS ${name}`),
      ...Object.entries(names).map(([name, sql]) => `${sql} AS ${name}`),
    ];
    const path = join(folder, `${side}.parquet`).replaceAll("'", "''");
    const from = `range(${now * ROWS}, ${(now + 1) * ROWS}) t(i)`;
    await connection.run(`COPY (SELECT ${columns.join(', ')} FROM ${from}) TO '${path}' (FORMAT parquet)`);
  }
  connection.closeSync();
  instance.closeSync();
}

/** Computes both distances from all values, sorted, and fails where an error bound of the quick way doesn’t hold. */
async function holdBounds(folder: string, { report }: WholeProcess): Promise<void> {
  for (const name of Object.keys(numbers)) {
    const exact = {
      reference: await sorted(folder, 'reference', name),
      current: await sorted(folder, 'current', name),
    };
    const truths = {
      ks: kolmogorovSmirnov(exact),
      wasserstein: wasserstein(exact) / standardDeviation(exact.reference),
    };
    for (const [method, truth] of Object.entries(truths)) {
      const found = report.columns.find((one) => one.column === name && one.method === method);
      const off = Math.abs(Number(found?.statistic) - truth);
      // Adding up ten million numbers rounds a little, whatever the way.
      if (!(off <= (found?.errorBound ?? 0) + 1e-9 * Math.max(1, truth))) {
        throw new Error(`${method} of ${name} is ${truth}, not ${found?.statistic} ± ${found?.errorBound}.`);
      }
      console.error(`  ${method} of ${name}: ${found?.statistic} ± ${found?.errorBound}, off by ${off}`);
    }
  }
}

async function sorted(folder: string, side: string, column: string): Promise<Float64Array> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const path = join(folder, `${side}.parquet`).replaceAll("'", "''");
  const values = new Float64Array(ROWS);
  const result = await connection.stream(`SELECT ${column}::DOUBLE FROM '${path}'`);
  let length = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    for (const value of chunk.getColumnValues(0)) {
      values[length] = Number(value);
      length += 1;
    }
  }
  connection.closeSync();
  instance.closeSync();
  return values.sort();
}

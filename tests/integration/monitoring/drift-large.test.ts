import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { driftReport } from '#schemas/domain/drift-report.ts';
import { smirnovPValue } from '#server/monitoring/drift/kolmogorov.ts';
import { kolmogorovSmirnov, standardDeviation, wasserstein } from '#server/monitoring/drift/order-statistics.ts';
import { checkDrift } from '#server/workspace.ts';
import { runMlops } from '../cli/run-mlops.ts';

/** More than what is computed from all values. */
const ROWS = 1_200_000;
let folder: string;

/** The columns of both tables as SQL and as the same sums in JavaScript. */
const columns = {
  smooth: {
    sql: (now: number) => `sqrt((i * 7919) % 1000003) + ${now * 40}`,
    of: (i: number, now: number) => Math.sqrt((i * 7919) % 1_000_003) + now * 40,
  },
  same: { sql: () => '((i * 104729) % 999983) / 7.0::DOUBLE', of: (i: number) => ((i * 104_729) % 999_983) / 7 },
  near: {
    sql: (now: number) => `((i * 31) % 4001)::DOUBLE + ${now * 115.5}`,
    of: (i: number, now: number) => ((i * 31) % 4_001) + now * 115.5,
  },
};

function samples(name: keyof typeof columns) {
  const make = (now: number) => Float64Array.from({ length: ROWS }, (_, i) => columns[name].of(i, now)).sort();
  return { reference: make(0), current: make(1) };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlops-drift-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const [now, side] of ['reference', 'current'].entries()) {
    const figures = Object.entries(columns).map(([name, { sql }]) => `${sql(now)} AS ${name}`);
    const path = join(folder, `${side}.parquet`).replaceAll("'", "''");
    await connection.run(`COPY (SELECT ${figures.join(', ')} FROM range(${ROWS}) t(i)) TO '${path}' (FORMAT parquet)`);
  }
  connection.closeSync();
  instance.closeSync();
});

afterAll(() => rm(folder, { recursive: true }));

describe('more than a million rows', () => {
  test('are bounded, and the bound holds against all values', async () => {
    const methods = ['ks', 'wasserstein', 'wasserstein_plain'].flatMap((method) => ['--method', method]);
    const args = ['drift', '--reference', 'reference.parquet', '--current', 'current.parquet', ...methods, '--json'];
    const { stdout, stderr } = await runMlops(args, { cwd: folder });
    expect(stderr).toBe('');
    const report = driftReport.parse(JSON.parse(stdout));
    for (const name of ['smooth', 'same'] as const) {
      const exact = samples(name);
      const plain = wasserstein(exact);
      const expected: Readonly<Record<string, number>> = {
        ks: kolmogorovSmirnov(exact),
        wasserstein: plain / standardDeviation(exact.reference),
        wasserstein_plain: plain,
      };
      const found = report.columns.filter(({ column }) => column === name);
      expect(found.map(({ method }) => method)).toEqual(Object.keys(expected));
      for (const { method, statistic, errorBound, threshold, drifted, pValue } of found) {
        const truth = expected[method ?? ''] ?? Number.NaN;
        const off = Math.abs(Number(statistic) - truth);
        expect(off, `${name}, ${method}`).toBeLessThanOrEqual((errorBound ?? 0) + 1e-9 * Math.max(1, truth));
        expect(errorBound, `${name}, ${method}`).toBeLessThan(0.01 * Math.max(0.1, standardDeviation(exact.reference)));
        const distance = method === 'ks' ? 0.05 - smirnovPValue(truth, ROWS, ROWS) : truth - (threshold ?? 0);
        expect(drifted, `${name}, ${method}`).toBe(distance >= 0);
        expect(pValue === null, `${name}, ${method}`).toBe(method !== 'ks');
      }
    }
  });

  test('are computed from all values where the bound leaves the verdict open', async () => {
    const exact = samples('near');
    const distance = wasserstein(exact) / standardDeviation(exact.reference);
    const monitor = (threshold: number) =>
      `apiVersion: mlops/v1\nkind: Monitor\nmetadata: {name: near}\ndrift:\n  reference: reference.parquet\n` +
      `  current: current.parquet\n  columns: {near: {method: wasserstein, threshold: ${threshold}}}\n`;
    for (const [threshold, verdict] of [
      [distance * (1 - 1e-9), 'drift'],
      [distance * (1 + 1e-9), 'no-drift'],
    ] as const) {
      await writeFile(join(folder, 'near.mlops.yaml'), monitor(threshold));
      const { stdout } = await runMlops(['drift', '--monitor', 'near.mlops.yaml', '--json'], { cwd: folder });
      const [near] = driftReport.parse(JSON.parse(stdout)).columns;
      expect(Number(near?.statistic)).toBeCloseTo(distance, 9);
      expect(near?.verdict).toBe(verdict);
    }
  });

  test('stop when they are cancelled', async () => {
    const aborter = new AbortController();
    const file = (path: string) => ({ path, folder });
    const request = {
      columns: null,
      exclude: [],
      methods: ['anderson' as const],
      threshold: null,
      share: 0.5,
      correction: 'none' as const,
      minimumRows: 30,
    };
    const check = { reference: file('reference.parquet'), current: file('current.parquet'), request };
    const onProgress = () => aborter.abort();
    const cancelled = expect.objectContaining({ name: 'AbortError' });
    await expect(checkDrift(check, { signal: aborter.signal, onProgress })).rejects.toThrow(cancelled);
    const early = new AbortController();
    const checking = checkDrift(check, { signal: early.signal });
    // Before the thread has started.
    early.abort();
    await expect(checking).rejects.toThrow(cancelled);
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DriftColumn, type DriftReport, driftReport } from '#schemas/domain/drift-report.ts';
import { runMlops } from '../cli/run-mlops.ts';

/** Data that nobody wants to compare: whatever is wrong with them, the answer is never “no drift”. */
let folder: string;
let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlops-drift-'));
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
  await parquet('good', 'SELECT i::DOUBLE AS x, (i % 7)::VARCHAR AS plan FROM range(2000) t(i)');
});

afterAll(async () => {
  connection.closeSync();
  instance.closeSync();
  await rm(folder, { recursive: true });
});

async function parquet(name: string, sql: string): Promise<string> {
  await connection.run(`COPY (${sql}) TO '${join(folder, name).replaceAll("'", "''")}.parquet' (FORMAT parquet)`);
  return `${name}.parquet`;
}

const drift = (reference: string, current: string, ...args: readonly string[]) =>
  runMlops(['drift', '--reference', reference, '--current', current, ...args, '--json'], { cwd: folder });

async function report(reference: string, current: string, ...args: readonly string[]) {
  const { stdout, stderr, code } = await drift(reference, current, ...args);
  expect(stderr).toBe('');
  return { code, ...driftReport.parse(JSON.parse(stdout)) };
}

const only = ({ columns }: Pick<DriftReport, 'columns'>, name: string): Partial<DriftColumn> =>
  columns.find(({ column }) => column === name) ?? {};

describe('samples without rows', () => {
  test.each([
    ['reference', 'nothing.parquet', 'good.parquet', { reference: 0, current: 2000 }],
    ['current data', 'good.parquet', 'nothing.parquet', { reference: 2000, current: 0 }],
    ['both', 'nothing.parquet', 'nothing.parquet', { reference: 0, current: 0 }],
  ])('%s: no data', async (_, reference, current, rows) => {
    await parquet('nothing', 'SELECT i::DOUBLE AS x, i::VARCHAR AS plan FROM range(0) t(i)');
    const found = await report(reference, current, '--domain-classifier');
    expect(found).toMatchObject({ code: 2, verdict: 'no-data', drifted: null, share: null, rows });
    expect(found.columns.map(({ verdict }) => verdict)).toEqual(['no-data', 'no-data']);
    expect(found.columns.every(({ reason }) => (reason ?? '').length > 0)).toBe(true);
    expect(found.domainClassifier).toMatchObject({ auc: null, drifted: null });
    expect(found.segments).toBeUndefined();
  });

  test('files without a byte', async () => {
    for (const name of ['empty.parquet', 'empty.csv']) await writeFile(join(folder, name), '');
    const { code, stdout, stderr } = await drift('good.parquet', 'empty.parquet');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: empty\.parquet can’t be read as PARQUET: .+ Write the file anew/);
    // As text, it is a table without columns.
    expect(await report('good.parquet', 'empty.csv')).toMatchObject({
      code: 2,
      verdict: 'could-not-check',
      share: null,
    });
    expect(await report('empty.csv', 'empty.csv')).toMatchObject({ code: 2, verdict: 'no-data', share: null });
  });
});

describe('values that can’t be compared', () => {
  test('infinities and NaN are missing; a column of them alone has no data', async () => {
    const value = (i: string) =>
      `CASE WHEN ${i} % 4 = 0 THEN 'inf'::DOUBLE WHEN ${i} % 4 = 1 THEN 'nan'::DOUBLE ELSE i END`;
    const some = await parquet('some-infinite', `SELECT ${value('i')} AS x, 'a' AS plan FROM range(2000) t(i)`);
    const all = await parquet(
      'all-infinite',
      `SELECT CASE WHEN i % 2 = 0 THEN 'inf' ELSE '-inf' END::DOUBLE AS x, 'a' AS plan FROM range(2000) t(i)`,
    );
    expect(only(await report('good.parquet', some), 'x')).toMatchObject({
      verdict: 'drift',
      missing: { reference: 0, current: 0.5 },
      reason: expect.stringContaining('Missing values went from 0 % to 50 %.'),
    });
    const none = await report('good.parquet', all, '--column', 'x');
    expect(none).toMatchObject({ code: 2, verdict: 'no-data', drifted: null });
    expect(only(none, 'x')).toMatchObject({ verdict: 'no-data', missing: { reference: 0, current: 1 } });
    expect(await report(all, all, '--column', 'x')).toMatchObject({ code: 2, verdict: 'no-data', drifted: null });
  });

  test('a column without a value on either side has no data', async () => {
    const file = await parquet('missing', 'SELECT NULL::DOUBLE AS x, NULL::VARCHAR AS plan FROM range(2000) t(i)');
    const both = await report(file, file, '--domain-classifier');
    expect(both).toMatchObject({ code: 2, verdict: 'no-data', drifted: null });
    const now = await report('good.parquet', file);
    expect(now).toMatchObject({ code: 2, verdict: 'no-data', drifted: null });
  });

  test('a type that changed', async () => {
    const files = {
      words: "SELECT 'v' || i AS x FROM range(2000) t(i)",
      flags: 'SELECT i % 2 = 0 AS x FROM range(2000) t(i)',
      times: "SELECT TIMESTAMP '2026-01-01' + INTERVAL (i) MINUTE AS x FROM range(2000) t(i)",
      lists: 'SELECT [i] AS x FROM range(2000) t(i)',
      structs: "SELECT {'a': i} AS x FROM range(2000) t(i)",
    };
    for (const [name, sql] of Object.entries(files)) {
      const found = await report('good.parquet', await parquet(name, sql), '--column', 'x', '--domain-classifier');
      expect(found, name).toMatchObject({ code: 2, verdict: 'could-not-check', drifted: null });
      expect(only(found, 'x').reason, name).toMatch(/^Its type changed from numeric to /);
    }
  });

  test('a column that vanished, beside one that is the same', async () => {
    const file = await parquet('without-x', 'SELECT (i % 7)::VARCHAR AS plan FROM range(2000) t(i)');
    const found = await report('good.parquet', file);
    expect(found).toMatchObject({ code: 2, verdict: 'could-not-check', drifted: null });
    expect(only(found, 'plan')).toMatchObject({ verdict: 'no-drift' });
    const renamed = await parquet('renamed', 'SELECT i AS y FROM range(2000) t(i)');
    expect(await report('good.parquet', renamed)).toMatchObject({ code: 2, verdict: 'could-not-check', share: null });
  });
});

describe('data at the edge', () => {
  test('a constant that stays is the same, one that changes has drifted', async () => {
    const before = await parquet('constant', "SELECT 5.0::DOUBLE AS x, 'a' AS plan FROM range(2000) t(i)");
    const after = await parquet('other-constant', "SELECT 6.0::DOUBLE AS x, 'b' AS plan FROM range(2000) t(i)");
    for (const method of [[], ['--method', 'psi'], ['--method', 'ks']]) {
      expect(await report(before, before, ...method), method.join(' ')).toMatchObject({ code: 0, verdict: 'no-drift' });
      const found = await report(before, after, ...method);
      expect(found, method.join(' ')).toMatchObject({ code: 1, verdict: 'drift', share: 1 });
      // Both sides differ in every row: there is no segment of it.
      expect(found.segments?.every(({ predicate }) => predicate === null)).toBe(true);
    }
  });

  test('a hundred thousand categories, the same and others', async () => {
    const make = (name: string, from: number) =>
      parquet(name, `SELECT 'customer ' || (${from} + i % 100000) AS who, i % 10 AS n FROM range(300000) t(i)`);
    const [before, after] = [await make('many', 0), await make('many-others', 50_000)];
    expect(only(await report(before, before), 'who')).toMatchObject({ type: 'categorical', verdict: 'no-drift' });
    const found = await report(before, after, '--domain-classifier');
    expect(only(found, 'who')).toMatchObject({ type: 'categorical', verdict: 'drift' });
    expect(only(found, 'who').reason).toMatch(/^50,000 values that are new \(.+\) in 50 % of the rows\.$/);
    // Which of them are new is more than two dozen values can say.
    expect(found.segments).toMatchObject([{ column: 'who', predicate: null }]);
  });

  test('a damaged Parquet file, wherever the damage is', async () => {
    const path = join(folder, await parquet('whole', 'SELECT md5(i::VARCHAR) AS x, i AS n FROM range(5000) t(i)'));
    const bytes = await readFile(path);
    // Before the last eight bytes, as long as the first four of them say.
    const footer = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
    const damage: Readonly<Record<string, () => Buffer>> = {
      'cut off': () => bytes.subarray(0, bytes.length >> 1),
      'without its end': () => bytes.subarray(0, bytes.length - 4),
      'with another footer': () => Buffer.from(bytes).fill(0xff, footer, footer + 16),
      'with other pages': () => Buffer.from(bytes).fill(0xff, 4, 4_000),
    };
    for (const [name, make] of Object.entries(damage)) {
      await writeFile(join(folder, 'damaged.parquet'), make());
      for (const side of [0, 1]) {
        const [before = '', now = ''] =
          side === 0 ? ['damaged.parquet', 'whole.parquet'] : ['whole.parquet', 'damaged.parquet'];
        const { code, stdout, stderr } = await drift(before, now);
        expect([code, stdout], name).toEqual([2, '']);
        expect(stderr, name).toMatch(/^error: .+ Write the files? anew/);
      }
    }
  });
});

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DriftColumn, type DriftReport, driftReport } from '#schemas/domain/drift-report.ts';
import { runMlops } from '../cli/run-mlops.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlops-drift-'));
});

afterAll(() => rm(folder, { recursive: true }));

const rows = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

async function csv(name: string, header: string, lines: readonly string[]): Promise<string> {
  await writeFile(join(folder, name), [header, ...lines, ''].join('\n'));
  return name;
}

async function json(name: string, values: readonly object[]): Promise<string> {
  await writeFile(join(folder, name), values.map((value) => `${JSON.stringify(value)}\n`).join(''));
  return name;
}

async function drift(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return runMlops(['drift', ...args], { cwd: folder });
}

async function report(reference: string, current: string, ...args: readonly string[]) {
  const { stdout, stderr, code } = await drift('--reference', reference, '--current', current, ...args, '--json');
  expect(stderr).toBe('');
  return { code, ...driftReport.parse(JSON.parse(stdout)) };
}

const only = (columns: DriftReport['columns'], name: string): Partial<DriftColumn> =>
  columns.find(({ column }) => column === name) ?? {};

describe('verdicts', () => {
  test('one file against itself has not drifted', async () => {
    const file = await csv(
      'same.csv',
      'x,plan',
      rows(200, (i) => `${(i * 37) % 101},${i % 3 ? 'free' : 'pro'}`),
    );
    const { code, columns, ...all } = await report(file, file);
    expect(code).toBe(0);
    expect(all).toEqual({
      rows: { reference: 200, current: 200 },
      leftOut: [],
      share: 0,
      drifted: false,
      verdict: 'no-drift',
    });
    expect(columns).toEqual([
      {
        column: 'x',
        type: 'numeric',
        method: 'ks',
        statistic: 0,
        pValue: 1,
        adjustedPValue: null,
        threshold: 0.05,
        drifted: false,
        verdict: 'no-drift',
        reason: null,
        errorBound: 0,
        missing: { reference: 0, current: 0 },
      },
      expect.objectContaining({ column: 'plan', type: 'categorical', method: 'z', pValue: 1, verdict: 'no-drift' }),
    ]);
  });

  test('data that moved have drifted, for people too', async () => {
    const before = await csv(
      'before.csv',
      'x',
      rows(200, (i) => String(i % 50)),
    );
    const after = await csv(
      'after.csv',
      'x',
      rows(200, (i) => String((i % 50) + 20)),
    );
    expect(await report(before, after)).toMatchObject({ code: 1, verdict: 'drift', share: 1, drifted: true });
    const { code, stdout, stderr } = await drift('--reference', before, '--current', after);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^COLUMN +TYPE +METHOD +STATISTIC +P +THRESHOLD +VERDICT +REASON\nx +numeric +ks +0.4 /);
    expect(stderr).toBe(
      'x: Looking for a segment takes 500 rows on each side; there are 200.\n' +
        'drift: 200 rows against 200 rows, 1 column drifted (100 %).\n',
    );
  });

  test('several methods of one column each have a row', async () => {
    const before = await csv(
      'methods.csv',
      'x,c',
      rows(100, (i) => `${i},${i % 4}x`),
    );
    const { columns } = await report(before, before, '--method', 'KS', '--method', 'psi', '--method', 'tvd');
    expect(columns.map(({ column, method }) => [column, method])).toEqual([
      ['x', 'ks'],
      ['x', 'psi'],
      ['c', 'psi'],
      ['c', 'TVD'],
    ]);
  });

  test('new values are named, missing ones are scored', async () => {
    const before = await json(
      'scored-before.json',
      rows(100, (i) => ({ plan: ['a', 'b', 'c'][i % 3], size: i })),
    );
    const after = await json(
      'scored-after.json',
      rows(100, (i) => ({ plan: ['a', 'b', 'c', 'it’s'][i % 4], size: i % 5 ? i : null })),
    );
    const { columns, verdict } = await report(before, after);
    expect(only(columns, 'plan')).toMatchObject({
      method: 'chisquare',
      statistic: 'Infinity',
      pValue: 0,
      drifted: true,
      reason: '1 value that is new (“it’s”) in 25 % of the rows.',
    });
    expect(only(columns, 'size')).toMatchObject({
      drifted: true,
      missing: { reference: 0, current: 0.2 },
      reason: 'Missing values went from 0 % to 20 %.',
    });
    expect(verdict).toBe('drift');
  });

  test('types are told apart; times are compared where they are named', async () => {
    const make = (i: number) => ({
      number: i / 3,
      flag: i % 2 === 0,
      at: new Date(1_700_000_000_000 + i * 60_000).toISOString(),
      kind: `k${i % 7}`,
      note: `the note number ${i} has ${'many '.repeat(i % 9)}words`,
    });
    const file = await json('types.json', rows(60, make));
    const { columns, leftOut } = await report(file, file);
    expect(columns.map(({ column, type }) => [column, type])).toEqual([
      ['number', 'numeric'],
      ['flag', 'boolean'],
      ['kind', 'categorical'],
      ['note', 'text'],
    ]);
    expect(leftOut.map(({ column }) => column)).toEqual(['at']);
    const named = await report(file, file, '--column', 'at');
    expect(named.columns).toMatchObject([{ column: 'at', type: 'time', method: 'ks', verdict: 'no-drift' }]);
  });

  test('globs read several files as one table', async () => {
    await mkdir(join(folder, 'live [1]'));
    for (const part of [1, 2, 3])
      await csv(
        `live [1]/day-${part}.csv`,
        'x',
        rows(50, (i) => String(i * part)),
      );
    const { rows: counted } = await report('live [1]/day-1.csv', 'live [[]1]/day-*.csv');
    expect(counted).toEqual({ reference: 50, current: 150 });
  });
});

describe('what can’t be compared', () => {
  test('is never “no drift”', async () => {
    const before = await json(
      'bad-before.json',
      rows(80, (i) => ({ gone: i, kind: i, empty: null, lost: i, list: [i], odd: 1 })),
    );
    const after = await json(
      'bad-after.json',
      rows(80, (i) => ({ kind: `v${i % 4}`, empty: null, lost: null, list: [i], odd: 1, added: i })),
    );
    const { columns, leftOut, code, verdict, drifted } = await report(before, after);
    expect(only(columns, 'gone')).toMatchObject({
      verdict: 'could-not-check',
      drifted: null,
      reason: 'The current data lack this column.',
    });
    expect(only(columns, 'kind').reason).toMatch(/^Its type changed from numeric to categorical \(BIGINT to VARCHAR\)/);
    expect(only(columns, 'empty')).toMatchObject({ verdict: 'no-data', drifted: null });
    expect(only(columns, 'lost')).toMatchObject({
      verdict: 'no-data',
      drifted: null,
      missing: { reference: 0, current: 1 },
    });
    expect(only(columns, 'list')).toMatchObject({
      verdict: 'could-not-check',
      reason: 'Values of type BIGINT[] can’t be compared.',
    });
    expect(only(columns, 'odd')).toMatchObject({ verdict: 'no-drift', pValue: 1 });
    expect(leftOut).toEqual([{ column: 'added', reason: 'The reference does not have it.' }]);
    expect([code, verdict, drifted]).toEqual([2, 'could-not-check', null]);
  });

  test('are too few rows, and none at all', async () => {
    const before = await csv('few.csv', 'x', rows(100, String));
    const few = await report(
      before,
      await csv(
        'few-now.csv',
        'x',
        rows(12, (i) => String(i * 90)),
      ),
    );
    expect(few).toMatchObject({ code: 2, verdict: 'no-data', share: null });
    expect(few.columns[0]).toMatchObject({
      verdict: 'no-data',
      drifted: null,
      reason: 'There are only 12 values to compare; a verdict needs 30.',
    });
    expect(few.columns[0]?.pValue).toBeGreaterThan(0);
    const none = await report(before, await csv('none.csv', 'x', []));
    expect(none).toMatchObject({ code: 2, verdict: 'no-data', rows: { reference: 100, current: 0 } });
  });

  test('is a constant column by a test that needs spread', async () => {
    const file = await csv(
      'constant.csv',
      'x',
      rows(60, () => '3.5'),
    );
    const { columns, verdict } = await report(
      file,
      file,
      '--method',
      't_test',
      '--method',
      'anderson',
      '--method',
      'wasserstein',
    );
    expect(columns.map((one) => [one.method, one.verdict])).toEqual([
      ['t_test', 'could-not-check'],
      ['anderson', 'could-not-check'],
      ['wasserstein', 'no-drift'],
    ]);
    expect(verdict).toBe('could-not-check');
  });

  test('are values too large to compute with', async () => {
    const file = await csv(
      'huge.csv',
      'x',
      rows(1500, (i) => `${i % 2 ? '-' : ''}${1 + (i % 700) / 1000}e308`),
    );
    const { columns, verdict } = await report(
      file,
      file,
      '--method',
      'psi',
      '--method',
      'hellinger',
      '--method',
      'wasserstein',
    );
    expect(columns).toHaveLength(3);
    for (const one of columns) {
      expect(one).toMatchObject({ verdict: 'could-not-check', reason: 'Its values are too large to compute with.' });
    }
    expect(verdict).toBe('could-not-check');
  });

  test('is a column that nobody has', async () => {
    const { columns } = await report('constant.csv', 'constant.csv', '--column', 'nowhere');
    expect(columns).toMatchObject([
      { column: 'nowhere', verdict: 'could-not-check', reason: 'Neither side has this column.' },
    ]);
  });
});

describe('files that can’t be read', () => {
  test('are told in one line with what to do', async () => {
    await csv('fine.csv', 'x', rows(40, String));
    await writeFile(join(folder, 'damaged.parquet'), 'PAR1 and nothing else');
    await writeFile(join(folder, 'broken.json'), '{"x": 1}\n{"x": \n');
    const cases: readonly (readonly [string, RegExp])[] = [
      ['missing.csv', /^error: There is no file missing\.csv\. Look for its name/],
      ['damaged.parquet', /^error: damaged\.parquet can’t be read as PARQUET: .+ Write the file anew/],
      ['broken.json', /^error: broken\.json can’t be read as JSON: .+ one object a line\./],
      ['.', /^error: \. is a folder\. Name its files/],
    ];
    for (const [current, expected] of cases) {
      const { code, stdout, stderr } = await drift('--reference', 'fine.csv', '--current', current, '--json');
      expect(stderr, current).toMatch(expected);
      expect(stderr.trim().split('\n'), current).toHaveLength(1);
      expect([code, stdout], current).toEqual([2, '']);
    }
  });

  test('are told where the damage is within a column', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const path = join(folder, 'pages.parquet');
    await connection.run(`COPY (SELECT md5(i::VARCHAR) AS x FROM range(5000) t(i)) TO '${path}' (FORMAT parquet)`);
    connection.closeSync();
    instance.closeSync();
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0xff, 4, 2_000));
    const { code, stderr } = await drift('--reference', 'pages.parquet', '--current', 'pages.parquet');
    expect(stderr).toMatch(/^error: .*can’t be .+ Write the files? anew/);
    expect(code).toBe(2);
  });

  test('have to be named', async () => {
    expect(await drift('--reference', 'fine.csv')).toMatchObject({
      code: 2,
      stderr: 'error: What are the current data? Name them with --current FILE.\n',
    });
    expect((await drift('--reference', 'a', '--current', 'b', '--method', 'guess')).stderr).toMatch(
      /Known are ks, psi/,
    );
  });
});

test('names of files and columns are never taken for SQL', async () => {
  const secret = join(folder, 'secret.csv');
  await writeFile(secret, 'x\n1\n');
  const evil = `x'); COPY (SELECT 1) TO '${join(folder, 'written')}'; --`;
  const column = `a" FROM reference; CREATE TABLE t AS SELECT 1; --'`;
  const dropping = "'; DROP TABLE reference; --";
  const name = `it's "odd"; --$(touch pwned) {x,y}.json`;
  await json(
    name,
    rows(50, (i) => ({ [column]: i, [dropping]: `v${i % 3}'"` })),
  );
  const { columns, code } = await report(name, name, '--method', 'psi', '--method', 'wasserstein');
  expect(code).toBe(0);
  expect(columns.map((one) => one.column)).toEqual([column, column, dropping]);
  expect(columns.every(({ verdict }) => verdict === 'no-drift')).toBe(true);
  const missing = await drift('--reference', name, '--current', evil);
  expect(missing).toMatchObject({ code: 2 });
  const named = await report(name, name, '--column', evil);
  expect(named.columns).toMatchObject([{ verdict: 'could-not-check' }]);
  await expect(readFile(join(folder, 'written'))).rejects.toThrow('ENOENT');
});

describe('a Monitor document', () => {
  const document = (drift: string) =>
    `apiVersion: mlops/v1\nkind: Monitor\nmetadata: {name: churn-drift}\ndrift:\n${drift.replace(/^/gm, '  ')}\n`;

  test('says what is compared and how; files are named from its folder', async () => {
    await mkdir(join(folder, 'monitors'), { recursive: true });
    await csv(
      'monitors/train.csv',
      'a,b,c,d',
      rows(100, (i) => `${i},${i % 10},${i % 3}x,${i}`),
    );
    await csv(
      'monitors/live.csv',
      'a,b,c,d',
      rows(100, (i) => `${i + 8},${(i % 10) + 1},${i % 2}x,${i % 4 ? i : ''}`),
    );
    await writeFile(
      join(folder, 'monitors/drift.mlops.yaml'),
      document(
        'reference: train.csv\ncurrent: live.csv\nshare: 0.75\ncorrection: bonferroni\ncolumns:\n' +
          '  a: {method: psi, threshold: 9}\n  b: {type: categorical}\n  c: {method: ks}\n  d: {maxMissing: 0.2}',
      ),
    );
    const { stdout, code } = await drift('--monitor', 'monitors/drift.mlops.yaml', '--json');
    const { columns, ...all } = driftReport.parse(JSON.parse(stdout));
    expect(only(columns, 'a')).toMatchObject({
      method: 'psi',
      threshold: 9,
      verdict: 'no-drift',
      adjustedPValue: null,
    });
    const b = only(columns, 'b');
    expect(b).toMatchObject({
      type: 'categorical',
      method: 'chisquare',
      pValue: 0,
      adjustedPValue: 0,
      verdict: 'drift',
    });
    expect(only(columns, 'c')).toMatchObject({
      verdict: 'could-not-check',
      reason: 'ks is not for categorical columns.',
    });
    const d = only(columns, 'd');
    expect(d).toMatchObject({ verdict: 'drift', reason: '25 % of the values are missing, of which 20 % may be.' });
    expect(d.adjustedPValue).toBe(Math.min(1, 2 * (d.pValue ?? 0)));
    expect(all).toMatchObject({ verdict: 'could-not-check', drifted: null, share: 2 / 3 });
    expect(code).toBe(2);
  });

  test('goes after what the command line says', async () => {
    const { columns, code } = await report(
      'monitors/train.csv',
      'monitors/train.csv',
      '--monitor',
      'monitors/drift.mlops.yaml',
      '--column',
      'a',
      '--method',
      'ks',
    );
    expect(columns).toMatchObject([{ column: 'a', method: 'ks', threshold: 0.05, verdict: 'no-drift' }]);
    expect(code).toBe(0);
  });

  test('that says nothing of drift, or is broken, is an error', async () => {
    await writeFile(join(folder, 'no-drift.yaml'), 'apiVersion: mlops/v1\nkind: Monitor\nmetadata: {name: x}\n');
    await writeFile(join(folder, 'broken.yaml'), document('reference: a.csv\ncurrent: b.csv\nshare: 7'));
    expect((await drift('--monitor', 'no-drift.yaml')).stderr).toMatch(/has no Monitor document with a drift section/);
    expect((await drift('--monitor', 'broken.yaml')).stderr).toMatch(
      /broken\.yaml: drift\.share: .+ mlops validate shows where\./,
    );
    expect((await drift('--monitor', 'nowhere.yaml')).code).toBe(2);
    // Aliases that would grow to a billion words.
    const bomb = Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`).join('\n');
    await writeFile(join(folder, 'bomb.yaml'), `kind: Monitor\na0: &a0 [lol]\n${bomb}\n`);
    expect(await drift('--monitor', 'bomb.yaml')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/bomb.yaml: .*alias.*mlops validate/s),
    });
  });
});

test('a value of another type far down changes what the column is taken for', async () => {
  const numbers = rows(60_000, (i) => String(i % 1000));
  const before = await csv('far.csv', 'x', numbers);
  const fraction = await report(before, await csv('far-fraction.csv', 'x', [...numbers, '0.5']));
  expect(fraction.columns).toMatchObject([{ type: 'numeric', method: 'wasserstein', verdict: 'no-drift' }]);
  const word = await report(before, await csv('far-word.csv', 'x', [...numbers, 'oops']));
  expect(word.columns).toMatchObject([
    { verdict: 'could-not-check', reason: expect.stringMatching(/^Its type changed from numeric/) },
  ]);
});

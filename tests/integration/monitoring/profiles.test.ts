import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DriftReport, driftReport } from '#schemas/domain/drift-report.ts';
import { runMlops } from '../cli/run-mlops.ts';

let folder: string;

/** Always the same numbers. */
function normals(count: number, seed: number, mean: number, spread: number): number[] {
  let state = seed;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return Array.from(
    { length: count },
    () => mean + spread * Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()),
  );
}

async function write(name: string, rows: number, { seed, shift = 0 }: { seed: number; shift?: number }): Promise<void> {
  const [age, score] = [normals(rows, seed, 40 + shift, 10), normals(rows, seed + 1, 0, 1)];
  const lines = age.map((value, row) => {
    const plan = row % 7 === 0 ? 'trial' : row % 3 === 0 ? 'pro' : 'free';
    return `${value},${score[row]},${row % 6},${shift > 0 && row % 4 === 0 ? 'gold' : plan},${row % 2 === 0}`;
  });
  await writeFile(join(folder, name), `age,score,visits,plan,active\n${lines.join('\n')}\n`);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profiles-'));
  await write('train.csv', 6_000, { seed: 7 });
  await write('same.csv', 3_000, { seed: 77 });
  await write('moved.csv', 3_000, { seed: 777, shift: 6 });
  const lines = (await readFile(join(folder, 'train.csv'), 'utf8')).trim().split('\n');
  const [head = '', ...rows] = lines;
  await writeFile(join(folder, 'monday.csv'), `${[head, ...rows.slice(0, 2_500)].join('\n')}\n`);
  await writeFile(join(folder, 'tuesday.csv'), `${[head, ...rows.slice(2_500)].join('\n')}\n`);
  await profile('train.json', 'train.csv');
}, 30_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const mlops = (...args: string[]) => runMlops(args, { cwd: folder });

async function profile(output: string, ...data: string[]) {
  const { stdout, stderr, code } = await mlops('profile', ...data, '-o', output, '--json');
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return JSON.parse(stdout);
}

async function drift(reference: string, current: string, ...args: string[]): Promise<DriftReport> {
  const { stdout, stderr } = await mlops(
    'drift',
    '--reference',
    reference,
    '--current',
    current,
    '--json',
    '--no-explain',
    ...args,
  );
  expect(stderr).toBe('');
  return driftReport.parse(JSON.parse(stdout));
}

const figures = ({ columns }: DriftReport) => new Map(columns.map((one) => [`${one.column} ${one.method}`, one]));

describe('a reference profile', () => {
  test('is small, and the same each time', async () => {
    const first = await readFile(join(folder, 'train.json'), 'utf8');
    expect(first.length).toBeLessThan(20_000);
    await profile('again.json', 'train.csv');
    expect(await readFile(join(folder, 'again.json'), 'utf8')).toBe(first);
  });

  test.each(['same.csv', 'moved.csv'])('gives the verdicts of the data: %s', async (current) => {
    const [exact, profiled] = [await drift('train.csv', current), await drift('train.json', current)];
    const verdicts = ({ columns }: DriftReport) =>
      columns.map(({ column, method, verdict }) => [column, method, verdict]);
    expect(verdicts(profiled)).toEqual(verdicts(exact));
    expect(profiled).toMatchObject({ verdict: exact.verdict, rows: exact.rows, share: exact.share });
  });

  test('gives figures within their bounds', async () => {
    const methods = ['ks', 'wasserstein', 'wasserstein_plain', 'psi', 'jensenshannon'].flatMap((method) => [
      '--method',
      method,
    ]);
    const exact = figures(await drift('train.csv', 'moved.csv', ...methods));
    const profiled = figures(await drift('train.json', 'moved.csv', ...methods));
    for (const [key, { statistic, errorBound, reason, method, column }] of profiled) {
      const truth = Number(exact.get(key)?.statistic);
      expect([key, reason, statistic]).toEqual([key, exact.get(key)?.reason ?? null, expect.any(Number)]);
      if (method === 'psi' || method === 'jensenshannon') {
        // Numbers with many values: other bins, about the same figure. All else: the same.
        const digits = column === 'age' || column === 'score' ? 1 : 12;
        expect([key, Number(statistic)]).toEqual([key, expect.closeTo(truth, digits)]);
      } else expect([key, Math.abs(Number(statistic) - truth) <= Number(errorBound) + 1e-12]).toEqual([key, true]);
    }
    expect(profiled.get('age ks')?.errorBound).toBeLessThan(0.02);
  });

  test('of parts, merged, is that of the whole', async () => {
    await profile('monday.json', 'monday.csv');
    expect(await profile('week.json', 'monday.json', 'tuesday.csv')).toMatchObject({
      rows: 6_000,
      columns: 5,
      leftOut: [],
    });
    const [merged, whole] = [await drift('week.json', 'moved.csv'), await drift('train.json', 'moved.csv')];
    const rounded = (report: DriftReport) =>
      report.columns.map(({ column, statistic, verdict }) => [
        column,
        Number(Number(statistic).toPrecision(6)),
        verdict,
      ]);
    expect(rounded(merged)).toEqual(rounded(whole));
  });

  test('says what it can’t tell, and never that nothing drifted', async () => {
    const { columns, verdict } = await drift('train.json', 'same.csv', '--method', 'anderson', '--column', 'age');
    expect(columns).toMatchObject([
      { verdict: 'could-not-check', reason: expect.stringContaining('anderson needs the values of the reference') },
    ]);
    expect(verdict).toBe('could-not-check');
    await writeFile(join(folder, 'gone.csv'), 'score\n1\n2\n');
    expect((await drift('train.json', 'gone.csv')).columns.find(({ column }) => column === 'age')).toMatchObject({
      verdict: 'could-not-check',
      reason: 'The current data lack this column.',
    });
    await writeFile(join(folder, 'text.csv'), `age\n${'old\nyoung\n'.repeat(50)}`);
    expect((await drift('train.json', 'text.csv', '--column', 'age')).columns).toMatchObject([
      { verdict: 'could-not-check', reason: expect.stringContaining('Its type changed from numeric') },
    ]);
  });

  test('that is damaged or of a newer version is an error', async () => {
    const text = await readFile(join(folder, 'train.json'), 'utf8');
    await writeFile(join(folder, 'cut.json'), text.slice(0, text.length / 2));
    await writeFile(join(folder, 'newer.json'), text.replace('/v1"', '/v2"'));
    await writeFile(join(folder, 'odd.json'), text.replace('"rows":6000', '"rows":-1'));
    for (const [file, said] of [
      ['cut.json', 'is a profile that can’t be read'],
      ['newer.json', 'was written by a newer version'],
      ['odd.json', '(rows: '],
    ]) {
      const { code, stderr } = await mlops('drift', '--reference', file ?? '', '--current', 'same.csv');
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(said ?? '') });
    }
  });

  test('is the reference of a monitor, whose types it can be written with', async () => {
    await writeFile(
      join(folder, 'm.mlops.yaml'),
      `apiVersion: mlops/v1
kind: Monitor
metadata: {name: m}
drift: {reference: typed.json, current: moved.csv, columns: {visits: {type: categorical}, plan: {}}}
`,
    );
    expect((await mlops('profile', 'train.csv', '-o', 'typed.json', '--monitor', 'm.mlops.yaml')).code).toBe(0);
    const { stdout, code } = await mlops('drift', '--monitor', 'm.mlops.yaml', '--json');
    expect(driftReport.parse(JSON.parse(stdout)).columns).toMatchObject([
      { column: 'visits', type: 'categorical', verdict: 'no-drift' },
      { column: 'plan', verdict: 'drift', reason: expect.stringContaining('“gold”') },
    ]);
    expect(code).toBe(1);
  });
});

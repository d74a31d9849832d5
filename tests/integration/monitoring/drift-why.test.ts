import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type DriftReport, type DriftSegment, driftReport } from '#schemas/domain/drift-report.ts';
import { evidentlyPython, runPython } from '../../testbeds/python.ts';
import { runMlops } from '../cli/run-mlops.ts';

let folder: string;
const ROWS = 20_000;

/** Independent columns; `score` is what a case moves in the current data. */
const table = (from: number, rows: number, score: string) => `
  SELECT age, plan, region, flag, x, ${score} AS score FROM (
    SELECT 18 + (hash(i, 1) % 60)::INTEGER AS age,
      ['free', 'pro', 'trial', 'team', 'it''s "odd"'][1 + (hash(i, 2) % 5)::INTEGER] AS plan,
      CASE WHEN hash(i, 3) % 5 = 0 THEN NULL ELSE ['EU', 'US', 'APAC'][1 + (hash(i, 3) % 3)::INTEGER] END AS region,
      hash(i, 4) % 3 = 0 AS flag, (hash(i, 5) % 10007)::DOUBLE AS x, (hash(i, 6) % 10007) / 10007.0::DOUBLE AS base
    FROM range(${from}, ${from + rows}) t(i))`;
const cases: Readonly<Record<string, string>> = {
  value: "base + CASE WHEN plan = 'trial' THEN 0.7 ELSE 0 END",
  odd: `base + CASE WHEN plan = 'it''s "odd"' THEN 0.7 ELSE 0 END`,
  range: 'base + CASE WHEN age >= 60 THEN 0.7 ELSE 0 END',
  both: "base + CASE WHEN plan = 'trial' AND region = 'EU' THEN 0.9 ELSE 0 END",
  missing: 'base + CASE WHEN region IS NULL THEN 0.7 ELSE 0 END',
  flag: "base + CASE WHEN flag AND region = 'US' THEN 0.9 ELSE 0 END",
  everywhere: 'base + 0.3',
  lost: "CASE WHEN plan <> 'trial' THEN base END",
  same: 'base',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlops-drift-'));
  await mkdir(join(folder, 'parts'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const write = (sql: string, name: string) =>
    connection.run(`COPY (${sql}) TO '${join(folder, name).replaceAll("'", "''")}'`);
  await write(table(0, ROWS, 'base'), 'reference.parquet');
  await write(table(0, ROWS, 'base'), 'reference.csv');
  await write(`SELECT * REPLACE ((plan = 'trial')::VARCHAR AS plan) FROM (${table(0, ROWS, 'base')})`, 'few.json');
  for (const [name, score] of Object.entries(cases)) await write(table(ROWS, ROWS, score), `${name}.parquet`);
  await write(table(ROWS, ROWS, cases.both ?? ''), 'both.csv');
  for (const part of [0, 1, 2]) await write(table(ROWS * (part + 1), ROWS, cases.both ?? ''), `parts/${part}.parquet`);
  await write(table(0, 450_000, 'base'), 'many-reference.parquet');
  await write(table(450_000, 450_000, cases.both ?? ''), 'many-current.csv');
  connection.closeSync();
  instance.closeSync();
});

afterAll(() => rm(folder, { recursive: true }));

const drift = (reference: string, current: string, ...args: readonly string[]) =>
  runMlops(['drift', '--reference', reference, '--current', current, ...args], { cwd: folder });

async function report(reference: string, current: string, ...args: readonly string[]): Promise<DriftReport> {
  const { stdout, stderr } = await drift(reference, current, ...args, '--json');
  expect(stderr).toBe('');
  return driftReport.parse(JSON.parse(stdout));
}

async function segmentOf(current: string, reference = 'reference.parquet'): Promise<DriftSegment> {
  const { segments = [] } = await report(reference, current);
  const [segment] = segments.filter(({ column }) => column === 'score');
  if (!segment) throw new Error('The score was not explained.');
  return segment;
}

describe('why data drifted', () => {
  test.each([
    ['value', "plan = 'trial'", 0.2],
    ['odd', `plan = 'it''s "odd"'`, 0.2],
    ['both', "plan = 'trial' and region = 'EU'", 0.2 * 0.8 * 0.3333],
    ['missing', 'region is null', 0.2],
    ['flag', "region = 'US' and flag = true", 0.8 * 0.3333 * 0.3333],
  ])('%s: %s', async (name, predicate, share) => {
    const segment = await segmentOf(`${name}.parquet`);
    expect(segment).toMatchObject({ column: 'score', predicate, reason: null });
    expect(segment.explained).toBeGreaterThan(0.9);
    expect(segment.rows?.current).toBeCloseTo(share, 1);
    expect(segment.rows?.reference).toBeCloseTo(share, 1);
  });

  test('is found in a range of numbers', async () => {
    const { conditions, explained } = await segmentOf('range.parquet');
    const [condition] = conditions;
    expect(conditions).toHaveLength(1);
    expect(condition).toMatchObject({ column: 'age', below: null });
    expect(Math.abs((condition && 'from' in condition ? (condition.from ?? 0) : 0) - 60)).toBeLessThanOrEqual(2);
    expect(explained).toBeGreaterThan(0.85);
  });

  test('is found where values went missing', async () => {
    expect(await segmentOf('lost.parquet')).toMatchObject({ predicate: "plan = 'trial'" });
  });

  test('is not made up where all rows moved', async () => {
    expect(await segmentOf('everywhere.parquet')).toEqual({
      column: 'score',
      predicate: null,
      conditions: [],
      explained: null,
      rows: null,
      reason: 'No segment of one or two columns explains half of the drift.',
    });
  });

  test('is the same in other formats, in several files and each time', async () => {
    const once = await segmentOf('both.parquet');
    expect(await segmentOf('both.csv', 'reference.csv')).toMatchObject({ predicate: once.predicate });
    const glob = await segmentOf('parts/*.parquet');
    expect(glob).toMatchObject({ predicate: once.predicate });
    expect(await segmentOf('parts/*.parquet')).toEqual(glob);
  });

  test('is looked for in a part of many rows, which is told', async () => {
    const first = await report('many-reference.parquet', 'many-current.csv');
    const { reference = 0, current = 0 } = first.sampledRows ?? {};
    for (const rows of [reference, current]) {
      expect(rows).toBeGreaterThan(140_000);
      expect(rows).toBeLessThan(160_000);
    }
    expect(first.segments).toMatchObject([{ column: 'score', predicate: "plan = 'trial' and region = 'EU'" }]);
    expect(await report('many-reference.parquet', 'many-current.csv')).toEqual(first);
  });

  test('is told in a line', async () => {
    const { stderr, stdout } = await drift('reference.parquet', 'both.parquet');
    expect(stderr).toMatch(
      /^score: most of it comes from plan = 'trial' and region = 'EU': \d+ % of the drift is in 5 % of the rows\.\n/,
    );
    expect(stdout).not.toContain('most of it');
    const many = await drift('many-reference.parquet', 'many-current.csv');
    expect(many.stderr).toMatch(/ Looked for in 1[45]\d,\d{3} rows and 1[45]\d,\d{3} rows of the two sides\.\n/);
  });

  test('is left out where nobody asks and where nothing drifted', async () => {
    expect(await report('reference.parquet', 'both.parquet', '--no-explain')).not.toHaveProperty('segments');
    expect(await report('reference.parquet', 'same.parquet')).not.toHaveProperty('segments');
    const document =
      'apiVersion: mlops/v1\nkind: Monitor\nmetadata: {name: why}\ndrift:\n  reference: reference.parquet\n' +
      '  current: both.parquet\n  explain: false\n';
    await writeFile(join(folder, 'quiet.mlops.yaml'), document);
    const { stdout } = await runMlops(['drift', '--monitor', 'quiet.mlops.yaml', '--json'], { cwd: folder });
    expect(JSON.parse(stdout)).not.toHaveProperty('segments');
    await writeFile(join(folder, 'loud.mlops.yaml'), document.replace('explain: false', 'columns: [score]'));
    const loud = await runMlops(['drift', '--monitor', 'loud.mlops.yaml', '--json'], { cwd: folder });
    // Conditions may be about columns that are not compared.
    expect(JSON.parse(loud.stdout).segments).toMatchObject([{ predicate: "plan = 'trial' and region = 'EU'" }]);
  });

  test('is not looked for in a few rows', async () => {
    const lines = (shift: number) => ['x', ...Array.from({ length: 300 }, (_, i) => `${(i % 50) + shift}`), ''];
    await writeFile(join(folder, 'few-before.csv'), lines(0).join('\n'));
    await writeFile(join(folder, 'few-now.csv'), lines(30).join('\n'));
    const { segments } = await report('few-before.csv', 'few-now.csv');
    expect(segments).toMatchObject([
      { predicate: null, reason: 'Looking for a segment takes 500 rows on each side; there are 300.' },
    ]);
  });

  test('tells of all drifted columns together as well', async () => {
    const { segments } = await report('few.json', 'value.parquet', '--column', 'score', '--column', 'plan');
    expect(segments?.map(({ column }) => column)).toEqual([null, 'score', 'plan']);
  });
});

describe('the domain classifier', () => {
  test('has scikit-learn’s AUC within 0.02, and sees what columns do together', async () => {
    const script = join(import.meta.dirname, '..', '..', 'testbeds', 'python', 'drift-domains.py');
    const answers = z
      .record(z.string(), z.number())
      .parse(JSON.parse(await runPython(evidentlyPython(), [script, folder])));
    expect(Object.keys(answers)).toHaveLength(4);
    for (const [pair, auc] of Object.entries(answers)) {
      const { domainClassifier: ours, ...rest } = await report(
        `${pair}-reference.parquet`,
        `${pair}-current.parquet`,
        '--domain-classifier',
      );
      expect(Math.abs((ours?.auc ?? 0) - auc), `${pair}: ${ours?.auc} for ${auc}`).toBeLessThan(0.02);
      expect(ours, pair).toMatchObject({ threshold: 0.55, drifted: auc > 0.55, reason: null });
      expect(rest.verdict, pair).toBe(auc > 0.55 ? 'drift' : 'no-drift');
      // None of its columns moved by itself.
      if (pair === 'flipped') expect(rest.share).toBe(0);
    }
  });

  test('is made where it is asked for, and told in a line', async () => {
    expect(await report('same-reference.parquet', 'same-current.parquet')).not.toHaveProperty('domainClassifier');
    const calm = await drift('same-reference.parquet', 'same-current.parquet', '--domain-classifier');
    expect(calm.stderr).toMatch(
      /^All columns together: no model tells the two sides apart \(AUC 0\.\d+, drift above 0\.55\)\./,
    );
    expect(calm.code).toBe(0);
    const flipped = await drift('flipped-reference.parquet', 'flipped-current.parquet', '--domain-classifier');
    expect(flipped.stderr).toMatch(
      /a model tells the two sides apart \(AUC 0\.\d+, drift above 0\.55\), most by [xy] /,
    );
    expect(flipped.code).toBe(1);
  });

  test('has the threshold that a monitor names', async () => {
    const document = (threshold: string) =>
      'apiVersion: mlops/v1\nkind: Monitor\nmetadata: {name: joint}\ndrift:\n  reference: flipped-reference.parquet\n' +
      `  current: flipped-current.parquet\n  domainClassifier: ${threshold}\n`;
    for (const [said, threshold, code] of [
      ['true', 0.55, 1],
      ['{threshold: 0.95}', 0.95, 0],
    ] as const) {
      await writeFile(join(folder, 'joint.mlops.yaml'), document(said));
      const run = await runMlops(['drift', '--monitor', 'joint.mlops.yaml', '--json'], { cwd: folder });
      expect(driftReport.parse(JSON.parse(run.stdout)).domainClassifier).toMatchObject({ threshold });
      expect(run.code).toBe(code);
    }
  });

  test('that can’t be made is never “no drift”', async () => {
    const rows = (count: number) => ['x', ...Array.from({ length: count }, (_, i) => `${i % 40}`), ''].join('\n');
    await writeFile(join(folder, 'enough.csv'), rows(80));
    const { domainClassifier, verdict, drifted } = await report('enough.csv', 'enough.csv', '--domain-classifier');
    expect(domainClassifier).toEqual({
      auc: null,
      threshold: 0.55,
      drifted: null,
      verdict: 'no-data',
      reason: 'A classifier takes 100 rows on each side; there are 80.',
      columns: [],
    });
    expect([verdict, drifted]).toEqual(['no-data', null]);
  });
});

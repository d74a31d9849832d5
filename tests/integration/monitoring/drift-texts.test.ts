import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DriftColumn, driftReport } from '#schemas/domain/drift-report.ts';
import { runMlops } from '../cli/run-mlops.ts';

/** Texts of a reference: a number and two words out of a hundred, each of them often. */
const KNOWN = `SELECT concat('Order ', 10_000 + i, ': word', i % 100, ' WORD', (i * 7) % 100) AS note FROM range(2000) t(i)`;

let folder: string;
let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlops-texts-'));
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
  await parquet('known', KNOWN);
});

afterAll(async () => {
  connection.closeSync();
  instance.closeSync();
  await rm(folder, { recursive: true });
});

async function parquet(name: string, sql: string): Promise<void> {
  await connection.run(`COPY (${sql}) TO '${join(folder, name)}.parquet' (FORMAT parquet)`);
}

async function compare(current: string, sql: string, ...args: readonly string[]): Promise<DriftColumn | undefined> {
  await parquet(current, sql);
  const files = ['--reference', 'known.parquet', '--current', `${current}.parquet`];
  const { stdout, stderr } = await runMlops(['drift', ...files, ...args, '--json'], { cwd: folder });
  expect(stderr).toBe('');
  return driftReport.parse(JSON.parse(stdout)).columns[0];
}

describe('the words of texts', () => {
  test('the same ones are no drift, in whatever case; numbers that go on were to be expected', async () => {
    const found = await compare('same', `SELECT upper(note) AS note FROM (${KNOWN})`);
    expect(found).toMatchObject({
      type: 'text',
      verdict: 'no-drift',
      // “order”, 2,000 numbers, 100 words; the numbers are there once.
      words: { vocabulary: { reference: 2101, current: 2101 }, outOfVocabulary: 0, expected: 2000 / 8000 },
      reason: 'Texts are compared by their length and their words.',
    });
    const later = await compare('later', KNOWN.replace('10_000', '20_000'));
    expect(later).toMatchObject({ verdict: 'no-drift', words: { outOfVocabulary: 0.25, expected: 0.25 } });
  });

  test('other words of the same length are drift, and the most frequent ones are named', async () => {
    const drifted = await compare('others', KNOWN.replace('word', 'wörd').replace('WORD', 'ZÜGE'));
    expect(drifted).toMatchObject({
      drifted: true,
      verdict: 'drift',
      words: { outOfVocabulary: 0.5, expected: 0.25 },
      reason: expect.stringContaining('50 % of the words are new (such as “wörd0”, “wörd1”, “wörd10”); 25 % were'),
    });
    expect(drifted?.statistic).toBeLessThan(drifted?.threshold ?? 0);
  });

  test('texts without a word have no figures of words', async () => {
    const found = await compare('marks', `SELECT repeat('!', 10 + (i % 10)::INT) AS note FROM range(2000) t(i)`);
    expect(found).toMatchObject({ type: 'text', verdict: 'drift' });
    expect(found?.words).toBeUndefined();
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DriftDetails, driftDetails } from '#schemas/domain/drift-details.ts';
import { checkDrift as checkRequest, driftColumns } from '#schemas/protocol/drift.ts';
import type { TypedColumn } from '#server/monitoring/drift/drift-data.ts';
import { DriftChecks } from '#server/monitoring/drift-checks.ts';
import { checkDrift, describeColumns } from '#server/workspace.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlops-drift-details-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const odd = `
    CASE i % 4 WHEN 0 THEN 'Infinity'::DOUBLE WHEN 1 THEN 'NaN'::DOUBLE WHEN 2 THEN NULL ELSE i END AS odd,
    7 AS constant, NULL::DOUBLE AS empty, i % 3 = 0 AS flag, repeat('x', (i % 9)::INTEGER) || i AS words,
    TIMESTAMP '2026-01-01' + i * INTERVAL 1 HOUR AS seen, TIME '00:00:00' + i * INTERVAL 1 MINUTE AS clock,
    'c' || i AS many, 1e308 * (CASE WHEN i % 2 = 0 THEN 1 ELSE -1 END) AS huge, 'o''clock' AS "a ""quoted"" name"`;
  const copy = (rows: number, select: string, name: string) =>
    connection.run(`COPY (SELECT ${select} FROM range(${rows}) t(i)) TO '${join(folder, name)}' (FORMAT parquet)`);
  await copy(1_000, odd, 'reference.parquet');
  await copy(100_000, odd.replace('NULL::DOUBLE AS empty', '(i % 10)::DOUBLE AS empty'), 'current.parquet');
  await copy(1_000_001, "i AS x, TIMESTAMP '2026-01-01' + i * INTERVAL 1 SECOND AS seen", 'large.parquet');
  const wide = Array.from({ length: 300 }, (_, index) => `(i * ${index + 1}) % 101 AS column_${index}`).join(', ');
  await copy(200, wide, 'wide.parquet');
  connection.closeSync();
  instance.closeSync();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function detailsOf(
  columns: readonly TypedColumn[],
  parts: { timeColumn?: string | null; whole?: boolean } = {},
): Promise<readonly DriftDetails[]> {
  const side = (path: string) => ({ path, folder });
  const request = { columns, timeColumn: null, whole: false, ...parts };
  const files = { reference: side('reference.parquet'), current: side('current.parquet') };
  return driftDetails.array().parse(await describeColumns(files, request, {}));
}

const one = async (
  name: string,
  type: TypedColumn['type'],
  timeColumn: string | null = null,
): Promise<DriftDetails> => {
  const [details] = await detailsOf([{ name, type }], { timeColumn });
  if (!details) throw new Error('One column was asked for.');
  return details;
};
const sum = (counts: readonly number[] = []) => counts.reduce((all, each) => all + each, 0);

describe('what both samples look like', () => {
  it('leaves out what is missing, NaN or infinite', async () => {
    const { present, histogram, figures } = await one('odd', 'numeric');
    expect(present).toEqual({ reference: 250, current: 25_000 });
    expect([sum(histogram?.reference), sum(histogram?.current)]).toEqual([250, 25_000]);
    expect(figures.find(({ name }) => name === 'Maximum')).toEqual({
      name: 'Maximum',
      reference: 999,
      current: 99_999,
    });
  });

  it('has a bin for one value, and figures of one side where the other has none', async () => {
    const constant = await one('constant', 'numeric');
    expect(constant.histogram).toMatchObject({ edges: [6.5, 7.5], reference: [1_000], current: [100_000] });
    const empty = await one('empty', 'numeric');
    expect(empty.present).toEqual({ reference: 0, current: 100_000 });
    expect(empty.figures.find(({ name }) => name === 'Median')).toMatchObject({ reference: 'NaN', current: 4.5 });
    expect(sum(empty.histogram?.reference)).toBe(0);
  });

  it('has no picture of a range that no double holds, but figures', async () => {
    const { histogram, figures } = await one('huge', 'numeric');
    expect(histogram).toBeNull();
    expect(figures.find(({ name }) => name === 'Minimum')).toMatchObject({ reference: -1e308 });
  });

  it('names twenty of a hundred thousand categories', async () => {
    const { categories } = await one('many', 'categorical');
    expect(categories?.entries).toHaveLength(20);
    expect(categories?.rest).toMatchObject({ values: 99_980, current: 99_980 });
  });

  it('counts booleans, measures texts by their length, and takes names as they are', async () => {
    const flags = await one('flag', 'boolean');
    expect(flags.categories?.entries.map(({ name, reference }) => [name, reference])).toEqual([
      ['false', 666],
      ['true', 334],
    ]);
    expect((await one('words', 'text')).figures[0]).toMatchObject({ name: 'Minimum', reference: 1 });
    const quoted = await one('a "quoted" name', 'categorical');
    expect(quoted.categories?.entries).toEqual([{ name: "o'clock", reference: 1_000, current: 100_000 }]);
  });

  it('tells times in milliseconds, also over another time; a time of day is no moment', async () => {
    const seen = await one('seen', 'time');
    expect(seen.figures[0]).toMatchObject({ name: 'Minimum', reference: Date.UTC(2026, 0, 1) });
    expect(seen.figures.some(({ name }) => name === 'Standard deviation')).toBe(false);
    expect(seen.histogram?.edges[0]).toBeGreaterThanOrEqual(Date.UTC(2025, 11, 31));
    const { overTime, timeColumns } = await one('constant', 'numeric', 'seen');
    expect(timeColumns).toEqual(['seen']);
    const [reference, current] = overTime?.courses ?? [];
    expect(new Set([...(reference?.y ?? []), ...(current?.y ?? [])])).toEqual(new Set([7]));
    expect(current?.x).toHaveLength(100);
  });
});

describe('more than a million values', () => {
  it('have quantiles that are estimates, and say so', async () => {
    const large = { path: 'large.parquet', folder };
    const [found] = await describeColumns(
      { reference: large, current: large },
      { columns: [{ name: 'x', type: 'numeric' }], timeColumn: 'seen', whole: false },
      {},
    );
    expect(found?.estimated).toBe(true);
    expect(Number(found?.figures.find(({ name }) => name === 'Median')?.current) / 500_000).toBeCloseTo(1, 2);
    expect(Number(found?.overTime?.courses[0]?.y[0]) / 5_000).toBeCloseTo(1, 1);
    expect(sum(found?.histogram?.reference)).toBe(1_000_001);
  });
});

describe('hundreds of columns', () => {
  // More than are counted at once.
  it('come in parts that each stay under a megabyte', async () => {
    const checks = new DriftChecks({
      tasks: async () => ({ checkDrift, describeColumns }),
      now: () => 0,
      history: async () => [],
    });
    const target = { kind: 'files', reference: 'wide.parquet', current: 'wide.parquet' } as const;
    const options = { signal: new AbortController().signal };
    const summary = checkRequest.result.parse(await checks.check({ folder, check: '1', target }, options));
    expect(summary).toMatchObject({ columns: 300, verdict: 'no-drift' });
    const part = driftColumns.result.parse({ columns: await checks.columns('1', { start: 50, count: 250 }) });
    expect(part.columns.at(-1)?.column).toBe('column_299');
    expect(JSON.stringify(part).length).toBeLessThan(500_000);
  });
});

import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { fieldSummaries } from '#server/experiments/backends/mlflow-sqlite/columns.ts';

const runs = 300;
const late = 290;

/** A store's tables with `runs` runs; `values` makes what each has. */
function database(values: {
  params?: (run: number) => Readonly<Record<string, string | null>>;
  metrics?: (run: number) => Readonly<Record<string, number>>;
}) {
  const database = new DatabaseSync(':memory:');
  onTestFinished(() => database.close());
  database.exec(`CREATE TABLE runs (run_uuid TEXT PRIMARY KEY);
    CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT, PRIMARY KEY (key, run_uuid));
    CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT, PRIMARY KEY (key, run_uuid));
    CREATE TABLE latest_metrics (key TEXT, value FLOAT, is_nan BOOLEAN, run_uuid TEXT, PRIMARY KEY (key, run_uuid));`);
  const insert = (table: string, ...row: (string | number | null)[]) =>
    database.prepare(`INSERT INTO ${table} VALUES (${row.map(() => '?').join(', ')})`).run(...row);
  database.exec('BEGIN');
  for (let run = 0; run < runs; run++) {
    const id = `run-${run}`;
    insert('runs', id);
    for (const [key, value] of Object.entries(values.params?.(run) ?? {})) insert('params', key, value, id);
    for (const [key, value] of Object.entries(values.metrics?.(run) ?? {})) {
      insert('latest_metrics', key, Number.isNaN(value) ? 0 : value, Number.isNaN(value) ? 1 : 0, id);
    }
  }
  database.exec('COMMIT');
  return {
    schema: { has: () => true },
    rows(sql: string, ...parameters: string[]) {
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      return statement.all(...parameters).map((row) => Object.values(row));
    },
  };
}

const ids = (start: number, end: number) => Array.from({ length: end - start }, (_, index) => `run-${start + index}`);

test('finds what the first runs do not tell', () => {
  const made = database({
    params: (run) => ({
      same: 'a',
      'late word': run === late ? 'word' : '1e-05',
      'late text': run === late ? 'b' : 'a',
      number: String(run / 7),
      none: null,
      ...(run === late ? { rare: '1' } : {}),
    }),
    metrics: (run) => ({
      same: 1,
      'late value': run === late ? 2 : 1,
      'late NaN': run === late ? Number.NaN : 0,
      'all NaN': Number.NaN,
    }),
  });
  const of = (key: string) => ({ key, runs, varies: false, numeric: true });
  const found = fieldSummaries(made, ids(0, runs)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  expect(found.filter(({ kind }) => kind === 'param')).toMatchObject([
    { ...of('late text'), varies: true, numeric: false },
    { ...of('late word'), varies: true, numeric: false },
    { ...of('none'), numeric: false },
    { ...of('number'), varies: true },
    { ...of('rare'), runs: 1 },
    { ...of('same'), numeric: false },
  ]);
  expect(found.filter(({ kind }) => kind === 'metric')).toMatchObject([
    of('all NaN'),
    { ...of('late NaN'), varies: true },
    { ...of('late value'), varies: true },
    of('same'),
  ]);
});

test('tells of the runs asked for alone, few or many', () => {
  const made = database({ params: (run) => ({ key: run === 0 ? 'word' : '1', [`only ${run}`]: '1' }) });
  const told = (start: number, end: number) => fieldSummaries(made, ids(start, end)).find(({ key }) => key === 'key');
  expect(told(1, 6)).toEqual({ kind: 'param', key: 'key', runs: 5, varies: false, numeric: true });
  expect(told(1, runs)).toEqual({ kind: 'param', key: 'key', runs: runs - 1, varies: false, numeric: true });
  expect(told(0, runs)).toEqual({ kind: 'param', key: 'key', runs, varies: true, numeric: false });
  expect(fieldSummaries(made, ids(1, runs))).toHaveLength(runs);
});

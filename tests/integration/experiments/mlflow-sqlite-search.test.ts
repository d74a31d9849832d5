import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMlflowSqliteStore } from '#server/experiments/backends/mlflow-sqlite/store.ts';
import { compareRuns, runMatcher } from '#server/experiments/search/evaluate.ts';
import { comparatorsOf, isNumeric } from '#server/experiments/search/grammar.ts';
import type { Comparator, Condition, OrderBy } from '#server/experiments/search/query.ts';
import type { DatasetRecord, RunRecord, TrackingStore } from '#server/experiments/tracking-store.ts';
import { FailureError } from '#server/platform/failure.ts';
import { mlflowStores } from '../../testbeds/mlflow-stores.ts';

/** Small pools, so that conditions often hold and ties are common. */
const TEXTS = ['', 'a', 'A', 'ab', 'a%b', 'a_b', 'aXb', "it's", 'two\nlines', 'ä', 'z', '\uffee', '😀'];
const NUMBERS = [-1, 0, 0.5, 1, 1.7976931348623157e308, Number.NaN];
const KEYS = ['k', 'a/b', 'absent'];
const TIMES = [null, 1, 2, 3];

const text = fc.constantFrom(...TEXTS);
const texts = fc.dictionary(fc.constantFrom('k', 'a/b'), text);
const someRun = fc.record({
  status: fc.constantFrom('RUNNING', 'FINISHED', 'FAILED'),
  startTime: fc.constantFrom(...TIMES),
  endTime: fc.constantFrom(...TIMES),
  userId: fc.option(text),
  params: texts,
  tags: texts,
  name: text,
  metrics: fc.dictionary(fc.constantFrom('k', 'a/b'), fc.constantFrom(...NUMBERS)),
  datasets: fc.uniqueArray(fc.record({ name: text, context: fc.option(text) }), {
    maxLength: 2,
    selector: (d) => d.name,
  }),
});
type SomeRun = typeof someRun extends fc.Arbitrary<infer T> ? T : never;

const key = fc.constantFrom(...KEYS);
const attribute = fc.constantFrom('run_id', 'run_name', 'status', 'user_id', 'start_time', 'end_time');
const field = fc.oneof(
  fc.record({ entity: fc.constantFrom('metric' as const, 'param' as const, 'tag' as const), key }),
  fc.record({ entity: fc.constant('attribute' as const), key: attribute }),
);
const conditionField = fc.oneof(
  { weight: 3, arbitrary: field },
  {
    weight: 1,
    arbitrary: fc.record({
      entity: fc.constant('dataset' as const),
      key: fc.constantFrom('name', 'digest', 'context'),
    }),
  },
);

function value(
  of: { entity: Condition['entity']; key: string },
  comparator: Comparator,
): fc.Arbitrary<Condition['value']> {
  if (comparator === 'IS NULL' || comparator === 'IS NOT NULL') return fc.constant(null);
  if (isNumeric(of.entity, of.key)) return fc.constantFrom(-1, 0, 0.5, 1, 2, 3, 1e308);
  const wanted = of.key === 'run_id' ? fc.constantFrom(idOf(0), idOf(1), 'other') : text;
  if (comparator === 'IN' || comparator === 'NOT IN') return fc.array(wanted, { minLength: 1, maxLength: 3 });
  if (comparator === '=' || comparator === '!=') return wanted;
  const piece = fc.constantFrom('%', '_', 'a', 'b', 'A', '%%', '😀', '\n');
  return fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
}

const condition: fc.Arbitrary<Condition> = conditionField.chain((of) =>
  fc
    .constantFrom(...comparatorsOf(of.entity, of.key))
    .chain((comparator) => value(of, comparator).map((wanted) => ({ ...of, comparator, value: wanted }))),
);
const orderBy: fc.Arbitrary<OrderBy[]> = fc.uniqueArray(
  fc.tuple(field, fc.boolean()).map(([of, descending]) => ({ ...of, descending })),
  { maxLength: 3, selector: (order) => `${order.entity}.${order.key}` },
);

const idOf = (index: number): string => String((index * 7) % 16).padStart(32, '0');

let folder: string;
let path: string;
let store: TrackingStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlops-test-'));
  path = join(folder, 'mlflow.db');
  await copyFile((await mlflowStores()).sqlite, path);
  const artifacts = (): never => {
    throw new FailureError('unsupported', 'This test reads no artifacts.');
  };
  store = createMlflowSqliteStore({ path, artifacts, inProcess: true });
});

afterAll(async () => {
  await store.cleanup();
  await rm(folder, { recursive: true, force: true });
});

/** Puts these runs in the place of all others, in MLflow's own tables. */
function fill(runs: readonly SomeRun[]): void {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  const tables = ['runs', 'params', 'tags', 'metrics', 'latest_metrics', 'inputs', 'input_tags', 'datasets'];
  database.exec(`PRAGMA synchronous = OFF; BEGIN; ${tables.map((table) => `DELETE FROM ${table};`).join('')}`);
  const insert = (table: string, row: Record<string, string | number | null>): void => {
    const columns = Object.keys(row);
    const places = columns.map(() => '?').join(', ');
    database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`).run(...Object.values(row));
  };
  for (const [index, run] of runs.entries()) {
    const id = idOf(index);
    insert('runs', {
      run_uuid: id,
      name: run.name,
      status: run.status,
      start_time: run.startTime,
      end_time: run.endTime,
      user_id: run.userId,
      lifecycle_stage: 'active',
      experiment_id: 1,
    });
    const tags = { ...run.tags, 'mlflow.runName': run.name };
    for (const [name, content] of Object.entries(run.params))
      insert('params', { run_uuid: id, key: name, value: content });
    for (const [name, content] of Object.entries(tags)) insert('tags', { run_uuid: id, key: name, value: content });
    for (const [name, number] of Object.entries(run.metrics)) {
      const isNan = Number.isNaN(number);
      const value = isNan ? 0 : number;
      insert('latest_metrics', { run_uuid: id, key: name, value, is_nan: Number(isNan), timestamp: 1, step: 0 });
    }
    for (const { name, context } of run.datasets) {
      const dataset = `${index}-${name}`;
      insert('datasets', {
        dataset_uuid: dataset,
        experiment_id: index,
        name,
        digest: name,
        dataset_source_type: 'local',
        dataset_source: '',
      });
      insert('inputs', {
        input_uuid: dataset,
        source_type: 'DATASET',
        source_id: dataset,
        destination_type: 'RUN',
        destination_id: id,
      });
      if (context !== null) insert('input_tags', { input_uuid: dataset, name: 'mlflow.data.context', value: context });
    }
  }
  database.exec('COMMIT');
  database.close();
}

function asRecord(run: SomeRun, index: number): { record: RunRecord; datasets: DatasetRecord[] } {
  const metrics = Object.entries(run.metrics).map(
    ([name, number]): [string, { value: number; step: number; timestamp: number }] => [
      name,
      { value: number, step: 0, timestamp: 1 },
    ],
  );
  const record: RunRecord = {
    id: idOf(index),
    name: run.name,
    experimentId: '1',
    status: run.status === 'RUNNING' ? 'RUNNING' : run.status === 'FAILED' ? 'FAILED' : 'FINISHED',
    startTime: run.startTime,
    endTime: run.endTime,
    lifecycleStage: 'active',
    userId: run.userId,
    artifactUri: null,
    params: new Map(Object.entries(run.params)),
    tags: new Map(Object.entries(run.tags)),
    metrics: new Map(metrics),
  };
  const datasets = run.datasets.map(({ name, context }) => ({
    name,
    context,
    digest: name,
    sourceType: 'local',
    source: '',
    schema: null,
    profile: null,
  }));
  return { record, datasets };
}

it('SQL finds and orders the same runs as the evaluation in memory', async () => {
  const searches = fc.array(fc.record({ conditions: fc.array(condition, { maxLength: 2 }), orderBy }), {
    minLength: 8,
    maxLength: 8,
  });
  let found = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(someRun, { minLength: 4, maxLength: 12 }), searches, async (runs, asked) => {
      fill(runs);
      const records = runs.map(asRecord);
      for (const { conditions, orderBy: order } of asked) {
        const matches = runMatcher(conditions);
        const expected = records
          .filter(({ record, datasets }) => matches(record, datasets))
          .map(({ record }) => record)
          .sort(compareRuns(order))
          .map(({ id }) => id);
        const search = { experimentIds: [], view: 'active' as const, conditions, orderBy: order };
        const page = await store.searchRuns(search, { limit: 100, page: null });
        expect(page.runs.map(({ id }) => id)).toEqual(expected);
        found += expected.length;
      }
    }),
    { numRuns: 60 },
  );
  expect(found).toBeGreaterThan(500);
});

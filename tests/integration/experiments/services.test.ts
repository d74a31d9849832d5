import { cp, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  compareRuns,
  downloadArtifact,
  experimentsChanged,
  exportTable,
  getRun,
  listArtifacts,
  listExperiments,
  listTreeRuns,
  markRuns,
  metricCurves,
  metricHistory,
  previewArtifact,
  tableColumns,
  tableWindow,
  trackerLink,
  watchExperiments,
} from '#schemas/protocol/experiments.ts';
import { type MlflowAnswers, mlflowStores } from '../../testbeds/mlflow-stores.ts';
import { type BackendClient, startBackend } from './backend-client.ts';

let folder: string;
let backend: BackendClient;
let answers: MlflowAnswers;

beforeAll(async () => {
  const stores = await mlflowStores();
  answers = stores.sqliteAnswers;
  folder = await mkdtemp(join(tmpdir(), 'mlops-services-'));
  await cp(dirname(stores.sqlite), folder, { recursive: true });
  await writeFile(
    join(folder, 'mlops.yaml'),
    [
      'apiVersion: mlops/v1',
      'kind: Workspace',
      'metadata: {name: test}',
      'tracking:',
      '  - {name: local, backend: mlflow, uri: sqlite:///mlflow.db}',
      `  - {name: files, backend: mlflow, uri: ${stores.files}}`,
      '',
    ].join('\n'),
  );
  backend = startBackend(folder);
});

afterAll(async () => {
  await backend?.dispose();
  await rm(folder, { recursive: true, force: true });
});

const made = (name: string) => answers.made.runs[name] ?? answers.made.experiments[name] ?? '';
const ref = (name: string, tracker = 'local') => ({ tracker, runId: made(name) });

describe('the backend’s experiments', () => {
  it('lists them, their tree and its children', async () => {
    const { experiments } = await backend.ask(listExperiments, { tracker: 'local' });
    expect(experiments.map(({ name }) => name)).toContain('plain');
    const query = { tracker: 'local', experimentId: made('unicode'), metric: 'acc' };
    const top = await backend.ask(listTreeRuns, query);
    expect(top.runs.map(({ name }) => name)).toEqual(['parent', 'grand 🚀 run']);
    expect(top.runs[0]).toMatchObject({ hasChildren: true, metric: { key: 'acc', last: 0.9, best: 0.9 } });
    const children = await backend.ask(listTreeRuns, { ...query, parent: made('parent') });
    expect(children.runs.map(({ name }) => name)).toEqual(['child 2', 'child 1', 'child 0']);
  });

  it('shows a run’s page', async () => {
    const details = await backend.ask(getRun, { run: ref('parent') });
    expect(details.run).toMatchObject({ name: 'parent', experiment: 'ünï 実験 🎉 / spaces' });
    expect(details.datasets.map(({ name }) => name).toSorted()).toEqual(['iris', 'iris-test', 'raw ü']);
    expect(details.loggedModels.map(({ name }) => name).toSorted()).toEqual(['forest', 'pending']);
    expect(details.warnings).toEqual([]);
    const big = await backend.ask(getRun, { run: ref('big') });
    expect(big.metrics.find(({ key }) => key === 'curve')).toMatchObject({ count: 1000 });
    expect(big.metrics.find(({ key }) => key === 'all nan')).toMatchObject({ min: null, max: null, count: 3 });
    expect(await backend.ask(trackerLink, { tracker: 'local', experimentId: '1' })).toEqual({ url: null });
  });

  it('fails with a reason for what is not there', async () => {
    const missing = { tracker: 'local', runId: '0'.repeat(32) };
    await expect(backend.ask(getRun, { run: missing })).rejects.toMatchObject({ reason: 'not-found' });
    await expect(backend.ask(listExperiments, { tracker: 'nowhere' })).rejects.toMatchObject({ reason: 'not-found' });
    const bad = { tracker: 'local', columns: [], start: 0, count: 1, filter: 'metrics.' };
    await expect(backend.ask(tableWindow, bad)).rejects.toMatchObject({ reason: 'input' });
  });

  it('shows a table with the columns that there are, and writes it as CSV', async () => {
    const query = { tracker: 'local', experimentIds: [made('plain')] };
    const { columns, total } = await backend.ask(tableColumns, query);
    const expected = answers.runs.filter(
      (run) => run.experimentId === made('plain') && run.lifecycleStage === 'active',
    );
    expect(total).toBe(expected.length);
    expect(columns.find(({ id }) => id === 'metric.loss')).toMatchObject({ runs: expected.length, varies: true });
    const sorted = { ...query, columns: ['metric.acc'], sort: [{ column: 'metric.acc', descending: true }] };
    const window = await backend.ask(tableWindow, { ...sorted, start: 0, count: 500 });
    const values = window.rows.map(({ cells }) => cells[0]);
    const numbers = values.filter((value) => typeof value === 'number');
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
    expect(values.slice(numbers.length)).toEqual(values.slice(numbers.length).toSorted((a) => (a === 'NaN' ? -1 : 1)));
    const path = join(folder, 'runs.csv');
    expect(await backend.ask(exportTable, { ...sorted, path })).toEqual({ rows: total, path });
    expect((await readFile(path, 'utf8')).split('\r\n')).toHaveLength(total + 2);
  });

  it('compares runs of several trackers', async () => {
    const runs = [ref('plain0'), { tracker: 'files', runId: made('plain0') }, ref('plain1')];
    const { params, revision } = await backend.ask(compareRuns, { runs, onlyDifferent: true });
    expect(params.find(({ key }) => key === 'optimizer')?.values).toEqual(['adam', 'adam', 'sgd']);
    expect(revision).toBeGreaterThan(0);
  });

  it('draws curves, finer where one looks closer, and gives their points', async () => {
    const request = { runs: [ref('big'), ref('parent')], key: 'curve', maxPoints: 100 };
    const whole = await backend.ask(metricCurves, request);
    expect(whole.curves.map(({ total }) => total)).toEqual([1000, 0]);
    expect(whole.curves[0]?.x.length).toBeLessThanOrEqual(100);
    const part = await backend.ask(metricCurves, { ...request, from: 100, to: 149 });
    expect(part.curves[0]?.x).toEqual(Array.from({ length: 50 }, (_, index) => 100 + index));
    const wide = await backend.ask(metricCurves, { ...request, key: 'wide steps', from: '9007199254740993' });
    expect(wide.curves[0]?.x).toEqual(['9007199254740993', '4611686018427387907', '9223372036854775807']);
    const first = await backend.ask(metricHistory, { run: ref('big'), key: 'curve', limit: 999 });
    const last = await backend.ask(metricHistory, { run: ref('big'), key: 'curve', limit: 999, page: first.nextPage });
    expect([first.points.length, last.points.length, last.nextPage]).toEqual([999, 1, null]);
  });

  it('lists, shows and downloads artifacts', async () => {
    const run = ref('parent');
    const { entries } = await backend.ask(listArtifacts, { run });
    expect(entries.map(({ path }) => path)).toEqual(['plots', 'notes.txt']);
    const text = await backend.ask(previewArtifact, { run, path: 'notes.txt' });
    expect(text.preview).toMatchObject({ type: 'text', text: 'hello ünïcode\n' });
    const table = await backend.ask(previewArtifact, { run, path: 'plots/loss.csv' });
    expect(table.preview).toMatchObject({ type: 'table', columns: ['step', 'loss'] });
    const target = join(folder, 'downloaded');
    expect(await backend.ask(downloadArtifact, { run, path: '', target })).toMatchObject({ files: 2 });
    expect((await readdir(target, { recursive: true })).toSorted()).toEqual(['notes.txt', 'plots', 'plots/loss.csv']);
  });

  it('remembers stars and hidden runs beside the store, and tells of them', async () => {
    const told = backend.next(experimentsChanged);
    await backend.ask(markRuns, { runs: [ref('child0'), ref('child1')], starred: true });
    await backend.ask(markRuns, { runs: [ref('child1')], hidden: true });
    expect(await told).toMatchObject({ tracker: 'local', runIds: [made('child0'), made('child1')] });
    const window = await backend.ask(tableWindow, {
      tracker: 'local',
      columns: ['attribute.name'],
      starredOnly: true,
      start: 0,
      count: 10,
    });
    expect(window.rows.map(({ cells }) => cells[0])).toEqual(['child 0']);
    expect(window.revision).toBeGreaterThanOrEqual((await told).revision);
    expect(await readFile(join(folder, '.mlops', '.gitignore'), 'utf8')).toBe('*\n');
  });

  describe('while a run is running', () => {
    beforeEach(() => backend.ask(watchExperiments, { trackers: ['local'] }));

    it('tells within the refresh interval that something was logged, and shows it', async () => {
      const query = {
        tracker: 'local',
        columns: ['metric.loss'],
        start: 0,
        count: 1,
        filter: `run_id = '${made('plain8')}'`,
      };
      const before = await backend.ask(tableWindow, query);
      const told = backend.next(experimentsChanged);
      const database = new DatabaseSync(join(folder, 'mlflow.db'));
      database.prepare("UPDATE latest_metrics SET value = 42 WHERE run_uuid = ? AND key = 'loss'").run(made('plain8'));
      database.close();
      const now = new Date();
      await utimes(join(folder, 'mlflow.db'), now, now);
      const { revision } = await told;
      const after = await backend.ask(tableWindow, query);
      expect(after.rows[0]?.cells).toEqual([42]);
      expect(after.revision).toBeGreaterThanOrEqual(revision);
      expect(revision).toBeGreaterThan(before.revision);
    });
  });
});

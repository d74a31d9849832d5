import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMlflowSqliteStore } from '#server/experiments/backends/mlflow-sqlite/store.ts';
import { parseRunSearch } from '#server/experiments/search/parse.ts';
import type { RunPage, TrackingStore } from '#server/experiments/tracking-store.ts';
import { FailureError } from '#server/platform/failure.ts';
import { footprint } from '../../testbeds/footprint.ts';
import { mlflowStores } from '../../testbeds/mlflow-stores.ts';
import { sqliteProcess } from '../../testbeds/sqlite-process.ts';

const STORE = new URL('../../../server/src/experiments/backends/mlflow-sqlite/store.ts', import.meta.url).href;
const RUN = 'f00dfeedf00dfeedf00dfeedf00dfeed';
const EVERYTHING = parseRunSearch({ view: 'all' });

let folder: string;
let path: string;
let stores: TrackingStore[];
let stops: (() => Promise<void>)[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlops-test-'));
  path = join(folder, 'mlflow.db');
  await copyFile((await mlflowStores()).sqlite, path);
  stores = [];
  stops = [];
});

afterEach(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await Promise.all(stores.map((store) => store.cleanup()));
  await rm(folder, { recursive: true, force: true });
});

function open(options: { inProcess?: boolean; patienceMs?: number } = {}): TrackingStore {
  const artifacts = (): never => {
    throw new FailureError('unsupported', 'This test reads no artifacts.');
  };
  const store = createMlflowSqliteStore({ path, artifacts, inProcess: true, ...options });
  stores.push(store);
  return store;
}

async function otherProcess(script: string): Promise<() => Promise<void>> {
  const { stop } = await sqliteProcess(path, script);
  stops.push(stop);
  return stop;
}

function change(sql: string): void {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  database.exec(sql);
  database.close();
}

const addRun = (id: string): string =>
  `INSERT INTO runs (run_uuid, name, status, start_time, lifecycle_stage, experiment_id) VALUES ('${id}', 'new', 'RUNNING', 1, 'active', 1)`;

function searchAll(store: TrackingStore): Promise<RunPage> {
  return store.searchRuns(EVERYTHING, { limit: 1000, page: null });
}

async function callEverything(store: TrackingStore): Promise<void> {
  const { runs } = await searchAll(store);
  const ids = runs.map((run) => run.id);
  await store.initialize();
  await store.healthCheck();
  await store.listExperiments({ view: 'all' });
  await store.getRuns(ids);
  await store.metricExtent(ids, null);
  await store.changeToken();
  for (const id of ids.slice(0, 8)) {
    await store.metricHistory(id, 'curve');
    await store.datasets(id);
    await store.loggedModels(id);
  }
}

const copiesInTemp = async (): Promise<string[]> =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('mlops-store-'));

describe('nothing of a store changes by reading it', () => {
  it.each([true, false])('with a rollback journal, in process: %s', async (inProcess) => {
    const before = await footprint(folder);
    const store = open({ inProcess });
    await callEverything(store);
    expect(await footprint(folder)).toEqual(before);
    await store.cleanup();
    expect(await footprint(folder)).toEqual(before);
  });

  it('with a write-ahead log that another process holds, whose rows are read', async () => {
    await otherProcess(`db.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; ${addRun(RUN)}")`);
    const before = await footprint(folder);
    expect([...before.keys()].map((file) => file.replace(path, ''))).toEqual(['', '-shm', '-wal']);
    const store = open();
    expect((await store.getRun(RUN)).name).toBe('new');
    await callEverything(store);
    expect(await footprint(folder)).toEqual(before);
  });

  it('with a write-ahead log that a killed process left', async () => {
    const stop = await otherProcess(
      `db.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; ${addRun(RUN)}")`,
    );
    await stop();
    const before = await footprint(folder);
    expect((await open().getRun(RUN)).name).toBe('new');
    expect(await footprint(folder)).toEqual(before);
  });

  it('through a symbolic link, with a write-ahead log beside the file itself', async () => {
    await otherProcess(`db.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; ${addRun(RUN)}")`);
    const links = await mkdtemp(join(tmpdir(), 'mlops-test-'));
    try {
      await symlink(path, join(links, 'link.db'));
      path = join(links, 'link.db');
      expect((await open().getRun(RUN)).name).toBe('new');
      expect(await readdir(links)).toEqual(['link.db']);
    } finally {
      await rm(links, { recursive: true, force: true });
    }
  });

  it('in WAL mode without a log', async () => {
    change('PRAGMA journal_mode = WAL');
    const before = await footprint(folder);
    expect([...before.keys()]).toEqual([path]);
    await callEverything(open());
    expect(await footprint(folder)).toEqual(before);
  });

  it('with the hot journal of a killed writer, whose half transaction is not read', async () => {
    const stop = await otherProcess(
      `db.exec("PRAGMA cache_size = 1; BEGIN; ${addRun(RUN)}; UPDATE params SET value = 'half'; UPDATE tags SET value = 'half'")`,
    );
    await stop();
    const before = await footprint(folder);
    expect([...before.keys()]).toEqual([path, `${path}-journal`]);
    const store = open();
    await callEverything(store);
    const { runs } = await searchAll(store);
    expect(runs.some((run) => run.id === RUN)).toBe(false);
    expect(runs.flatMap((run) => [...run.params.values(), ...run.tags.values()])).not.toContain('half');
    expect(await footprint(folder)).toEqual(before);
  });

  it('reads beside a writer in the middle of a transaction', async () => {
    await otherProcess(`db.exec("BEGIN IMMEDIATE; ${addRun(RUN)}")`);
    const before = await footprint(folder);
    const { runs } = await searchAll(open());
    expect(runs.length).toBeGreaterThan(40);
    expect(await footprint(folder)).toEqual(before);
  });

  it('removes its private copies', async () => {
    const before = await copiesInTemp();
    change('PRAGMA journal_mode = WAL');
    const store = open();
    await searchAll(store);
    const ours = (await copiesInTemp()).filter((name) => !before.includes(name));
    expect(ours).toHaveLength(1);
    await store.cleanup();
    expect((await copiesInTemp()).filter((name) => ours.includes(name))).toEqual([]);
  });
});

it('removes the copies that a killed process left', async () => {
  const program = `
    import { createMlflowSqliteStore } from ${JSON.stringify(STORE)};
    const store = createMlflowSqliteStore({ path: ${JSON.stringify(path)}, artifacts: () => null, inProcess: true });
    await store.initialize();
    process.kill(process.pid, 'SIGKILL');`;
  change('PRAGMA journal_mode = WAL');
  const before = await copiesInTemp();
  const reader = (script: string): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname });
  expect(reader(program).signal).toBe('SIGKILL');
  expect((await copiesInTemp()).length).toBe(before.length + 1);
  expect(reader(program.replace('process.kill', 'await store.cleanup(); (() => {})')).status).toBe(0);
  expect((await copiesInTemp()).length).toBeLessThanOrEqual(before.length);
});

describe('what others write is seen', () => {
  it.each(['DELETE', 'WAL'])('in journal mode %s, and the change token tells', async (mode) => {
    change(`PRAGMA journal_mode = ${mode}`);
    const store = open();
    await expect(store.getRun(RUN)).rejects.toMatchObject({ reason: 'not-found' });
    const token = await store.changeToken();
    change(addRun(RUN));
    expect(await store.changeToken()).not.toBe(token);
    // A private copy is kept for a few times as long as it took to make.
    await expect.poll(async () => (await store.getRun(RUN).catch(() => null))?.name).toBe('new');
  });

  it('when the file is replaced by another', async () => {
    const store = open();
    await searchAll(store);
    const other = join(folder, 'other.db');
    await copyFile(path, other);
    await rename(other, path);
    change('DELETE FROM runs');
    expect((await searchAll(store)).runs).toEqual([]);
  });

  it('is looked at for changes between reads only: closing the file would drop the lock of a read', async () => {
    const store = open({ inProcess: false });
    const order: string[] = [];
    await Promise.all([
      searchAll(store).then(() => order.push('read')),
      store.changeToken().then(() => order.push('token')),
      searchAll(store).then(() => order.push('read')),
    ]);
    expect(order).toEqual(['read', 'token', 'read']);
  });

  it('works again after a cleanup', async () => {
    const store = open({ inProcess: false });
    await store.initialize();
    await store.cleanup();
    await store.cleanup();
    expect((await searchAll(store)).runs.length).toBeGreaterThan(40);
  });
});

describe.skipIf(process.platform === 'win32')('what only looks like a file', () => {
  it.each([
    ['a pipe, which nobody writes to', () => spawnSync('mkfifo', [path]), 'corrupt', /is no ordinary file/],
    ['a link to itself', () => symlink(path, path), 'not-found', /There is no file/],
  ])('is refused at once: %s', async (_, make, reason, message) => {
    await rm(path);
    await make();
    const search = searchAll(open());
    await expect(search).rejects.toMatchObject({ reason, message: expect.stringMatching(message) });
  });
});

describe('a locked store', () => {
  it('is waited for, within bounds', async () => {
    const stop = await otherProcess('db.exec("BEGIN EXCLUSIVE")');
    const impatient = open({ patienceMs: 100 });
    await expect(searchAll(impatient)).rejects.toMatchObject({
      reason: 'busy',
      message: expect.stringMatching(/locked/),
    });
    expect(await impatient.healthCheck()).toMatchObject({ healthy: false, detail: expect.stringMatching(/locked/) });
    const patient = searchAll(open({ patienceMs: 20_000 }));
    await stop();
    expect((await patient).runs.length).toBeGreaterThan(40);
  });

  it('stops waiting when the caller does', async () => {
    await otherProcess('db.exec("BEGIN EXCLUSIVE")');
    const signal = AbortSignal.timeout(50);
    const search = open({ patienceMs: 60_000 }).searchRuns(EVERYTHING, { limit: 1, page: null, signal });
    await expect(search).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('a file that is no store', () => {
  const failure = async (options = {}): Promise<FailureError> => {
    const error: unknown = await open(options)
      .initialize()
      .then(
        () => null,
        (reason: unknown) => reason,
      );
    if (!(error instanceof FailureError)) throw new Error(`Expected a failure, got ${String(error)}`);
    return error;
  };

  it('is named when it is missing', async () => {
    await rm(path);
    expect(await failure()).toMatchObject({ reason: 'not-found', message: `There is no file ${path}.` });
    expect(await readdir(folder)).toEqual([]);
    expect(await failure({ inProcess: false })).toMatchObject({ reason: 'not-found' });
    expect(await open().healthCheck()).toMatchObject({ healthy: false, detail: expect.stringContaining(path) });
    await expect(open().changeToken()).rejects.toMatchObject({ reason: 'not-found' });
  });

  it.each([
    ['is empty', ''],
    ['is not a SQLite database', 'accuracy,loss\n0.9,0.1\n'.repeat(100)],
  ])('says that it %s', async (what, content) => {
    await writeFile(path, content);
    const { reason, message } = await failure();
    expect([reason, message]).toEqual(['corrupt', expect.stringContaining(what)]);
  });

  it('says that it is a folder', async () => {
    await rm(path);
    await mkdir(path);
    expect(await failure()).toMatchObject({ reason: 'corrupt', message: expect.stringContaining('folder') });
  });

  it('says that it is not MLflow’s', async () => {
    await rm(path);
    change('CREATE TABLE notes (text)');
    expect(await failure()).toMatchObject({
      reason: 'corrupt',
      message: expect.stringContaining('not an MLflow store'),
    });
  });

  it('says what it lacks', async () => {
    change('ALTER TABLE params RENAME COLUMN value TO content');
    expect(await failure()).toMatchObject({ reason: 'corrupt', message: expect.stringContaining('params.value') });
  });

  it.each([100, 5_000, 300_000])('says that it is damaged when cut to %i bytes', async (bytes) => {
    await truncate(path, bytes);
    expect(await failure()).toMatchObject({
      reason: 'corrupt',
      message: expect.stringMatching(/damaged|half written/),
    });
  });

  it.skipIf(process.getuid?.() === 0)('says that reading is forbidden', async () => {
    await chmod(path, 0o000);
    expect(await failure()).toMatchObject({ reason: 'permission' });
  });
});

describe('stores of other MLflow versions', () => {
  it('reads a newer one, with a word in the health', async () => {
    change(`UPDATE alembic_version SET version_num = 'ffffffffffff'; ALTER TABLE runs ADD COLUMN mood TEXT`);
    const store = open();
    expect((await searchAll(store)).runs.length).toBeGreaterThan(40);
    const health = await store.healthCheck();
    expect(health).toMatchObject({ healthy: true, detail: expect.stringMatching(/ffffffffffff.*newer/) });
  });

  it('reads one from before NaN marks, steps, datasets, logged models, indices and creation times', async () => {
    change(`
      CREATE TABLE old_latest AS SELECT key, value, timestamp, run_uuid FROM latest_metrics;
      CREATE TABLE old_metrics AS SELECT key, value, timestamp, run_uuid FROM metrics;
      DROP TABLE latest_metrics; DROP TABLE metrics; DROP TABLE datasets; DROP TABLE input_tags; DROP TABLE logged_models;
      DROP TABLE alembic_version; DROP INDEX idx_experiments_workspace_creation_time;
      ALTER TABLE experiments DROP COLUMN creation_time;
      UPDATE runs SET name = '';
      ALTER TABLE old_latest RENAME TO latest_metrics; ALTER TABLE old_metrics RENAME TO metrics;`);
    const store = open();
    await callEverything(store);
    const filter = "metrics.loss < 0.5 AND datasets.name != 'x'";
    const search = parseRunSearch({ filter, orderBy: ['metrics.acc DESC'] });
    expect((await store.searchRuns(search, { limit: 5, page: null })).runs).toEqual([]);
    const named = parseRunSearch({ filter: "run_name = 'parent' AND metrics.acc > 0" });
    const { runs } = await store.searchRuns(named, { limit: 5, page: null });
    expect(runs.map((run) => run.name)).toEqual(['parent']);
    expect((await store.healthCheck()).healthy).toBe(true);
  });
});

describe('values out of the ordinary', () => {
  it('cuts a param of 200 MB in lists and pages, and leaves it alone when it is not asked for', async () => {
    change(`UPDATE params SET value = printf('%.*c', 200000000, 'x') WHERE key = 'long'`);
    const store = open({ inProcess: false });
    const big = (await mlflowStores()).sqliteAnswers.made.runs.big ?? '';
    const search = parseRunSearch({ filter: `run_id = '${big}'` });
    const listed = (await store.searchRuns(search, { limit: 1, page: null })).runs[0]?.params.get('long');
    expect(listed).toBe(`${'x'.repeat(10_000)}… (cut: the whole text has 200,000,000 bytes)`);
    const whole = (await store.getRun(big)).params.get('long');
    expect(whole?.length).toBeGreaterThan(1_000_000);
    expect(whole?.length).toBeLessThan(1_000_100);
    const fields = { params: ['json'], metrics: [], tags: [] };
    const lean = await store.searchRuns(search, { limit: 1, page: null, fields });
    expect([...(lean.runs[0]?.params.keys() ?? [])]).toEqual(['json']);
  });

  it('refuses a pattern that SQLite can’t take', async () => {
    const search = parseRunSearch({ filter: `params.long LIKE '${'x'.repeat(60_000)}'` });
    await expect(open().searchRuns(search, { limit: 1, page: null })).rejects.toMatchObject({ reason: 'input' });
  });

  it('bears odd types, times out of range and statuses it does not know', async () => {
    change(`
      PRAGMA ignore_check_constraints = ON;
      UPDATE runs SET start_time = 9223372036854775807, end_time = 'soon', status = 'PAUSED' WHERE name = 'parent';
      UPDATE params SET value = x'00ff' WHERE key = 'json';
      UPDATE latest_metrics SET timestamp = 9223372036854775807 WHERE key = 'loss'`);
    const { runs } = await searchAll(open());
    expect(runs.find((run) => run.name === 'parent')).toMatchObject({ startTime: 2 ** 63, status: 'RUNNING' });
    expect(runs.length).toBeGreaterThan(40);
  });
});

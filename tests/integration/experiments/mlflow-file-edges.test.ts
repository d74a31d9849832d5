import {
  appendFile,
  cp,
  mkdir,
  open,
  rename,
  stat,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocalArtifacts } from '#server/experiments/backends/artifacts/local.ts';
import { createMlflowFileStore } from '#server/experiments/backends/mlflow-file/store.ts';
import { parseRunSearch } from '#server/experiments/search/parse.ts';
import type { TrackingStore } from '#server/experiments/tracking-store.ts';
import { footprint } from '../../testbeds/footprint.ts';
import { mlflowStores } from '../../testbeds/mlflow-stores.ts';
import { EXPERIMENT, runMeta, type WrittenStore, writeStore } from './file-store-writer.ts';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const everything = { limit: 100, page: null };

let written: WrittenStore;
let warnings: string[];
let store: TrackingStore;

const opened = (path: string): TrackingStore =>
  createMlflowFileStore({ path, artifacts: openLocalArtifacts, onWarning: (message) => warnings.push(message) });

beforeEach(async () => {
  warnings = [];
  written = await writeStore();
  store = opened(written.path);
});
afterEach(async () => {
  await store.cleanup();
  await written.remove();
});

const at = (runId: string, name: string): string => `${EXPERIMENT}/${runId}/${name}`;
const writeRun = async (runId: string, changes: Record<string, string> = {}): Promise<void> => {
  await written.write(at(runId, 'meta.yaml'), runMeta(runId, changes));
};
const listedIds = async (filter = ''): Promise<string[]> =>
  (await store.searchRuns(parseRunSearch({ filter, view: 'all' }), everything)).runs.map((run) => run.id);

describe('metric lines', () => {
  it('reads lines of two, three and five fields, with the third as the step even where MLflow says 0', async () => {
    await writeRun(A);
    await written.write(
      at(A, 'metrics/acc'),
      '1700000000001 0.25\n1700000000002 0.5 3\n1700000000003 0.75 9 iris abc\n1700000000004 1 4 my data abc\n',
    );
    expect(await store.metricHistory(A, 'acc')).toEqual({
      steps: [0, 3, 4, 9],
      timestamps: [1700000000001, 1700000000002, 1700000000004, 1700000000003],
      values: [0.25, 0.5, 1, 0.75],
    });
    expect((await store.getRun(A)).metrics.get('acc')).toEqual({ value: 0.75, step: 9, timestamp: 1700000000003 });
  });

  it('keeps nan, infinities and steps of 64 bits', async () => {
    await writeRun(A);
    await written.write(at(A, 'metrics/m'), '1 nan 0\n2 inf 1\n3 -inf 2\n4 1e-05 9223372036854775807\n');
    const { values, steps } = await store.metricHistory(A, 'm');
    expect(values).toEqual([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-5]);
    expect(steps).toEqual([0, 1, 2, 9223372036854775807n]);
  });

  it('leaves out what is no point and says so', async () => {
    await writeRun(A);
    await written.write(at(A, 'metrics/m'), '1 0.5 0\ngarbage\n2 x 1\n\n3 0.75 1\n');
    expect((await store.getRun(A)).metrics.get('m')).toEqual({ value: 0.75, step: 1, timestamp: 3 });
    expect(warnings).toEqual([`Metric m of run ${A}: 2 line(s) are no points and were left out.`]);
  });

  it('waits for the end of a line that is being written, and takes one that was left so', async () => {
    await writeRun(A);
    const file = await written.write(at(A, 'metrics/m'), '1 0.5 1\n2 0.7 12');
    expect((await store.getRun(A)).metrics.get('m')?.step).toBe(1);
    await appendFile(file, '34\n');
    expect((await store.getRun(A)).metrics.get('m')?.step).toBe(1234);
    await appendFile(file, '3 0.9 2000');
    await utimes(file, new Date(), new Date(Date.now() - 60_000));
    expect((await store.getRun(A)).metrics.get('m')?.step).toBe(2000);
    expect((await store.metricExtent([A], ['m'])).get(A)?.get('m')).toEqual({ min: 0.5, max: 0.9, count: 3 });
  });

  it('streams a file of 300,000 lines, and reads only what was appended the next time', async () => {
    await writeRun(A);
    const lines = Array.from({ length: 300_000 }, (_, step) => `${1_700_000_000_000 + step} ${step / 7} ${step}\n`);
    const file = await written.write(at(A, 'metrics/long'), lines.join(''));
    const first = await store.metricExtent([A], null);
    expect(first.get(A)?.get('long')).toEqual({ min: 0, max: 299_999 / 7, count: 300_000 });
    // Were the whole file read again, the smallest value would be another one.
    const handle = await open(file, 'r+');
    await handle.write('9', '1700000000000 '.length);
    await handle.close();
    await appendFile(file, '1800000000000 99999 300000\n');
    const again = await store.metricExtent([A], null);
    expect(again.get(A)?.get('long')).toEqual({ min: 0, max: 99_999, count: 300_001 });
    expect((await store.metricHistory(A, 'long')).steps).toHaveLength(300_001);
  });
});

describe('runs of all ages', () => {
  it('reads what old MLflow wrote: run_uuid, name, a plain experiment number, no status and no stage', async () => {
    await written.write(
      at(A, 'meta.yaml'),
      `artifact_uri: /a\nend_time: null\nexperiment_id: ${EXPERIMENT}\nname: ''\nrun_uuid: ${A}\nstart_time: 5\nuser_id: null\n`,
    );
    await written.write(at(A, 'tags/mlflow.runName'), 'from the tag');
    expect(await store.getRun(A)).toMatchObject({
      name: 'from the tag',
      status: 'RUNNING',
      lifecycleStage: 'active',
      startTime: 5,
      endTime: null,
      userId: null,
    });
    const fields = { params: [], metrics: [], tags: [] };
    const { runs } = await store.searchRuns(parseRunSearch({}), { ...everything, fields });
    expect(runs[0]?.name).toBe('from the tag');
    expect(runs[0]?.tags.size).toBe(0);
    expect(await listedIds("run_name = 'from the tag'")).toEqual([A]);
  });

  it('takes names that YAML could read as something else as they are', async () => {
    await writeRun(A, { run_name: '1e5' });
    await writeRun(B, { run_name: "'null'", user_id: '"\\u00FCml\\U0001F680"' });
    expect((await store.getRun(A)).name).toBe('1e5');
    expect(await store.getRun(B)).toMatchObject({ name: 'null', userId: 'üml🚀' });
  });

  it('knows keys with slashes, spaces, percents and any script, and params of several lines', async () => {
    await writeRun(A);
    await written.write(at(A, 'params/opt/lr/start'), '0.1');
    await written.write(at(A, 'params/50%25 off %2F'), 'first\nsecond\n');
    await written.write(at(A, 'tags/ключ'), 'значение');
    const run = await store.getRun(A);
    expect(Object.fromEntries(run.params)).toEqual({ 'opt/lr/start': '0.1', '50%25 off %2F': 'first\nsecond\n' });
    expect(run.tags.get('ключ')).toBe('значение');
    expect(await listedIds("params.`opt/lr/start` = '0.1'")).toEqual([A]);
    expect(await listedIds('metrics.`../../../etc` > 0')).toEqual([]);
  });

  it('waits for a meta.yaml that is empty while it is written', async () => {
    await written.write(at(A, 'meta.yaml'), '');
    const reading = store.getRun(A);
    await delay(30);
    await writeRun(A, { run_name: 'there now' });
    expect((await reading).name).toBe('there now');
    expect(warnings).toEqual([]);
  });

  it('reads again what changed: the head, a param, a new key, a replaced file', async () => {
    await writeRun(A);
    const param = await written.write(at(A, 'params/x'), '1');
    expect((await store.getRun(A)).status).toBe('RUNNING');
    await writeRun(A, { status: '3', end_time: '1700000009000' });
    await written.write(at(A, 'tags/late'), 'yes');
    await writeFile(`${param}.new`, '2');
    await rename(`${param}.new`, param);
    const run = await store.getRun(A);
    expect(run).toMatchObject({ status: 'FINISHED', endTime: 1700000009000 });
    expect(run.params.get('x')).toBe('2');
    expect(run.tags.get('late')).toBe('yes');
  });
});

describe('what is broken or hostile', () => {
  it.each([
    ['no YAML', '{unclosed: [', /no valid YAML/],
    ['an unknown status', runMeta(A, { status: '99' }), /“99” is no status/],
    ['another run', runMeta(B), /that of run b{32}/],
    ['another experiment', runMeta(A, { experiment_id: "'8'" }), /says experiment 8, its folder 7/],
    ['nothing', '', /is empty/],
  ])('lists the other runs when one’s meta.yaml says %s', async (_, content, reason) => {
    await writeRun(B);
    await written.write(at(A, 'meta.yaml'), content);
    expect(await listedIds()).toEqual([B]);
    expect(warnings).toEqual([expect.stringMatching(reason)]);
    await listedIds();
    expect(warnings, 'told once').toHaveLength(1);
    await expect(store.getRun(A)).rejects.toMatchObject({ reason: 'corrupt', message: expect.stringMatching(reason) });
    const health = await store.healthCheck();
    expect(health).toMatchObject({ healthy: true, detail: expect.stringContaining(A) });
    await writeRun(A);
    expect(await listedIds()).toEqual([A, B]);
  });

  it('warns of a run without its meta.yaml and ignores folders that are no runs', async () => {
    await writeRun(B);
    await written.write(at(A, 'params/x'), '1');
    await written.write(`${EXPERIMENT}/plots/readme.txt`, 'not a run');
    expect(await listedIds()).toEqual([B]);
    expect(warnings).toEqual([`Run ${A} can’t be read: it has no meta.yaml.`]);
  });

  it('shows the start of a param of 200 MB', async () => {
    await writeRun(A);
    const file = await written.write(at(A, 'params/huge'), 'x'.repeat(50_000));
    await truncate(file, 200 * 1024 * 1024);
    const value = (await store.getRun(A)).params.get('huge') ?? '';
    expect(value.startsWith('xxxx')).toBe(true);
    expect(value).toContain('the whole text has 209,715,200 bytes');
    expect(value.length).toBeLessThan(20_000);
  });

  it('refuses a meta.yaml of a size that MLflow never writes', async () => {
    const file = await written.write(at(A, 'meta.yaml'), runMeta(A));
    await truncate(file, 200 * 1024 * 1024);
    await expect(store.getRun(A)).rejects.toMatchObject({ reason: 'corrupt' });
  });

  it('follows links inside the store and none out of it', async () => {
    await writeRun(A);
    await written.write(at(A, 'params/real'), 'inside');
    await symlink(join(written.path, at(A, 'params/real')), join(written.path, at(A, 'params/linked')));
    await symlink('/etc/hostname', join(written.path, at(A, 'params/secret')));
    await mkdir(join(written.root, 'outside', B, 'params'), { recursive: true });
    await writeFile(join(written.root, 'outside', B, 'meta.yaml'), runMeta(B));
    await symlink(join(written.root, 'outside', B), join(written.path, EXPERIMENT, B));
    await symlink(join(written.root, 'outside'), join(written.path, at(A, 'tags')));
    const run = await store.getRun(A);
    expect(Object.fromEntries(run.params)).toEqual({ real: 'inside', linked: 'inside' });
    expect(run.tags.size).toBe(0);
    expect(await listedIds()).toEqual([A]);
    await expect(store.getRun(B)).rejects.toMatchObject({ reason: 'not-found' });
  });

  it.each(['../../etc', '', '.trash', 'x/y', `${A}/..`])('finds no run called “%s”', async (runId) => {
    await writeRun(A);
    await expect(store.getRun(runId)).rejects.toMatchObject({ reason: 'not-found' });
  });

  it('says what is wrong with a path that is no file store', async () => {
    const missing = opened(join(written.root, 'nowhere'));
    await expect(missing.initialize()).rejects.toMatchObject({ reason: 'not-found' });
    expect(await missing.healthCheck()).toMatchObject({ healthy: false, detail: expect.stringContaining('nowhere') });
    await writeFile(join(written.root, 'a.txt'), '');
    await expect(opened(join(written.root, 'a.txt')).initialize()).rejects.toMatchObject({ reason: 'input' });
    await mkdir(join(written.root, 'photos', 'summer'), { recursive: true });
    const foreign = opened(join(written.root, 'photos'));
    await expect(foreign.listExperiments({ view: 'active' })).rejects.toMatchObject({ reason: 'corrupt' });
    await mkdir(join(written.root, 'fresh'));
    expect(await opened(join(written.root, 'fresh')).listExperiments({ view: 'active' })).toEqual([]);
  });

  it('becomes usable once the folder is there', async () => {
    const later = opened(join(written.root, 'later'));
    await expect(later.initialize()).rejects.toMatchObject({ reason: 'not-found' });
    await cp(written.path, join(written.root, 'later'), { recursive: true });
    expect(await later.listExperiments({ view: 'active' })).toMatchObject([{ id: EXPERIMENT, name: 'seven' }]);
  });
});

describe('changes', () => {
  it('gives another token after a point, a param, a new run, an end and a deletion', async () => {
    await writeRun(A);
    const metric = await written.write(at(A, 'metrics/m'), '1 0.5 0\n');
    await listedIds('metrics.m > 0');
    const tokens = new Set<string | null>();
    const noted = async (what: string): Promise<void> => {
      const token = await store.changeToken();
      expect(tokens.has(token), what).toBe(false);
      tokens.add(token);
      expect(await store.changeToken()).toBe(token);
      await listedIds('metrics.m > 0');
    };
    await noted('at first');
    await appendFile(metric, '2 0.75 1\n');
    await noted('a point');
    await written.write(at(A, 'params/late'), '1');
    await noted('a param');
    await writeRun(A, { status: '3' });
    await noted('the end');
    await writeRun(B);
    await noted('a new run');
    await writeFile(metric, '1 0.5 0\n3 0.9 9\n');
    await noted('a point of a run that ended');
    await mkdir(join(written.path, '.trash'));
    await rename(join(written.path, EXPERIMENT), join(written.path, '.trash', EXPERIMENT));
    await noted('a deleted experiment');
  });
});

it('leaves no trace in a store that MLflow wrote, whatever is asked', async () => {
  const { files, fileAnswers } = await mlflowStores();
  const before = await footprint(files);
  const real = opened(files);
  await real.initialize();
  await real.healthCheck();
  await real.listExperiments({ view: 'all' });
  const { runs } = await real.searchRuns(parseRunSearch({ view: 'all' }), everything);
  await real.metricExtent(
    runs.map((run) => run.id),
    null,
  );
  for (const run of runs.slice(0, 5)) {
    await real.datasets(run.id);
    await real.loggedModels(run.id);
    await real.artifacts(run).list('');
  }
  const { big = '' } = fileAnswers.made.runs;
  await real.metricHistory(big, 'curve');
  await real.changeToken();
  await real.cleanup();
  expect(warnings).toEqual([]);
  expect(await footprint(files)).toEqual(before);
});

it('finds the artifacts of a store that was copied from another machine', async () => {
  await writeRun(A);
  await written.write(at(A, 'artifacts/plots/loss.csv'), 'step,loss\n');
  const run = await store.getRun(A);
  expect(run.artifactUri).toMatch(/^\/elsewhere/);
  const artifacts = store.artifacts(run);
  expect(await artifacts.list('')).toEqual([{ path: 'plots', isDirectory: true, size: null }]);
  expect(await artifacts.stat('plots/loss.csv')).toEqual({ path: 'plots/loss.csv', isDirectory: false, size: 10 });
});

it('reads a run whose files vanish in between as one without them', async () => {
  await writeRun(A);
  const file = await written.write(at(A, 'params/x'), '1');
  await store.getRun(A);
  await unlink(file);
  expect((await store.getRun(A)).params.size).toBe(0);
  expect((await stat(join(written.path, at(A, 'params')))).isDirectory()).toBe(true);
});

import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { run } from '#schemas/domain/run.ts';
import { footprint } from '../../testbeds/footprint.ts';
import { type MlflowStores, mlflowStores } from '../../testbeds/mlflow-stores.ts';
import { runMlops, startMlops } from './run-mlops.ts';

const runsAnswer = z.strictObject({ runs: z.array(z.strictObject(run.shape)), nextPage: z.string().nullable() });
const row = z.strictObject({ key: z.string(), values: z.array(z.unknown()), differs: z.boolean() });
const comparison = z.strictObject({
  runs: z.array(z.string()),
  params: z.array(row),
  metrics: z.array(row),
  tags: z.array(row),
});

let stores: MlflowStores;

beforeAll(async () => {
  stores = await mlflowStores();
});

const kinds = ['SQLite', 'files'] as const;
const storeOf = (kind: (typeof kinds)[number]) =>
  kind === 'SQLite'
    ? { uri: `sqlite:///${stores.sqlite}`, answers: stores.sqliteAnswers }
    : { uri: stores.files, answers: stores.fileAnswers };

async function json<T>(schema: z.ZodType<T>, ...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await runMlops([...args, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return schema.parse(JSON.parse(stdout));
}

describe.each(kinds)('the command line on a store of %s', (kind) => {
  it('lists experiments', async () => {
    const { uri, answers } = storeOf(kind);
    const answer = await json(
      z.object({ experiments: z.array(z.unknown()) }),
      'experiments',
      'list',
      '--tracking',
      uri,
    );
    const expected = answers.experiments.active?.map(({ id, name, lifecycleStage, runs }) => ({
      id,
      name,
      lifecycleStage,
      runs,
    }));
    expect(answer.experiments).toHaveLength(expected?.length ?? -1);
    expect(answer.experiments).toEqual(expect.arrayContaining(expected ?? []));
  });

  it('lists runs as MLflow has them, page by page', async () => {
    const { uri, answers } = storeOf(kind);
    const args = ['runs', 'list', '--tracking', uri, '--experiment', 'plain', '--limit', '20'];
    const first = await json(runsAnswer, ...args);
    const second = await json(runsAnswer, ...args, '--page', first.nextPage ?? '');
    expect(second.nextPage).toBeNull();
    const experimentId = answers.made.experiments.plain ?? '';
    const search = answers.searches.find(
      ({ experimentIds, filter, orderBy, view }) =>
        experimentIds.length === 1 &&
        experimentIds[0] === experimentId &&
        `${filter}${orderBy}` === '' &&
        view === 'active',
    );
    const found = [...first.runs, ...second.runs];
    const expected = answers.runs.filter((one) => one.experimentId === experimentId && one.lifecycleStage === 'active');
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(expected.map(({ id }) => id)));
    if (search) expect(found.map(({ id }) => id)).toEqual(search.pages.flat());
    for (const one of found) {
      const { params, tags, status, name } = answers.runs.find(({ id }) => id === one.id) ?? {};
      expect(one).toMatchObject({ params, tags, status, name, experiment: 'plain' });
    }
  });

  it('filters and orders in MLflow’s grammar', async () => {
    const { uri } = storeOf(kind);
    const filter = 'metrics.acc > 0.1 AND params.optimizer != "sgd"';
    const args = ['runs', 'list', '--tracking', uri, '--filter', filter, '--order-by', 'metrics.acc DESC', '--json'];
    const { stdout } = await runMlops(args);
    const { runs } = runsAnswer.parse(JSON.parse(stdout));
    const accuracies = runs.map(({ metrics }) => Number(metrics.acc?.value));
    expect(accuracies.length).toBeGreaterThan(3);
    expect(accuracies).toEqual(accuracies.toSorted((a, b) => b - a));
    expect(runs.every(({ params }) => params.optimizer !== 'sgd')).toBe(true);
  });

  it('shows the history of a metric in step order, steps exact', async () => {
    const { uri, answers } = storeOf(kind);
    const id = answers.made.runs.big ?? '';
    const { stdout } = await runMlops(['runs', 'history', id, '--metric', 'wide steps', '--tracking', uri, '--json']);
    const answer: unknown = JSON.parse(stdout);
    const expected = answers.histories.find(({ runId, key }) => runId === id && key === 'wide steps')?.points ?? [];
    expect(expected).toHaveLength(9);
    expect(answer).toEqual({
      metric: 'wide steps',
      points: expected.map(({ step, timestamp, value }) => ({
        step: Number.isSafeInteger(Number(step)) ? Number(step) : step,
        timestamp,
        value,
      })),
    });
  });

  it('compares runs, by the start of their ids too', async () => {
    const { uri, answers } = storeOf(kind);
    const ids = ['plain0', 'plain1'].map((name) => answers.made.runs[name] ?? '');
    const args = ['runs', 'compare', ...ids.map((id) => id.slice(0, 10)), '--tracking', uri];
    const all = await json(comparison, ...args);
    expect(all.runs).toEqual(ids);
    expect(all.params.find(({ key }) => key === 'optimizer')).toEqual({
      key: 'optimizer',
      values: ['adam', 'sgd'],
      differs: true,
    });
    const different = await json(comparison, ...args, '--only-different');
    for (const section of ['params', 'metrics', 'tags'] as const) {
      expect(different[section]).toEqual(all[section].filter(({ differs }) => differs));
    }
  });

  it('changes nothing in the store', async () => {
    const { uri } = storeOf(kind);
    const folder = kind === 'SQLite' ? dirname(stores.sqlite) : stores.files;
    const before = await footprint(folder);
    await runMlops(['runs', 'list', '--tracking', uri]);
    await runMlops(['health', '--tracking', uri]);
    expect(await footprint(folder)).toEqual(before);
  });
});

describe('the command line', () => {
  const emptyFolder = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mlops-cli-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    return folder;
  };

  it('finds the store that lies in the folder', async () => {
    const { code, stdout } = await runMlops(['experiments', 'list'], { cwd: dirname(stores.sqlite) });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ID +NAME +RUNS\n/);
    expect(stdout).toContain('ünï 実験 🎉 / spaces');
    const elsewhere = await runMlops(['experiments', 'list', '--cwd', dirname(stores.sqlite)]);
    expect(elsewhere.stdout).toBe(stdout);
  });

  it('says how to configure a tracker where there is none, and leaves nothing behind', async () => {
    const folder = await emptyFolder();
    const { code, stdout, stderr } = await runMlops(['runs', 'list', '--json'], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .*--tracking.*MLFLOW_TRACKING_URI.*mlops\.yaml.*\n$/);
    expect(await readdir(folder)).toEqual([]);
    expect(await runMlops(['health', '--json'], { cwd: folder })).toMatchObject({
      code: 0,
      stdout: '{"components":[]}\n',
    });
  });

  it('checks YAML: done where all is well, 1 where there are errors, 2 where there is no file', async () => {
    const churn = join(import.meta.dirname, '../../../docs/examples/churn');
    expect(await runMlops(['validate', churn])).toMatchObject({ code: 0, stdout: '' });
    const folder = await emptyFolder();
    await writeFile(
      join(folder, 'a.mlops.yaml'),
      'apiVersion: mlops/v1\nkind: Monitor\nmetadata: {name: x}\nspeed: 1\n',
    );
    const { code, stdout } = await runMlops(['validate', '--json'], { cwd: folder });
    expect(code).toBe(1);
    const answer = z
      .strictObject({ files: z.array(z.string()), diagnostics: z.array(z.record(z.string(), z.unknown())) })
      .parse(JSON.parse(stdout));
    expect(answer.files).toEqual(['a.mlops.yaml']);
    expect(answer.diagnostics).toContainEqual({
      file: 'a.mlops.yaml',
      line: 4,
      column: 1,
      endLine: 4,
      endColumn: 6,
      severity: 'error',
      code: 'schema-unknown-key',
      message: expect.stringContaining('speed'),
    });
    const people = await runMlops(['validate', 'a.mlops.yaml'], { cwd: folder });
    expect(people).toMatchObject({ code: 1, stdout: expect.stringContaining('a.mlops.yaml:4:1 error') });
    const sarif = await runMlops(['validate', '--sarif'], { cwd: folder });
    expect(sarif.code).toBe(1);
    expect(JSON.parse(sarif.stdout)).toMatchObject({ version: '2.1.0' });
    expect(await runMlops(['validate', 'missing.yaml'], { cwd: folder })).toMatchObject({ code: 2, stdout: '' });
  });

  it('leaves hints to programs: people see none', async () => {
    const folder = await emptyFolder();
    const head = 'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: p}\n';
    await writeFile(join(folder, 'a.mlops.yaml'), `${head}params: {lr: {type: number}}\nsteps: {a: {run: x}}\n`);
    const { stdout } = await runMlops(['validate', '--json'], { cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject({ diagnostics: [{ severity: 'hint', code: 'unused-param' }] });
    expect(await runMlops(['validate'], { cwd: folder })).toMatchObject({ code: 0, stdout: '' });
  });

  it('names files in SARIF by URIs, whatever their names hold', async () => {
    const [folder, elsewhere] = await Promise.all([emptyFolder(), emptyFolder()]);
    await writeFile(join(folder, 'a #1 ü%.mlops.yaml'), 'kind: Monitor\n');
    await writeFile(join(elsewhere, 'b #2.mlops.yaml'), 'kind: Monitor\n');
    const { stdout } = await runMlops(['validate', '--sarif', '.', elsewhere], { cwd: folder });
    const uris = new Set([...stdout.matchAll(/"artifactLocation":\{"uri":"([^"]*)"/g)].map(([, uri]) => uri));
    expect([...uris].sort()).toEqual([
      'a%20%231%20%C3%BC%25.mlops.yaml',
      pathToFileURL(join(elsewhere, 'b #2.mlops.yaml')).href,
    ]);
  });

  it('says on standard error what it ignores of the configuration', async () => {
    const folder = await emptyFolder();
    const uri = `sqlite:///${stores.sqlite}`;
    await writeFile(
      join(folder, 'mlops.yaml'),
      `apiVersion: mlops/v1\nkind: Workspace\nmetadata: {name: x}\ntracking:\n  - {name: a, uri: "${uri}"}\n  - {name: a, uri: other.db}\n`,
    );
    const { code, stdout, stderr } = await runMlops(['experiments', 'list', '--json'], { cwd: folder });
    expect({ code, keys: Object.keys(JSON.parse(stdout)) }).toEqual({ code: 0, keys: ['experiments'] });
    expect(stderr).toMatch(/^warning: .*mlops\.yaml:6: .*another entry has that name.*\n$/);
  });

  it('ends with 3 where a server does not answer, with 1 where health is asked', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    server.close();
    await once(server, 'close');
    const tracking = ['--tracking', `http://127.0.0.1:${port}`];
    expect(await runMlops(['experiments', 'list', ...tracking])).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(/^error: .*\n$/),
    });
    const { code, stdout } = await runMlops(['health', '--json', ...tracking]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ components: [{ kind: 'tracker', healthy: false }] });
  });

  it.each([
    [['runs', 'list', '--tracking', 'sqlite:////no/such/file.db'], 'file.db'],
    [['runs', 'list', '--tracking', 'gopher://x'], 'error: “gopher:”'],
    [['runs', 'list', '--tracking', 'wandb://a/b'], 'error: Weights & Biases is not supported yet'],
    [['runs', 'list', '--tracking', import.meta.filename], ''],
  ])('ends with 2 for %j', async (args, named) => {
    const { code, stdout, stderr } = await runMlops(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: [^\n]*\n$/);
    expect(stderr).toContain(named);
  });

  it('names what there is where something is not', async () => {
    const tracking = ['--tracking', `sqlite:///${stores.sqlite}`];
    const id = stores.sqliteAnswers.made.runs.plain0 ?? '';
    const results = await Promise.all([
      runMlops(['runs', 'list', '--experiment', 'plane', ...tracking]),
      runMlops(['runs', 'history', id, '--metric', 'los', ...tracking]),
      runMlops(['runs', 'compare', id, 'ffffffffff', ...tracking]),
    ]);
    expect(results.map(({ code }) => code)).toEqual([2, 2, 2]);
    expect(results.map(({ stderr }) => stderr)).toEqual([
      expect.stringContaining('plain'),
      expect.stringContaining('loss'),
      expect.stringContaining('ffffffffff'),
    ]);
  });

  it('is quiet when whoever reads goes away', async () => {
    const id = stores.sqliteAnswers.made.runs.big ?? '';
    const child = startMlops(['runs', 'history', id, '--metric', 'curve', '--tracking', `sqlite:///${stores.sqlite}`]);
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const [code] = await once(child, 'close');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('ends with 130 on Ctrl+C', async () => {
    // A server that takes the connection and never answers.
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const child = startMlops(['runs', 'list', '--tracking', `http://127.0.0.1:${port}`]);
    const [socket] = await once(server, 'connection');
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    socket.destroy();
    expect(code).toBe(130);
  });
});

import { once } from 'node:events';
import { cp, mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { settings } from '#schemas/protocol/workspace.ts';
import { healthComponents } from '#server/health.ts';
import { createLogger } from '#server/platform/log.ts';
import { createRedactor } from '#server/platform/redact.ts';
import { connectWithoutAsking, noStoredCredentials } from '#server/security/ports.ts';
import { openWorkspace, type Workspace, type WorkspaceOptions } from '#server/workspace.ts';
import { sendJson, startHttpServer } from '../../testbeds/http-server.ts';

const store = fileURLToPath(new URL('../../../docs/examples/churn/mlflow.db', import.meta.url));

let folder: string;
let open: Workspace[] = [];
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'workspace-')));
});
afterEach(async () => {
  await Promise.all(open.map((workspace) => workspace.dispose()));
  open = [];
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<WorkspaceOptions> = {}): Promise<Workspace> {
  const redactor = createRedactor();
  const workspace = await openWorkspace({
    folder,
    trusted: true,
    env: {},
    settings: settings.parse({}),
    logger: createLogger({ sink: () => undefined, redactor }),
    redactor,
    credentials: noStoredCredentials,
    permission: connectWithoutAsking,
    inProcess: true,
    ...options,
  });
  open.push(workspace);
  return workspace;
}

const workspaceFile = (body: string) => writeFile(join(folder, 'mlops.yaml'), `kind: Workspace\n${body}\n`);

function nextChange(workspace: Workspace): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listener = workspace.onDidChange(() => {
    listener.dispose();
    resolve();
  });
  return promise;
}

describe('a folder without configuration', () => {
  test('shows what lies in it', async () => {
    await cp(store, join(folder, 'mlflow.db'));
    await mkdir(join(folder, 'mlruns', '0'), { recursive: true });
    await writeFile(join(folder, 'mlruns', '0', 'meta.yaml'), 'experiment_id: "0"\nname: Default\n');
    await mkdir(join(folder, 'wandb'));
    await mkdir(join(folder, '.neptune'));
    const workspace = await start();
    expect(workspace.defaultTracker).toBe('mlflow.db');
    const connections = await workspace.connections({ check: true });
    expect(connections.map(({ name, healthy, attention }) => [name, healthy, attention])).toEqual([
      ['mlflow.db', true, null],
      ['mlruns', expect.any(Boolean), expect.toSatisfy((value) => value === null || value === 'fix-configuration')],
      ['wandb', null, 'unsupported'],
      ['neptune', null, 'unsupported'],
    ]);
    await expect(workspace.tracker('wandb')).rejects.toMatchObject({ reason: 'unsupported' });
  });

  test('has no tracker where nothing lies in it', async () => {
    await mkdir(join(folder, 'mlruns', 'not-an-experiment'), { recursive: true });
    const workspace = await start();
    expect(workspace.defaultTracker).toBeNull();
    expect(await workspace.connections({ check: true })).toEqual([]);
    await expect(workspace.tracker('x')).rejects.toMatchObject({ reason: 'not-found' });
  });
});

describe('the nearest configuration', () => {
  test('is looked for upwards as far as the repository goes', async () => {
    const sub = join(folder, 'team', 'churn');
    await mkdir(sub, { recursive: true });
    await workspaceFile('tracking: [{name: up, uri: "sqlite:///mlflow.db"}]');
    expect((await start({ folder: sub })).configuration.file).toBeNull();
    await mkdir(join(folder, '.git'));
    const { configuration } = await start({ folder: sub });
    expect(configuration).toMatchObject({ root: folder, file: join(folder, 'mlops.yaml') });
    expect(configuration.trackers).toMatchObject([{ target: { type: 'sqlite', path: join(folder, 'mlflow.db') } }]);
  });
});

describe('a store', () => {
  test('is opened once, and its trouble is its own', async () => {
    await cp(store, join(folder, 'mlflow.db'));
    await workspaceFile('tracking: [{name: good, uri: "sqlite:///mlflow.db"}, {name: gone, uri: "sqlite:///gone.db"}]');
    const workspace = await start();
    const [one, other] = await Promise.all([workspace.tracker('good'), workspace.tracker('good')]);
    expect(one).toBe(other);
    await expect(workspace.tracker('gone')).rejects.toMatchObject({ reason: 'not-found' });
    const { components } = await healthComponents(workspace);
    expect(components).toMatchObject([
      { name: 'good', kind: 'tracker', healthy: true, latencyMs: expect.any(Number) },
      { name: 'gone', kind: 'tracker', healthy: false, detail: expect.stringContaining('gone.db') },
    ]);
    await cp(store, join(folder, 'gone.db'));
    expect(await (await workspace.tracker('gone')).listExperiments({ view: 'active' })).not.toEqual([]);
  });

  test('can’t be had once the workspace is closed', async () => {
    await cp(store, join(folder, 'mlflow.db'));
    const workspace = await start();
    await workspace.dispose();
    expect(workspace.signal.aborted).toBe(true);
    await expect(workspace.tracker('mlflow.db')).rejects.toThrow();
  });
});

describe('a configuration that changes', () => {
  test('is read again; what did not change stays open, the rest is closed', async () => {
    await cp(store, join(folder, 'mlflow.db'));
    await cp(store, join(folder, 'other.db'));
    await workspaceFile('tracking: [{name: a, uri: "sqlite:///mlflow.db"}, {name: b, uri: "sqlite:///mlflow.db"}]');
    const workspace = await start({ watch: true });
    const [a, b] = [await workspace.tracker('a'), await workspace.tracker('b')];
    const changed = nextChange(workspace);
    // Written beside and renamed, as editors do.
    await writeFile(
      join(folder, 'mlops.yaml.tmp'),
      'kind: Workspace\ntracking: [{name: a, uri: "sqlite:///mlflow.db"}, {name: b, uri: "sqlite:///other.db"}]\n',
    );
    await rename(join(folder, 'mlops.yaml.tmp'), join(folder, 'mlops.yaml'));
    await changed;
    expect(workspace.revision).toBe(2);
    expect(await workspace.tracker('a')).toBe(a);
    expect(await workspace.tracker('b')).not.toBe(b);
  });

  test('leaves the model registry open, unless it says something else about models', async () => {
    await workspaceFile('tracking: []');
    const workspace = await start();
    const models = await workspace.models();
    await workspaceFile('tracking: [{name: a, uri: mlruns}]');
    await workspace.reload();
    expect(await workspace.models()).toBe(models);
    await workspaceFile('access: {roles: {reader: []}}');
    await workspace.reload();
    const restricted = await workspace.models();
    expect(restricted).not.toBe(models);
    await expect(restricted.people.authorize('register')).rejects.toMatchObject({ reason: 'permission' });
    await workspaceFile('access: {roles: {reader: []}}\nregistry: {backend: sqlite, uri: "sqlite:///other.db"}');
    await workspace.reload();
    expect(await workspace.models()).not.toBe(restricted);
  });

  test('that reads the same tells nobody', async () => {
    await workspaceFile('tracking: [{name: a, uri: mlruns}]');
    const workspace = await start();
    let changes = 0;
    workspace.onDidChange(() => changes++);
    await workspaceFile('# a comment\ntracking: [{name: a, uri: mlruns}]');
    await workspace.reload();
    expect(changes).toBe(0);
    await workspaceFile('tracking: []');
    await workspace.reload();
    expect(changes).toBe(1);
  });

  test('may be a .env that comes, or a store that is found', async () => {
    const workspace = await start({ watch: true });
    let changed = nextChange(workspace);
    await cp(store, join(folder, 'mlflow.db'));
    await changed;
    expect(workspace.defaultTracker).toBe('mlflow.db');
    changed = nextChange(workspace);
    await writeFile(join(folder, '.env'), 'MLFLOW_TRACKING_URI="sqlite:///mlflow.db"\n');
    await changed;
    expect(workspace.configuration.trackers).toMatchObject([{ name: 'default', source: '.env' }]);
  });
});

describe('the health of servers', () => {
  test('of metrics and dashboards is asked cheaply', async () => {
    await using server = await startHttpServer(({ path }, response) => {
      if (path === '/-/healthy') response.end('Prometheus Server is Healthy.\n');
      else if (path === '/api/health') sendJson(response, { database: 'ok', version: '11.2.0' });
      else response.writeHead(404).end();
    });
    await workspaceFile(`monitoring: {prometheus: "${server.url}/", grafana: "${server.url}"}`);
    expect((await healthComponents(await start())).components).toMatchObject([
      { name: 'prometheus', healthy: true, detail: 'Prometheus' },
      { name: 'grafana', healthy: true, detail: 'Grafana 11.2.0' },
    ]);
    await workspaceFile(`monitoring: {prometheus: "${server.url}/elsewhere"}`);
    expect((await healthComponents(await start())).components).toMatchObject([
      { healthy: false, detail: expect.stringContaining('HTTP 404') },
    ]);
  });

  test.each([
    [401, 'sign-in'],
    [500, 'unreachable'],
  ])('that answer with %i say what to do', async (status, attention) => {
    await using server = await startHttpServer((_, response) => void response.writeHead(status).end());
    const workspace = await start({ env: { MLFLOW_TRACKING_URI: server.url } });
    expect(await workspace.connections({ check: true })).toMatchObject([{ healthy: false, attention }]);
  });

  test('is not asked without being told to', async () => {
    await using server = await startHttpServer((_, response) => void response.end());
    const workspace = await start({ env: { MLFLOW_TRACKING_URI: server.url, PROMETHEUS_URL: server.url } });
    const connections = await workspace.connections({ check: false });
    expect(connections.map(({ healthy }) => healthy)).toEqual([null, null]);
    expect(server.connections).toBe(0);
  });

  test('can be cancelled', async () => {
    const aborter = new AbortController();
    await using server = await startHttpServer(() => aborter.abort());
    const workspace = await start({ env: { PROMETHEUS_URL: server.url } });
    const aborted = once(aborter.signal, 'abort');
    const connections = await workspace.connections({ check: true, signal: aborter.signal });
    await aborted;
    expect(connections).toMatchObject([{ healthy: false }]);
  });
});

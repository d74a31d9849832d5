import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGrafanaServer } from '#server/monitoring/backends/grafana/server.ts';
import { toGrafanaDashboard } from '#server/monitoring/dashboards/grafana-dashboard.ts';
import { carryOutPush, planPush, requireSame } from '#server/monitoring/dashboards/push-dashboard.ts';
import { createHttpClient } from '#server/platform/http.ts';
import { type FakeGrafana, startFakeGrafana } from '../../../testbeds/grafana.ts';
import { startHttpServer } from '../../../testbeds/http-server.ts';
import { monitor } from '../../../unit/monitoring/dashboards/documents.ts';
import { runMlops } from '../../cli/run-mlops.ts';

const token = 'glsa_secret';
const dashboard = toGrafanaDashboard(monitor(), { workspace: 'churn', runbookBase: null });
const request = { dashboard, folder: 'Models' };
const http = createHttpClient({ retries: 0, timeoutMs: 2_000 });

let fake: FakeGrafana;

beforeEach(async () => {
  fake = await startFakeGrafana({ token });
});

afterEach(() => fake.server[Symbol.asyncDispose]());

const grafana = (given: string | null = token, url = fake.server.url) =>
  createGrafanaServer({
    url,
    http,
    credentials: async () => (given === null ? null : { type: 'bearer', token: given }),
  });

async function pushed(): Promise<void> {
  await carryOutPush(grafana(), await planPush(grafana(), request));
}

describe('bringing a dashboard to Grafana', () => {
  test('a new one is created, with its folder, and a second time there is nothing to do', async () => {
    const planned = await planPush(grafana(), request);
    expect(planned.push).toMatchObject({
      action: 'create',
      before: null,
      folder: { title: 'Models', action: 'create' },
      url: `${fake.server.url}/d/${dashboard.uid}`,
    });
    expect(fake.server.seen.every(({ method }) => method === 'GET')).toBe(true);
    expect(await carryOutPush(grafana(), planned)).toEqual({
      url: `${fake.server.url}/d/${dashboard.uid}/churn`,
      version: 1,
    });
    expect(fake.dashboards.get(dashboard.uid)).toMatchObject({ folderUid: 'folder-1', dashboard: { title: 'Churn' } });
    expect((await planPush(grafana(), request)).push).toMatchObject({
      action: 'none',
      changes: [],
      folder: { title: 'Models', action: 'keep' },
    });
  });

  test('what changes is told panel by panel', async () => {
    await pushed();
    const changed = toGrafanaDashboard(
      monitor({
        metrics: [
          { name: 'latency-p99', query: 'other', maximum: 0.5 },
          { name: 'new', query: 'up' },
        ],
      }),
      { workspace: 'churn', runbookBase: null },
    );
    const { push } = await planPush(grafana(), { dashboard: { ...changed, description: 'x' }, folder: 'Elsewhere' });
    expect(push).toMatchObject({ action: 'update', folder: { title: 'Elsewhere', action: 'create' } });
    expect(push.changes.filter(({ keys }) => keys.join() !== 'gridPos')).toEqual([
      { kind: 'panel', name: 'latency-p99', change: 'changed', keys: ['description', 'fieldConfig', 'targets'] },
      { kind: 'panel', name: 'new', change: 'added', keys: [] },
      { kind: 'panel', name: 'requests', change: 'removed', keys: [] },
      { kind: 'setting', name: 'description', change: 'changed', keys: [] },
    ]);
  });

  test('a dashboard that somebody changes in between is left as it is', async () => {
    await pushed();
    const planned = await planPush(grafana(), { ...request, dashboard: { ...dashboard, title: 'Other' } });
    const stored = fake.dashboards.get(dashboard.uid);
    if (stored) Object.assign(stored, { version: 2, dashboard: { ...dashboard, title: 'Theirs' } });
    await expect(carryOutPush(grafana(), planned)).rejects.toMatchObject({
      reason: 'busy',
      message: 'Somebody else changed the dashboard in between: nothing was saved.',
    });
    expect(fake.dashboards.get(dashboard.uid)?.dashboard.title).toBe('Theirs');
  });

  test('one that somebody creates in between is not overwritten either', async () => {
    const planned = await planPush(grafana(), request);
    fake.dashboards.set(dashboard.uid, {
      dashboard: { title: 'Theirs' },
      version: 1,
      folderUid: '',
      provisioned: false,
    });
    await expect(carryOutPush(grafana(), planned)).rejects.toMatchObject({ reason: 'busy' });
  });

  test('what was agreed to is not what is there now: nothing is done', async () => {
    const { push } = await planPush(grafana(), request);
    await pushed();
    const now = await planPush(grafana(), { ...request, dashboard: { ...dashboard, title: 'Other' } });
    expect(() => requireSame(now, push.digest)).toThrow('changed since the difference was shown');
    expect(() => requireSame(now, now.push.digest)).not.toThrow();
  });

  test('a dashboard of the newer model is never overwritten', async () => {
    const dashboardV2 = { elements: {}, layout: {} };
    fake.dashboards.set(dashboard.uid, { dashboard: dashboardV2, version: 3, folderUid: '', provisioned: false });
    await expect(planPush(grafana(), request)).rejects.toMatchObject({
      reason: 'unsupported',
      message: expect.stringContaining('newer model (v2)'),
    });
  });

  test('one that a file on the server makes is refused before anything is sent', async () => {
    fake.dashboards.set(dashboard.uid, { dashboard: { title: 'x' }, version: 1, folderUid: '', provisioned: true });
    const planned = await planPush(grafana(), request);
    expect(planned.push.problems).toHaveLength(1);
    await expect(carryOutPush(grafana(), planned)).rejects.toMatchObject({ reason: 'unsupported' });
    expect(fake.server.seen.some(({ method }) => method === 'POST')).toBe(false);
  });

  test('a namesake in the folder, and two folders of one name, are told', async () => {
    fake.folders.push({ uid: 'a', title: 'Models' });
    fake.dashboards.set('theirs', { dashboard: { title: 'Churn' }, version: 1, folderUid: 'a', provisioned: false });
    await expect(pushed()).rejects.toMatchObject({ message: 'Another dashboard of that folder has the same title.' });
    fake.folders.push({ uid: 'b', title: 'Models' });
    await expect(planPush(grafana(), request)).rejects.toMatchObject({ message: 'Grafana has 2 folders “Models”.' });
  });
});

describe('servers that don’t do as asked', () => {
  test('who is not known, and whose token is refused', async () => {
    await expect(planPush(grafana(null), request)).rejects.toMatchObject({
      reason: 'permission',
      remedy: expect.stringContaining('GRAFANA_TOKEN'),
    });
    await expect(planPush(grafana('old'), request)).rejects.toMatchObject({
      message: expect.stringContaining('refuses the credential'),
    });
  });

  test.each([
    ['a web page', 200, '<!doctype html><p>Sign in</p>', { reason: 'remote', message: /web page/ }],
    ['a page that is not found', 404, '<html>404</html>', { reason: 'remote', message: /HTTP 404/ }],
    ['other JSON', 200, '{"status":"success"}', { reason: 'remote', message: /something that Grafana does not/ }],
    [
      'no permission',
      403,
      '{"message":"You need dashboards:read"}',
      { reason: 'permission', message: /dashboards:read/ },
    ],
  ])('%s is no dashboard that is missing', async (_, status, body, { reason, message }) => {
    await using server = await startHttpServer((__, response) => {
      response.statusCode = status;
      response.end(body);
    });
    await expect(planPush(grafana(token, server.url), request)).rejects.toMatchObject({
      reason,
      message: expect.stringMatching(message),
    });
  });
});

describe('on the command line', () => {
  let folder: string;
  const push = (...args: readonly string[]) =>
    runMlops(['monitor', 'dashboard', 'm.mlops.yaml', '--push', ...args], {
      cwd: folder,
      env: { GRAFANA_URL: fake.server.url, GRAFANA_TOKEN: token },
    });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mlops-grafana-'));
    await writeFile(
      join(folder, 'm.mlops.yaml'),
      'apiVersion: mlops/v1\nkind: Monitor\nmetadata: {name: m}\nmetrics: [{name: up, query: up}]\n',
    );
  });

  afterEach(() => rm(folder, { recursive: true }));

  test('a dry run only tells, a push does it, a second has nothing to do', { timeout: 20_000 }, async () => {
    const dry = await push('--dry-run');
    expect(dry).toMatchObject({
      code: 0,
      stderr: 'Nothing was changed.\n',
      stdout: expect.stringMatching(/panel\s+up\s+added/),
    });
    expect(fake.dashboards.size).toBe(0);
    const done = await push('--yes', '--json');
    expect(JSON.parse(done.stdout)).toMatchObject({ action: 'create', done: true, version: 1 });
    expect(done.stdout + done.stderr).not.toContain(token);
    expect(await push()).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing to change') });
    expect(fake.dashboards.size).toBe(1);
  });

  test('the token of the environment goes only to the address of the environment', { timeout: 20_000 }, async () => {
    await using other = await startHttpServer((_, response) => {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"message":"Unauthorized"}');
    });
    await writeFile(join(folder, '.env'), `GRAFANA_URL=${other.url}\n`);
    const viaFile = await runMlops(['monitor', 'dashboard', 'm.mlops.yaml', '--push', '--yes'], {
      cwd: folder,
      env: { GRAFANA_TOKEN: token, GRAFANA_URL: '' },
    });
    expect(viaFile.code).toBe(3);
    expect(other.seen.length).toBeGreaterThan(0);
    expect(other.seen.map(({ headers }) => headers.authorization)).toEqual(other.seen.map(() => undefined));
  });

  test('without an address it is an input error that says what to set', async () => {
    const { code, stderr } = await runMlops(['monitor', 'dashboard', 'm.mlops.yaml', '--push'], {
      cwd: folder,
      env: { GRAFANA_URL: '' },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('Set GRAFANA_URL');
  });
});

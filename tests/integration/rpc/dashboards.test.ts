import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromJsonNumber } from '#schemas/domain/number.ts';
import * as protocol from '#schemas/protocol/dashboards.ts';
import type { ParamsOf, RequestDefinition, ResultOf } from '#schemas/protocol/request.ts';
import { allowOrigin, credentialsChanged, getCredential } from '#schemas/protocol/workspace.ts';
import { toPrometheusText } from '#server/monitoring/dashboards/prometheus-text.ts';
import { type FakeGrafana, startFakeGrafana } from '../../testbeds/grafana.ts';
import { startHttpServer, type TestServer } from '../../testbeds/http-server.ts';
import { startPrometheus, type TestPrometheus } from '../../testbeds/prometheus.ts';
import { report } from '../../unit/monitoring/dashboards/reports.ts';
import { type LanguageProcess, startLanguageProcess } from './language-process.ts';

const token = 'glsa_secret';
let root: string;
let folder: string;
let server: LanguageProcess;
let prometheus: TestPrometheus;
let exporter: TestServer;
let grafana: FakeGrafana;
const allowed = new Set<string>();

/** Asks as the editor does: through the language process, which starts the backend. */
async function ask<D extends RequestDefinition>(
  definition: D,
  params: Omit<ParamsOf<D>, 'folder' | 'file' | 'name'>,
): Promise<ResultOf<D>>;
async function ask(definition: RequestDefinition, params: object): Promise<unknown> {
  const monitor = { folder, file: join(root, 'churn.mlops.yaml'), name: 'churn-drift' };
  return definition.result.parse(await server.connection.sendRequest(definition.method, { ...monitor, ...params }));
}

const workspaceFile = (url: string) => `apiVersion: mlops/v1
kind: Workspace
metadata: {name: churn}
monitoring: {prometheus: "${url}", grafana: "${grafana.server.url}"}
`;
const monitors = `apiVersion: mlops/v1
kind: Monitor
metadata: {name: churn-drift}
drift: {reference: train.csv, current: live.csv, share: 0.3}
metrics:
  - {name: up, query: up, minimum: 1}
  - {name: none, query: no_such_metric}
  - {name: wrong, query: 'rate('}
---
apiVersion: mlops/v1
kind: Monitor
metadata: {name: other}
`;

beforeAll(async () => {
  exporter = await startHttpServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(toPrometheusText(report()));
  });
  [prometheus, grafana, root] = await Promise.all([
    startPrometheus({ rules: null, target: `127.0.0.1:${exporter.port}` }),
    startFakeGrafana({ token }),
    mkdtemp(join(tmpdir(), 'mlops-rpc-dashboards-')),
  ]);
  folder = pathToFileURL(root).href;
  await writeFile(join(root, 'mlops.yaml'), workspaceFile(prometheus.url));
  await writeFile(join(root, 'churn.mlops.yaml'), monitors);
  server = startLanguageProcess({ MLFLOW_TRACKING_URI: '', PROMETHEUS_URL: '', GRAFANA_URL: '' });
  server.connection.onRequest(allowOrigin.method, ({ origin }: { origin: string }) => ({
    allowed: allowed.has(origin),
  }));
  server.connection.onRequest(getCredential.method, ({ origin }: { origin: string }) => ({
    credential: origin === grafana.server.url ? { type: 'bearer', token } : null,
  }));
  server.connection.listen();
  await server.connection.sendRequest('initialize', {
    ...{ processId: process.pid, rootUri: folder, capabilities: {} },
    workspaceFolders: [{ uri: folder, name: 'churn' }],
    initializationOptions: { trusted: true },
  });
  await server.connection.sendNotification('initialized', {});
});

afterAll(async () => {
  await server?.stop();
  await prometheus?.[Symbol.asyncDispose]();
  await exporter?.[Symbol.asyncDispose]();
  await grafana?.server[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

const chart = (id: string) => {
  const to = Date.now();
  return ask(protocol.readDashboardChart, { chart: id, from: to - 60_000, to, points: 60 });
};

// In this order: each begins where the one before ended.
describe('the dashboard of a monitor, with a real Prometheus', () => {
  it('is described without connecting anywhere', async () => {
    const { title, charts } = await ask(protocol.describeDashboard, {});
    expect(title).toBe('churn-drift');
    expect(charts.map(({ id }) => id)).toEqual([
      ...['drift:share', 'drift:statistic', 'drift:columns', 'drift:missing'],
      ...['metric:up', 'metric:none', 'metric:wrong'],
    ]);
  });

  it('reads nothing from a server that a file of the workspace names and nobody allowed', async () => {
    await expect(chart('metric:up')).rejects.toMatchObject({ data: { reason: 'permission' } });
    allowed.add(prometheus.url).add(grafana.server.url);
    await server.connection.sendNotification(credentialsChanged.method, { origin: prometheus.url });
  });

  it('reads metrics and what a check exported', async () => {
    let up = await chart('metric:up');
    while (up.series.length === 0) {
      await delay(100);
      up = await chart('metric:up');
    }
    expect(up).toMatchObject({ step: 1_000, warnings: [], left: 0 });
    expect(up.series[0]?.name).toContain('job=test');
    expect(fromJsonNumber(up.series[0]?.y.at(-1) ?? 'NaN')).toBe(1);
    expect((await chart('drift:statistic')).series).toMatchObject([{ name: 'tenure (psi)' }]);
    expect((await chart('drift:share')).series[0]?.y.at(-1)).toBe(1);
    expect((await chart('metric:none')).series).toEqual([]);
  });

  it('says of a query that is wrong what Prometheus says', async () => {
    await expect(chart('metric:wrong')).rejects.toMatchObject({
      data: { reason: 'input', message: expect.stringMatching(/^Prometheus can’t answer the query: .*parse error/) },
    });
  });

  it('brings it to Grafana as it was shown, and not where anything changed since', async () => {
    const plan = await ask(protocol.planDashboardPush, {});
    expect(plan).toMatchObject({ action: 'create', before: null, server: grafana.server.url });
    await writeFile(join(root, 'churn.mlops.yaml'), monitors.replace('minimum: 1', 'minimum: 2'));
    await expect(ask(protocol.pushDashboard, { seen: plan.digest })).rejects.toMatchObject({
      data: { reason: 'busy' },
    });
    expect(grafana.dashboards.size).toBe(0);
    const { digest } = await ask(protocol.planDashboardPush, {});
    expect(await ask(protocol.pushDashboard, { seen: digest })).toMatchObject({ version: 1 });
    expect(await ask(protocol.planDashboardPush, {})).toMatchObject({ action: 'none', changes: [] });
  });
});

describe('where Prometheus is not what answers', () => {
  const use = async (url: string) => {
    allowed.add(url);
    await writeFile(join(root, 'mlops.yaml'), workspaceFile(url));
  };

  it.each([
    ['a web page', 200, '<!doctype html><p>Sign in', /web page/],
    ['other JSON', 200, '{"status":"success","data":{}}', /something that Prometheus does not/],
    ['a failure', 500, 'no', /HTTP 500/],
  ])('%s is told', async (_, status, body, message) => {
    await using other = await startHttpServer((__, response) => {
      response.statusCode = status;
      response.end(body);
    });
    await use(other.url);
    const told = () => chart('metric:up').then(String, ({ data }) => `${data.reason}: ${data.message}`);
    await expect.poll(told, { timeout: 5_000 }).toMatch(message);
  });

  it('nothing at all is told', async () => {
    const other = await startHttpServer(() => undefined);
    await other[Symbol.asyncDispose]();
    await use(other.url);
    const told = () => chart('metric:up').then(String, ({ data }) => `${data.reason}: ${data.message}`);
    await expect.poll(told, { timeout: 10_000 }).toMatch(/^unreachable: Nothing answers at/);
  });
});

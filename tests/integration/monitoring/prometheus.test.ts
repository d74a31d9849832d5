import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MonitorReport, monitorReport } from '#schemas/domain/monitor-report.ts';
import { Prometheus } from '#server/monitoring/backends/prometheus/prometheus.ts';
import { createHttpClient } from '#server/platform/http.ts';
import { startHttpServer, type TestServer } from '../../testbeds/http-server.ts';
import { startPrometheus, type TestPrometheus } from '../../testbeds/prometheus.ts';
import { runMlops } from '../cli/run-mlops.ts';

let exporter: TestServer;
let server: TestPrometheus;
let folder: string;

/** What the model's server tells of itself. */
const exposition = `# TYPE latency_seconds gauge
latency_seconds{model="churn",version="1.2.0"} 0.25
latency_seconds{model="churn",version="1.3.0"} 0.75
broken_ratio NaN
endless +Inf
`;

beforeAll(async () => {
  let scrapes = 0;
  const twice = new EventTarget();
  exporter = await startHttpServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(exposition);
    if (++scrapes === 3) twice.dispatchEvent(new Event('scraped'));
  });
  const scraped = once(twice, 'scraped');
  server = await startPrometheus({ rules: null, target: new URL(exporter.url).host });
  await scraped;
  folder = await mkdtemp(join(tmpdir(), 'metrics-'));
}, 30_000);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await exporter[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function sourceAt(url: string, timeoutMs = 5_000) {
  return new Prometheus({ url, http: createHttpClient({ timeoutMs, retries: 0 }), credentials: async () => null });
}

describe('a real Prometheus', () => {
  test('gives values, special ones too', async () => {
    const source = sourceAt(server.url);
    const { data, warnings } = await source.query('latency_seconds');
    expect(warnings).toEqual([]);
    expect(data.map(({ labels, value }) => [labels.version, value])).toEqual([
      ['1.2.0', 0.25],
      ['1.3.0', 0.75],
    ]);
    expect((await source.query('broken_ratio')).data).toMatchObject([{ value: Number.NaN }]);
    expect((await source.query('-endless')).data).toMatchObject([{ value: Number.NEGATIVE_INFINITY }]);
    expect((await source.query('1 + 1')).data).toMatchObject([{ labels: {}, value: 2 }]);
    expect((await source.query('nothing_like_this')).data).toEqual([]);
  });

  test('gives values over time, and takes queries that are too long for an address', async () => {
    const now = Date.now();
    const range = { from: now - 60_000, to: now, stepMs: 1_000 };
    const { data } = await sourceAt(server.url).queryRange('sum(latency_seconds)', range);
    expect(data).toHaveLength(1);
    expect(data[0]?.points.at(-1)?.value).toBe(1);
    const long = `latency_seconds{version=~"${'x|'.repeat(3_000)}1.2.0"}`;
    expect((await sourceAt(server.url).query(long)).data).toMatchObject([{ value: 0.25 }]);
  });

  test('says what is wrong with a query in its own words', async () => {
    await expect(sourceAt(server.url).query('sum(latency_seconds')).rejects.toMatchObject({
      reason: 'input',
      message: expect.stringMatching(/^Prometheus does not understand the query: .*unclosed left parenthesis/),
      remedy: 'The query is: sum(latency_seconds',
    });
    await expect(sourceAt(server.url).query('latency_seconds[5m]')).rejects.toMatchObject({
      reason: 'input',
      message: 'The query gives a matrix, not a number or one a series.',
    });
  });
});

describe('a server that is no Prometheus, or in trouble', () => {
  const cases: readonly [string, (response: ServerResponse) => void, object][] = [
    [
      'a web page',
      (response) => response.end('<!doctype html><title>Sign in</title>'),
      { reason: 'remote', message: /web page/ },
    ],
    [
      'a proxy’s page of an error',
      (response) => response.writeHead(502).end('<html>Bad Gateway</html>'),
      { reason: 'remote', message: /HTTP 502, but not as Prometheus/ },
    ],
    ['no entry', (response) => response.writeHead(401).end(), { reason: 'permission', message: /does not let you in/ }],
    [
      'a query that took too long there',
      (response) =>
        response
          .writeHead(503, { 'content-type': 'application/json' })
          .end('{"status":"error","errorType":"timeout","error":"query timed out"}'),
      { reason: 'remote', message: /query timed out/ },
    ],
    ['an answer of another form', (response) => response.end('{"status":"success","data":[]}'), { reason: 'remote' }],
    ['no answer in time', () => undefined, { reason: 'unreachable', message: /did not answer/ }],
  ];
  test.each(cases)('%s', async (_, answer, failure) => {
    await using broken = await startHttpServer((__, response) => answer(response));
    const wanted = Object.fromEntries(
      Object.entries(failure).map(([key, value]) => [
        key,
        value instanceof RegExp ? expect.stringMatching(value) : value,
      ]),
    );
    await expect(sourceAt(broken.url, 300).query('up')).rejects.toMatchObject(wanted);
  });

  test('too many series, and warnings', async () => {
    const series = (count: number) => ({
      status: 'success',
      data: {
        resultType: 'vector',
        result: Array.from({ length: count }, (_, n) => ({ metric: { n: String(n) }, value: [1, '1'] })),
      },
      warnings: ['PromQL: metric might not be a counter'],
    });
    let count = 1_001;
    await using many = await startHttpServer((_, response) => void response.end(JSON.stringify(series(count))));
    await expect(sourceAt(many.url).query('up')).rejects.toMatchObject({
      reason: 'input',
      message: expect.stringContaining('1001 series'),
    });
    count = 1;
    expect(await sourceAt(many.url).query('up')).toMatchObject({ warnings: ['PromQL: metric might not be a counter'] });
  });
});

async function check(
  metrics: readonly string[],
  { url = server.url, args = [] }: { url?: string; args?: readonly string[] } = {},
): Promise<{ code: number | null; report: MonitorReport }> {
  const file = 'monitor.mlops.yaml';
  const lines = [
    'apiVersion: mlops/v1',
    'kind: Monitor',
    'metadata: {name: live}',
    'model: churn@1.2.0',
    'environment: production',
    'metrics:',
  ];
  await writeFile(join(folder, file), [...lines, ...metrics.map((metric) => `  - ${metric}`), ''].join('\n'));
  const result = await runMlops(['monitor', 'check', file, '--json', ...args], {
    cwd: folder,
    env: { PROMETHEUS_URL: url },
  });
  expect(result.stderr).toBe('');
  return { code: result.code, report: monitorReport.parse(JSON.parse(result.stdout)) };
}

describe('mlops monitor check', () => {
  test('holds each series against its bounds', async () => {
    const { code, report } = await check(['{name: latency, query: latency_seconds, maximum: 0.3, unit: s}']);
    expect(code).toBe(1);
    expect(report).toMatchObject({
      monitor: 'live',
      model: 'churn@1.2.0',
      state: 'out-of-bounds',
      alerts: [],
      drift: null,
    });
    expect(report.checks).toMatchObject([
      { name: 'latency', value: 0.25, maximum: 0.3, unit: 's', state: 'ok', labels: { version: '1.2.0' } },
      { name: 'latency', value: 0.75, state: 'out-of-bounds', labels: { version: '1.3.0' } },
    ]);
  });

  test('asks that a value is out of bounds for as long as the document says', async () => {
    const since = (duration: string) =>
      `{name: latency, query: 'max(latency_seconds)', maximum: 0.3, for: ${duration}}`;
    const { code, report } = await check([since('1s'), since('1h')]);
    expect(report.checks).toMatchObject([
      { state: 'out-of-bounds' },
      { state: 'ok', reason: 'Out of bounds, but not yet for 1h.' },
    ]);
    expect(code).toBe(1);
  });

  test('tells no data and what could not be checked, and never that all is well', async () => {
    const { code, report } = await check([
      '{name: none, query: nothing_like_this, maximum: 1}',
      '{name: nan, query: broken_ratio, maximum: 1}',
      `{name: broken, query: 'sum(', maximum: 1}`,
      `{name: secret, query: 'up{x="\${{ env.HOME }}"}', maximum: 1}`,
    ]);
    expect(code).toBe(2);
    expect(report.state).toBe('could-not-check');
    expect(report.checks).toMatchObject([
      { state: 'no-data', reason: 'The query gives no series.' },
      { state: 'no-data', value: 'NaN', reason: 'The query gives NaN.' },
      { state: 'could-not-check', reason: expect.stringContaining('does not understand the query') },
      { state: 'could-not-check', reason: expect.stringContaining('${{ env.HOME }} can’t be put into the query') },
    ]);
  });

  test('says that the server is down', async () => {
    const { code, report } = await check(['{name: up, query: up, minimum: 1}'], { url: 'http://127.0.0.1:1' });
    expect(report.checks).toMatchObject([
      { state: 'could-not-check', reason: expect.stringContaining('Nothing answers at 127.0.0.1:1') },
    ]);
    expect(code).toBe(2);
  });

  test('judges the alerts of the monitor and says what it found for Prometheus', async () => {
    const metrics = ['{name: latency, query: latency_seconds, maximum: 0.3}', '{name: up, query: up, minimum: 1}'];
    const alerts = `alerts: [{name: slow, when: metrics.latency > 0.3, channel: team, severity: critical}]`;
    const { code, report } = await check([...metrics.slice(0, 1), `${metrics[1]}\n${alerts}`], {
      args: ['--prometheus-file', 'found.prom'],
    });
    expect(
      report.alerts.map(({ name, state, severity, labels }) => ({ name, state, severity, version: labels.version })),
    ).toContainEqual({
      ...{ name: 'slow', state: 'firing', severity: 'critical', version: '1.3.0' },
    });
    expect(code).toBe(1);
  });
});

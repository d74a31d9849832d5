import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settings } from '#schemas/protocol/workspace.ts';
import { createLogger, type Logger } from '#server/platform/log.ts';
import { createRedactor } from '#server/platform/redact.ts';
import { connectWithoutAsking, noStoredCredentials } from '#server/security/ports.ts';
import { openWorkspace } from '#server/workspace.ts';
import { sendJson, startHttpServer, type TestServer } from '../testbeds/http-server.ts';

const token = 'real-token-0123456789';

let folder: string;
let tracker: TestServer;
let other: TestServer;
let collector: TestServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracing-'));
  const answer = () =>
    startHttpServer(({ path }, response) => {
      if (path.startsWith('/leave')) response.writeHead(302, { location: `${other.url}${path}` }).end();
      else if (path === '/health' || path === '/version') response.end('OK');
      else sendJson(response, { experiments: [] });
    });
  [tracker, other, collector] = await Promise.all([answer(), answer(), answer()]);
});
afterEach(async () => {
  await Promise.all([tracker, other, collector].map((server) => server[Symbol.asyncDispose]()));
  await rm(folder, { recursive: true, force: true });
});

/** Lists experiments, closes the workspace, and answers its log. */
async function work(uri: string, env: Record<string, string>): Promise<Logger> {
  const redactor = createRedactor();
  const logger = createLogger({ sink: () => undefined, redactor, level: 'debug' });
  const workspace = await openWorkspace({
    folder,
    trusted: true,
    env: { MLFLOW_TRACKING_URI: uri, MLFLOW_TRACKING_TOKEN: token, ...env },
    settings: settings.parse({}),
    logger,
    redactor,
    credentials: noStoredCredentials,
    permission: connectWithoutAsking,
  });
  const store = await workspace.tracker(workspace.defaultTracker ?? '');
  await store.listExperiments({ view: 'active' }).catch(() => undefined);
  await store.getRun('0'.repeat(32)).catch(() => undefined);
  await workspace.dispose();
  return logger;
}

test('every request to a tracker is a span of the log, without its query and without secrets', async () => {
  const logger = await work(tracker.url, {});
  const lines = logger.recent().map(({ text }) => text);
  const requests = lines.filter((line) => /^HTTP (GET|POST) .*attempts=1 .*status_code=200 ms=\d+ trace=/.test(line));
  expect(requests).toHaveLength(tracker.seen.length);
  expect(lines.join('\n')).not.toMatch(/real-token|run_id=/);
});

test('a request that fails is a span too', async () => {
  const { url } = other;
  await other[Symbol.asyncDispose]();
  const lines = (await work(url, {})).recent().map(({ text }) => text);
  expect(lines.find((line) => line.startsWith('HTTP '))).toMatch(/attempts=4 ms=\d+ error="Nothing answers at/);
});

test('spans go to the collector that the person’s environment names, with the ids that the tracker was told', async () => {
  await work(tracker.url, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_HEADERS: 'api-key=k' });
  expect(collector.seen.map(({ path }) => path)).toEqual(['/v1/traces']);
  const { body = '', headers = {} } = collector.seen[0] ?? {};
  expect(headers).toMatchObject({ 'api-key': 'k', 'content-type': 'application/json' });
  expect(headers.traceparent).toBeUndefined();
  expect(headers.authorization).toBeUndefined();
  expect(body).not.toContain(token);
  for (const { headers: told } of tracker.seen) {
    const [, traceId, spanId] = /^00-(\w{32})-(\w{16})-01$/.exec(String(told.traceparent)) ?? [];
    expect(body).toContain(`"traceId":"${traceId}","spanId":"${spanId}"`);
  }
});

test('no collector that a file of the folder names gets anything', async () => {
  await writeFile(join(folder, '.env'), `OTEL_EXPORTER_OTLP_ENDPOINT=${collector.url}\n`);
  await work(tracker.url, {});
  expect(collector.connections).toBe(0);
});

test('a server that a tracker redirects to learns no trace', async () => {
  await work(`${tracker.url}/leave`, {});
  expect(other.seen.length).toBeGreaterThan(0);
  expect(tracker.seen.every(({ headers }) => headers.traceparent !== undefined)).toBe(true);
  expect(other.seen.every(({ headers }) => headers.traceparent === undefined)).toBe(true);
});

test('a collector that is not there costs one warning and nothing else', async () => {
  const { url } = collector;
  await collector[Symbol.asyncDispose]();
  const logger = await work(tracker.url, { OTEL_EXPORTER_OTLP_ENDPOINT: url });
  expect(tracker.seen.length).toBeGreaterThan(0);
  expect(logger.recent().filter(({ level }) => level === 'warn')).toHaveLength(1);
});

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMlflowRestStore } from '#server/experiments/backends/mlflow-rest/store.ts';
import { parseRunSearch } from '#server/experiments/search/parse.ts';
import type { TrackingStore } from '#server/experiments/tracking-store.ts';
import type { Credential } from '#server/platform/credentials.ts';
import { createHttpClient, type HttpClient } from '#server/platform/http.ts';
import { freePort } from '../../testbeds/mlflow-server.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let url: string;
let answer: Answer;
let requests: { path: string; headers: IncomingMessage['headers'] }[];
let http: HttpClient;
let credential: Credential | null;
let store: TrackingStore;

beforeEach(async () => {
  requests = [];
  credential = null;
  server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString('utf8')));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  http = createHttpClient({ retries: 0, timeoutMs: 400, maxBodyBytes: 2 * 1024 * 1024 });
  store = createMlflowRestStore({ url, http, credentials: async () => credential, workspace: 'team-a' });
});
afterEach(async () => {
  await http.close();
  server.closeAllConnections();
  server.close();
});

const send = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/html' : 'application/json';
  return (_, response) => response.writeHead(status, { 'content-type': type, ...headers }).end(text);
};

const list = () => store.listExperiments({ view: 'active' });
const search = (filter = '') =>
  store.searchRuns(parseRunSearch({ experimentIds: ['1'], filter }), { limit: 10, page: null });

describe('a server that misbehaves', () => {
  it.each<[string, Answer, string, RegExp]>([
    ['HTML for JSON', send(200, '<!doctype html><title>Welcome</title>'), 'remote', /127\.0\.0\.1/],
    ['JSON of something else', send(200, { experiments: [{ id: 5 }] }), 'remote', /does not answer as MLflow does/],
    ['a list for an object', send(200, [1, 2]), 'remote', /does not answer as MLflow does: Invalid/],
    ['a page that is not there', send(404, '<h1>Not Found</h1>'), 'remote', /There is no MLflow at/],
    ['an error without words', send(500, '<html><body>oops</body></html>'), 'remote', /failed \(HTTP 500\)\.( |$)/],
    ['an error with nothing', send(502, ''), 'remote', /failed \(HTTP 502\)\.( |$)/],
    ['403 with nothing', send(403, ''), 'permission', /denies access\.( |$)/],
    ['a refusal with nothing', send(422, ''), 'input', /refused \(HTTP 422\)\.( |$)/],
    ['429 that is over', send(429, '', { 'retry-after': '0' }), 'remote', /fewer requests\.( |$)/],
    ['an error', send(500, { error_code: 'INTERNAL_ERROR', message: 'disk\nfull' }), 'remote', /disk full/],
    ['401', send(401, 'You are not authenticated.'), 'permission', /asks for a sign-in/],
    ['403', send(403, { error_code: 'PERMISSION_DENIED', message: 'no READ' }), 'permission', /denies access: no READ/],
    ['a refused host', send(403, 'Invalid Host header - possible DNS rebinding'), 'permission', /this name/],
    ['429', send(429, '', { 'retry-after': '120' }), 'remote', /fewer requests for 120 s/],
    ['503', send(503, '', { 'retry-after': 'Wed, 21 Oct 2099 07:28:00 GMT' }), 'remote', /not ready until Wed/],
    ['a wrong value', send(400, { error_code: 'INVALID_PARAMETER_VALUE', message: 'bad' }), 'input', /refused: bad/],
    ['a cut body', (_, response) => cutShort(response), 'unreachable', /closed the connection/],
    ['no answer', () => undefined, 'unreachable', /did not answer within/],
    ['a body of 3 MB', send(200, { experiments: [], padding: 'x'.repeat(3_000_000) }), 'remote', /larger than 2 MB/],
  ])('is told by what it does: %s', async (_, behaviour, reason, message) => {
    answer = behaviour;
    await expect(list()).rejects.toMatchObject({ reason, message: expect.stringMatching(message) });
    const health = await store.healthCheck();
    expect(health.healthy).toBe(false);
    expect(health.detail).toMatch(message);
  });

  it('names the page that a gateway sends us to, without its query, and no credential goes there', async () => {
    const other = createServer((request, response) => {
      requests.push({ path: request.url ?? '', headers: request.headers });
      send(200, '<html>Sign in</html>')(request, response, '');
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const login = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/login?state=secret`;
    credential = { type: 'bearer', token: 'top-secret' };
    answer = send(302, '', { location: login });
    await expect(list()).rejects.toMatchObject({
      reason: expect.stringMatching(/remote|permission/),
      message: expect.stringMatching(/\/login(?!.*secret)/),
    });
    await expect(store.getRun('x')).rejects.toMatchObject({ reason: 'remote' });
    const atLogin = requests.filter(({ path }) => path.startsWith('/login'));
    expect(atLogin.length).toBeGreaterThan(0);
    expect(atLogin.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    other.close();
  });

  it('is told apart when it refuses a credential that was sent', async () => {
    credential = { type: 'basic', username: 'ana', password: 'wrong' };
    answer = send(401, '');
    await expect(list()).rejects.toMatchObject({ reason: 'permission', message: expect.stringContaining('refused') });
  });

  it('is not there', async () => {
    const gone = createMlflowRestStore({
      url: `http://127.0.0.1:${await freePort()}`,
      http,
      credentials: async () => null,
    });
    await expect(gone.listExperiments({ view: 'all' })).rejects.toMatchObject({ reason: 'unreachable' });
    expect(await gone.healthCheck()).toMatchObject({ healthy: false, detail: expect.stringMatching(/refused/) });
  });

  it('keeps a param of a size that nobody can read from filling the memory', async () => {
    const run = {
      info: { run_id: 'r', experiment_id: '1' },
      data: { params: [{ key: 'p', value: 'x'.repeat(1_500_000) }] },
    };
    answer = send(200, { run });
    const value = (await store.getRun('r')).params.get('p') ?? '';
    expect(value).toContain('the whole text has 1,500,000 bytes');
    expect(value.length).toBeLessThan(20_000);
  });

  it('is not followed in circles: it gives one page of anything for ever', async () => {
    const run = { info: { run_id: 'r', experiment_id: '1' } };
    answer = send(200, { run, experiments: [], runs: [], metrics: [], models: [], files: [], next_page_token: 'x' });
    const artifacts = store.artifacts(await store.getRun('r'));
    for (const read of [list, search, () => store.metricHistory('r', 'm'), () => artifacts.list('')]) {
      await expect(read()).rejects.toMatchObject({
        reason: 'remote',
        message: expect.stringMatching(/the same page/),
      });
    }
  });

  it('can be left while it is slow', async () => {
    answer = () => undefined;
    const leaving = new AbortController();
    const call = store.getRun('x', leaving.signal);
    leaving.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('what is sent and read', () => {
  it('sends the credential and the workspace', async () => {
    credential = { type: 'basic', username: 'ana', password: 'päss' };
    answer = send(200, {});
    expect(await list()).toEqual([]);
    expect(requests[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('ana:päss').toString('base64')}`,
      'x-mlflow-workspace': 'team-a',
    });
  });

  it('reads servers that have the API under the pages’ path only', async () => {
    answer = (request, response, body) =>
      request.url?.startsWith('/ajax-api/2.0/mlflow/experiments/search')
        ? send(200, { experiments: [{ experiment_id: '1', name: 'x' }] })(request, response, body)
        : send(404, '<h1>Not Found</h1>')(request, response, body);
    expect(await list()).toMatchObject([{ id: '1', name: 'x' }]);
    await list();
    expect(requests).toHaveLength(3);
  });

  it('reads steps of 64 bits, NaN and infinities exactly', async () => {
    const metrics =
      '[{"key":"m","value":"NaN","timestamp":1,"step":9223372036854775807},{"key":"m","value":"-Infinity","timestamp":2,"step":-9007199254740993}]';
    answer = (_, response) => response.setHeader('content-type', 'application/json').end(`{"metrics":${metrics}}`);
    expect(await store.metricHistory('r', 'm')).toEqual({
      steps: [-9007199254740993n, 9223372036854775807n],
      timestamps: [2, 1],
      values: [Number.NEGATIVE_INFINITY, Number.NaN],
    });
  });

  it('reads the bare NaN of the pages’ API, also beside a key that says NaN', async () => {
    const run = { info: { run_id: 'r', experiment_id: '1' }, data: { metrics: [{ key: 'a NaN "b"', value: 1 }] } };
    answer = (request, response, body) => {
      if (request.url?.startsWith('/api')) return send(200, { run })(request, response, body);
      return response.end(
        '{"metrics":[{"key":"a NaN \\"b\\"","run_id":"r","value":NaN},{"run_id":"r","value":2,"key":"a NaN"}]}',
      );
    };
    const extents = await store.metricExtent(['r'], null);
    expect(extents.get('r')?.get('a NaN "b"')).toEqual({ min: 2, max: 2, count: 2 });
  });

  it('follows the server’s page tokens, in its own', async () => {
    const run = (id: string) => ({ info: { run_id: id, experiment_id: '1' } });
    answer = (request, response, body) => {
      const token: unknown = JSON.parse(body).page_token;
      const page = token === 'second/==' ? { runs: [run('b')] } : { runs: [run('a')], next_page_token: 'second/==' };
      send(200, page)(request, response, body);
    };
    const first = parseRunSearch({ experimentIds: ['1'] });
    const page = await store.searchRuns(first, { limit: 1, page: null });
    expect(page.runs.map((found) => found.id)).toEqual(['a']);
    const next = await store.searchRuns(first, { limit: 1, page: page.nextPage });
    expect(next).toMatchObject({ runs: [{ id: 'b' }], nextPage: null });
    const another = parseRunSearch({ experimentIds: ['2'] });
    await expect(store.searchRuns(another, { limit: 1, page: page.nextPage })).rejects.toMatchObject({
      reason: 'input',
    });
  });

  it('gives the reason why a server refused a filter', async () => {
    answer = send(400, { error_code: 'INVALID_PARAMETER_VALUE', message: 'Invalid clause' });
    await expect(search("params.x = '1'")).rejects.toMatchObject({
      reason: 'input',
      message: 'MLflow refused: Invalid clause',
    });
  });

  it('knows a server from before logged models', async () => {
    answer = (request, response, body) =>
      request.url?.includes('/runs/get')
        ? send(200, { run: { info: { run_id: 'r', experiment_id: '1' } } })(request, response, body)
        : send(404, '<h1>Not Found</h1>')(request, response, body);
    expect(await store.loggedModels('r')).toEqual([]);
  });

  it('links to the run’s page', () => {
    expect(store.link('1', 'abc')).toBe(`${url}/#/experiments/1/runs/abc`);
    expect(store.link('1', null)).toBe(`${url}/#/experiments/1`);
  });
});

function cutShort(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"experiments": [', () => response.destroy());
}

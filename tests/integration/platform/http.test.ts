import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpClient, type HttpClient, type HttpClientOptions } from '#server/platform/http.ts';
import { sendJson, startHttpServer } from '../../testbeds/http-server.ts';

const certificate = fileURLToPath(new URL('../../fixtures/tls/localhost-both.pem', import.meta.url));

const clients: HttpClient[] = [];
function client(options: HttpClientOptions = {}): HttpClient {
  const made = createHttpClient({ retries: 0, ...options });
  clients.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(clients.splice(0).map((made) => made.close()));
});

const get = (url: string) => ({ method: 'GET', url, responseType: 'json' }) as const;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a request', () => {
  test('carries query, headers and a JSON body, and keeps 64-bit integers', async () => {
    await using server = await startHttpServer((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{"step": 9223372036854775807, "other": 1}');
    });
    const answer = await client().request({
      method: 'POST',
      url: `${server.url}/search?a=1`,
      query: { b: 'x y', c: ['1', '2'], d: undefined },
      headers: { 'X-Extra': 'yes' },
      body: { filter: 'metrics.auc > 0.5' },
      bigIntKeys: new Set(['step']),
      responseType: 'json',
    });
    expect(answer).toMatchObject({ status: 200, body: { step: 9223372036854775807n, other: 1 } });
    expect(server.seen).toMatchObject([
      {
        path: '/search?a=1&b=x+y&c=1&c=2',
        headers: { 'x-extra': 'yes', 'content-type': 'application/json' },
        body: '{"filter":"metrics.auc > 0.5"}',
      },
    ]);
  });

  test('decompresses, whole and as a stream', async () => {
    const content = JSON.stringify({ text: 'äöü'.repeat(1000) });
    await using server = await startHttpServer((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(content));
    });
    const http = client();
    expect((await http.request(get(server.url))).body).toEqual(JSON.parse(content));
    const streamed = await http.request({ ...get(server.url), responseType: 'stream' });
    expect(await text(streamed.body)).toBe(content);
  });

  test('gives statuses back as answers', async () => {
    await using server = await startHttpServer(({ path }, response) =>
      path === '/json'
        ? sendJson(response, { error_code: 'X' }, 400)
        : void response.writeHead(401).end('<html>no</html>'),
    );
    const http = client();
    expect(await http.request(get(`${server.url}/json`))).toMatchObject({ status: 400, body: { error_code: 'X' } });
    expect(await http.request(get(`${server.url}/text`))).toMatchObject({ status: 401, body: '<html>no</html>' });
  });
});

describe('what goes wrong is said in words to act on', () => {
  test('nothing listens', async () => {
    const port = await freePort();
    await expect(client().request(get(`http://127.0.0.1:${port}`))).rejects.toMatchObject({
      reason: 'unreachable',
      message: `Nothing answers at 127.0.0.1:${port}: the connection was refused.`,
      remedy: expect.stringContaining('Start the server'),
    });
  });

  test('an unknown host', async () => {
    await expect(client().request(get('http://no-such-host.invalid/'))).rejects.toMatchObject({
      reason: 'unreachable',
      message: 'The host no-such-host.invalid is not known.',
    });
  });

  test('a web page instead of JSON', async () => {
    await using server = await startHttpServer(
      (_, response) => void response.end('<!DOCTYPE html><title>Sign in</title>'),
    );
    await expect(client().request(get(server.url))).rejects.toMatchObject({
      reason: 'remote',
      message: expect.stringContaining('web page (HTML)'),
    });
  });

  test('something that is no HTTP', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await expect(client().request(get(`http://127.0.0.1:${port}`))).rejects.toMatchObject({ reason: 'remote' });
    } finally {
      server.close();
    }
  });

  test('silence', async () => {
    await using server = await startHttpServer(() => undefined);
    await expect(client().request({ ...get(server.url), timeoutMs: 50 })).rejects.toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('did not answer within 50 ms'),
    });
  });

  test('an answer without end', async () => {
    await using server = await startHttpServer((_, response) => void response.end(Buffer.alloc(300_000, 32)));
    await expect(client({ maxBodyBytes: 200_000 }).request(get(server.url))).rejects.toMatchObject({
      reason: 'remote',
      message: expect.stringContaining('larger than'),
    });
  });

  test('a small answer that unpacks to a huge one', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    await using server = await startHttpServer((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    await expect(client({ maxBodyBytes: 1_000_000 }).request(get(server.url))).rejects.toMatchObject({
      message: expect.stringContaining('larger than'),
    });
  });

  test('a connection that breaks in the middle', async () => {
    await using server = await startHttpServer((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"half":', () => response.destroy());
    });
    await expect(client().request(get(server.url))).rejects.toMatchObject({ reason: 'unreachable' });
  });
});

describe('cancelling', () => {
  test('ends a request with the signal’s reason', async () => {
    const aborter = new AbortController();
    await using server = await startHttpServer(() => aborter.abort());
    await expect(client().request({ ...get(server.url), signal: aborter.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  test('ends the wait before another try', async () => {
    const aborter = new AbortController();
    await using server = await startHttpServer((_, response) => {
      response.writeHead(503, { 'retry-after': '20' }).end(() => setImmediate(() => aborter.abort()));
    });
    const started = performance.now();
    await expect(client({ retries: 3 }).request({ ...get(server.url), signal: aborter.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('trying again', () => {
  const failing = (status: number, times: number, headers: Record<string, string> = {}) => {
    let left = times;
    return startHttpServer((_, response) => {
      if (left-- > 0) response.writeHead(status, headers).end();
      else sendJson(response, { ok: true });
    });
  };

  test.each([429, 502, 503, 504])('after %i', async (status) => {
    await using server = await failing(status, 2);
    expect((await client({ retries: 3 }).request(get(server.url))).body).toEqual({ ok: true });
    expect(server.seen).toHaveLength(3);
  });

  test('no sooner than Retry-After says', async () => {
    await using server = await failing(429, 1, { 'retry-after': '1' });
    const started = performance.now();
    await client({ retries: 3 }).request(get(server.url));
    expect(performance.now() - started).toBeGreaterThanOrEqual(990);
  });

  test('not when Retry-After is far away', async () => {
    await using server = await failing(503, 1, { 'retry-after': '3600' });
    expect((await client({ retries: 3 }).request(get(server.url))).status).toBe(503);
    expect(server.seen).toHaveLength(1);
  });

  test('not more often than told, and the last answer is the result', async () => {
    await using server = await failing(503, 10);
    expect((await client({ retries: 2 }).request(get(server.url))).status).toBe(503);
    expect(server.seen).toHaveLength(3);
  });

  test('not what may have had an effect, unless it says that it is harmless', async () => {
    await using server = await failing(503, 1);
    const post = { method: 'POST', url: server.url, body: {}, responseType: 'json' } as const;
    const http = client({ retries: 3 });
    expect((await http.request(post)).status).toBe(503);
    await using other = await failing(503, 1);
    expect((await http.request({ ...post, url: other.url, idempotent: true })).status).toBe(200);
  });

  test('after a broken connection', async () => {
    let first = true;
    await using server = await startHttpServer((_, response) => {
      if (!first) return sendJson(response, { ok: true });
      first = false;
      response.destroy();
    });
    expect((await client({ retries: 1 }).request(get(server.url))).body).toEqual({ ok: true });
  });
});

describe('redirects', () => {
  test('are followed on the same server', async () => {
    await using server = await startHttpServer(({ path }, response) =>
      path === '/old' ? void response.writeHead(302, { location: '/new' }).end() : sendJson(response, { path }),
    );
    const headers = { authorization: 'Bearer token' };
    expect((await client().request({ ...get(`${server.url}/old`), headers })).body).toEqual({ path: '/new' });
    expect(server.seen.map((request) => request.headers.authorization)).toEqual(['Bearer token', 'Bearer token']);
  });

  test('in circles end', async () => {
    await using server = await startHttpServer((_, response) => void response.writeHead(302, { location: '/' }).end());
    await expect(client().request(get(server.url))).rejects.toMatchObject({
      message: expect.stringContaining('circles'),
    });
  });

  test('of a POST say where to go instead', async () => {
    await using server = await startHttpServer((_, response) => {
      response.writeHead(301, { location: 'https://ml.example.com/api' }).end();
    });
    await expect(
      client().request({ method: 'POST', url: server.url, body: {}, responseType: 'json' }),
    ).rejects.toMatchObject({ reason: 'remote', message: expect.stringContaining('https://ml.example.com/api') });
  });
});

describe('TLS', () => {
  const tls = { key: readFileSync(certificate, 'utf8'), cert: readFileSync(certificate, 'utf8') };
  const ok = (_: unknown, response: Parameters<typeof sendJson>[0]) => sendJson(response, { ok: true });

  test('an unknown authority is refused, and the message names what to do', async () => {
    await using server = await startHttpServer(ok, { tls });
    await expect(client().request(get(server.url))).rejects.toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('not signed by an authority'),
      remedy: expect.stringContaining('MLFLOW_TRACKING_SERVER_CERT_PATH'),
    });
  });

  test('is met with the authority that the variables name, or with none, for that origin alone', async () => {
    await using server = await startHttpServer(ok, { tls });
    await using other = await startHttpServer(ok, { tls });
    const own = { origin: server.url, insecure: false, serverCertPath: certificate, clientCertPath: null };
    const named = client({ tls: own });
    expect((await named.request(get(server.url))).status).toBe(200);
    await expect(named.request(get(other.url))).rejects.toMatchObject({ reason: 'unreachable' });
    const insecure = client({ tls: { ...own, insecure: true, serverCertPath: null } });
    expect((await insecure.request(get(server.url))).status).toBe(200);
    await expect(insecure.request(get(other.url))).rejects.toMatchObject({ reason: 'unreachable' });
  });

  test('a certificate that can’t be read is named', async () => {
    await using server = await startHttpServer(ok, { tls });
    const own = { origin: server.url, insecure: false, serverCertPath: '/nowhere/ca.pem', clientCertPath: null };
    await expect(client({ tls: own }).request(get(server.url))).rejects.toMatchObject({
      reason: 'input',
      message: expect.stringContaining('/nowhere/ca.pem'),
    });
  });

  test('https to a port of http is named', async () => {
    await using server = await startHttpServer(ok);
    await expect(client().request(get(server.url.replace('http:', 'https:')))).rejects.toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('does not speak TLS'),
    });
  });
});

describe('a proxy', () => {
  /** Tunnels every host to one port of this machine and notes which host was wanted. */
  async function startProxy(target: number) {
    const wanted: string[] = [];
    const server = createServer((socket) => {
      socket.once('data', (head) => {
        wanted.push(/^CONNECT (\S+)/.exec(head.toString('latin1'))?.[1] ?? 'no tunnel');
        const upstream = connect(target, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          socket.pipe(upstream).pipe(socket);
        });
        upstream.on('error', () => socket.destroy());
        socket.on('error', () => upstream.destroy());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, wanted, [Symbol.dispose]: () => server.close() };
  }

  test('is used for other machines, not for this one, nor for what NO_PROXY names', async () => {
    await using server = await startHttpServer((_, response) => sendJson(response, { ok: true }));
    using proxy = await startProxy(server.port);
    const http = client({ proxyEnv: { http_proxy: proxy.url, NO_PROXY: 'direct.invalid' } });
    expect((await http.request(get('http://ml.invalid:5000/x'))).body).toEqual({ ok: true });
    expect((await http.request(get(server.url))).body).toEqual({ ok: true });
    await expect(http.request(get('http://direct.invalid/'))).rejects.toMatchObject({ reason: 'unreachable' });
    expect(proxy.wanted).toEqual(['ml.invalid:5000']);
  });
});

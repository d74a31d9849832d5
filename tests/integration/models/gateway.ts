import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

interface Passing {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
}

/** A server before another one, that may do something before, after or in place of a request. Ends with the test. */
export async function startGateway(
  target: string,
  handle: (request: Passing, pass: () => Promise<Response>) => Promise<Response>,
): Promise<{ readonly url: string }> {
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/' } = request;
    const answer = await handle({ method, path: url.replace(/\?.*$/s, '') }, () => forward(request, `${target}${url}`));
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { url: `http://127.0.0.1:${address.port}` };
}

async function forward(request: IncomingMessage, url: string): Promise<Response> {
  const { method = 'GET', headers } = request;
  const type = headers['content-type'];
  const body = method === 'GET' ? null : await buffer(request);
  return fetch(url, { method, body, headers: type === undefined ? {} : { 'content-type': type } });
}

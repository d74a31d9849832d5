import { startHttpServer, type TestServer } from '../../testbeds/http-server.ts';

/** Stands before a real server and notes what is asked of it. */
export function startCountingProxy(target: string): Promise<TestServer> {
  return startHttpServer(async ({ method, path, headers, body }, response) => {
    const { authorization, 'content-type': type } = headers;
    const answer = await fetch(`${target}${path}`, {
      method,
      headers: { ...(authorization ? { authorization } : {}), ...(type ? { 'content-type': type } : {}) },
      ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
    });
    const challenge = answer.headers.get('www-authenticate');
    response
      .writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? 'text/plain',
        ...(challenge ? { 'www-authenticate': challenge } : {}),
      })
      .end(Buffer.from(await answer.arrayBuffer()));
  });
}

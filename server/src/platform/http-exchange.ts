import { pipeline, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { type Dispatcher, request } from 'undici';
import { FailureError } from './failure.ts';
import { networkFailure } from './http-failure.ts';

/** A request as it goes out; header names in lower case. */
export interface Outgoing {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

/** What came back: read into memory, or as it arrives where a stream was asked for. */
export class Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | Readable;

  constructor(status: number, headers: Readonly<Record<string, string>>, body: Buffer | Readable) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

const mostRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Headers that tell nothing about who asks: they may go to any origin. */
export const plainHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'content-type',
  'range',
  'user-agent',
]);

export interface Attempt {
  readonly outgoing: Outgoing;
  readonly dispatcherFor: (url: URL) => Promise<Dispatcher>;
  readonly stream: boolean;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** One try, redirects followed: to another origin only by reading requests, and without what could identify us. */
export async function attempt(options: Attempt): Promise<Answer> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), options.timeoutMs);
  const signal = options.signal === undefined ? timeout.signal : AbortSignal.any([options.signal, timeout.signal]);
  let { url } = options.outgoing;
  try {
    let outgoing = options.outgoing;
    for (let hops = 0; ; hops++) {
      ({ url } = outgoing);
      const response = await sendOnce(outgoing, options, signal);
      const location = redirects.has(response.statusCode) ? flat(response.headers).location : undefined;
      if (location === undefined) return await receive(response, outgoing.url, options);
      response.body.on('error', () => undefined).destroy();
      if (hops === mostRedirects) throw new FailureError('remote', `${url.host} redirects in circles.`);
      outgoing = redirected(outgoing, response.statusCode, location);
    }
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    if (timeout.signal.aborted) throw tooSlow(url, options.timeoutMs, error);
    throw networkFailure(error, url);
  } finally {
    clearTimeout(timer);
  }
}

async function sendOnce(outgoing: Outgoing, options: Attempt, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
  const dispatcher = await options.dispatcherFor(outgoing.url);
  return request(outgoing.url, {
    method: outgoing.method,
    headers: { ...outgoing.headers },
    body: outgoing.body,
    dispatcher,
    signal,
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
  });
}

function redirected(from: Outgoing, status: number, location: string): Outgoing {
  const url = URL.parse(location, from.url.href);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new FailureError('remote', `${from.url.host} redirects to something that is no web address.`);
  }
  url.username = '';
  url.password = '';
  const sameOrigin = url.origin === from.url.origin;
  const readsOnly = from.method === 'GET' || from.method === 'HEAD';
  const keepsMethod = status === 307 || status === 308;
  const downgrade = from.url.protocol === 'https:' && url.protocol === 'http:';
  if (downgrade || !(readsOnly || (sameOrigin && keepsMethod))) {
    throw new FailureError('remote', `${from.url.host} redirects to ${url.origin}${url.pathname}.`, {
      remedy: downgrade ? 'It leads from https to http, which is not followed.' : 'Use that address instead.',
    });
  }
  if (sameOrigin) return { ...from, url };
  const headers = Object.fromEntries(Object.entries(from.headers).filter(([name]) => plainHeaders.has(name)));
  return { ...from, url, headers };
}

async function receive(response: Dispatcher.ResponseData, url: URL, options: Attempt): Promise<Answer> {
  const headers = flat(response.headers);
  const body = decompressed(response.body, headers['content-encoding'] ?? '');
  const status = response.statusCode;
  // An error's body is short, and who asked for a stream wants none of it.
  if (options.stream && status < 400) {
    return new Answer(status, headers, Readable.from(translated(body, url, options.signal), { objectMode: false }));
  }
  return new Answer(status, headers, await readAll(body, url, options.maxBodyBytes));
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value] as const],
  );
  return Object.fromEntries(entries);
}

function decompressed(body: Readable, contentEncoding: string): Readable {
  let stream = body;
  for (const encoding of contentEncoding.toLowerCase().split(',').reverse()) {
    const stage = decoder(encoding.trim());
    // The error arrives at whoever reads the last stream.
    if (stage !== null) stream = pipeline(stream, stage, () => undefined);
  }
  return stream;
}

function decoder(encoding: string): ReturnType<typeof createGunzip> | ReturnType<typeof createBrotliDecompress> | null {
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  return encoding === 'br' ? createBrotliDecompress() : null;
}

async function* translated(body: Readable, url: URL, signal: AbortSignal | undefined): AsyncGenerator<unknown> {
  try {
    yield* body;
  } catch (error) {
    throw signal?.aborted ? signal.reason : networkFailure(error, url);
  }
}

async function readAll(body: Readable, url: URL, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > limit) {
      throw new FailureError('remote', `The answer of ${url.host} is larger than ${Math.round(limit / 2 ** 20)} MB.`, {
        remedy: 'Ask for less at once: a filter, fewer runs or fewer columns.',
      });
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function tooSlow(url: URL, timeoutMs: number, cause: unknown): FailureError {
  const seconds = timeoutMs >= 1000 ? `${Math.round(timeoutMs / 1000)} s` : `${timeoutMs} ms`;
  return new FailureError('unreachable', `${url.host} did not answer within ${seconds}.`, {
    remedy: 'Check that the server runs, or raise the setting mlops.http.timeoutSeconds.',
    cause,
  });
}

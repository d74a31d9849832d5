import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { FailureError } from './failure.ts';
import { createDispatcher, type HttpTls, trustSystemCertificates } from './http-dispatcher.ts';
import { type Answer, attempt, type Outgoing, plainHeaders } from './http-exchange.ts';
import { withRetries } from './http-retry.ts';
import { parseJson } from './json.ts';
import type { OpenSpan, Tracer } from './trace.ts';

type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpRequest {
  readonly method: HttpMethod;
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Added to the URL's own; undefined ones are left out, arrays repeat the key. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  /** A string or bytes go as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for one attempt: until the body is read, or for a stream until its headers are here. */
  readonly timeoutMs?: number;
  /** May be sent again after a failure; by default GET, HEAD, PUT and DELETE are. A search by POST should say so. */
  readonly idempotent?: boolean;
  /** With `json`: integers under these keys that a double can't hold come as bigint. */
  readonly bigIntKeys?: ReadonlySet<string>;
}

export interface HttpResponse<B> {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: B;
}

/**
 * Speaks HTTP with one server. Statuses are answers, not errors. Throws FailureError: `unreachable` (refused, unknown
 * host, TLS, timeout), `remote` (HTML or nonsense where JSON was asked for, too large an answer, a redirect that can't
 * be followed), and the signal's AbortError.
 */
export interface HttpClient {
  /** The body parsed as JSON; of an answer that is no success and no JSON, its text. */
  request(request: HttpRequest & { readonly responseType: 'json' }): Promise<HttpResponse<unknown>>;
  request(request: HttpRequest & { readonly responseType: 'text' }): Promise<HttpResponse<string>>;
  /** The body as it arrives, decompressed; the size limit does not hold for it. */
  request(request: HttpRequest & { readonly responseType: 'stream' }): Promise<HttpResponse<Readable>>;
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /** Milliseconds for one attempt; 30,000 by default. */
  readonly timeoutMs?: number;
  readonly proxyEnv?: Readonly<Record<string, string | undefined>>;
  /** How often a request is sent again at most; 3 by default. */
  readonly retries?: number;
  /** The longest body that is read into memory; 128 MiB by default. */
  readonly maxBodyBytes?: number;
  readonly tls?: HttpTls | null;
  /** Requests elsewhere go without headers that could identify us; by default each says itself what it sends. */
  readonly origin?: string;
  /** Asked before each request; what it throws is the request's failure, and nothing is sent. */
  readonly permit?: (signal?: AbortSignal) => Promise<void>;
  /** Each request is a span of it; its id goes along to {@link origin} alone. */
  readonly tracer?: Tracer;
}

type AnyRequest = HttpRequest & { readonly responseType: 'json' | 'text' | 'stream' };

const harmlessTwice: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

/** Makes a client; it loads its library and opens sockets with the first request. */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const settings = {
    timeoutMs: options.timeoutMs ?? 30_000,
    retries: options.retries ?? 3,
    maxBodyBytes: options.maxBodyBytes ?? 128 * 1024 * 1024,
  };
  const tls = options.tls ?? null;
  const dispatchers = new Map<'own' | 'other', Promise<Dispatcher>>();

  const dispatcherFor = (url: URL): Promise<Dispatcher> => {
    if (url.protocol === 'https:') trustSystemCertificates();
    const key = tls !== null && url.origin === tls.origin ? 'own' : 'other';
    const known = dispatchers.get(key);
    if (known !== undefined) return known;
    const made = createDispatcher(
      { connectTimeoutMs: Math.min(settings.timeoutMs, 10_000), proxyEnv: options.proxyEnv ?? {} },
      key === 'own' ? tls : null,
    );
    dispatchers.set(key, made);
    made.catch(() => dispatchers.delete(key));
    return made;
  };

  const send = (outgoing: Outgoing, request: AnyRequest): Promise<Answer> =>
    attempt({
      outgoing,
      dispatcherFor,
      stream: request.responseType === 'stream',
      timeoutMs: request.timeoutMs ?? settings.timeoutMs,
      maxBodyBytes: settings.maxBodyBytes,
      signal: request.signal,
    });

  const perform = async (request: AnyRequest): Promise<HttpResponse<unknown>> => {
    request.signal?.throwIfAborted();
    const outgoing = prepare(request, options.origin ?? null);
    await options.permit?.(request.signal);
    const answer = await traced(options, outgoing, (toSend, noteAttempt) =>
      withRetries(
        () => {
          noteAttempt();
          return send(toSend, request);
        },
        {
          retries: settings.retries,
          idempotent: request.idempotent ?? harmlessTwice.has(request.method),
          signal: request.signal,
        },
      ),
    );
    return { status: answer.status, headers: answer.headers, body: decodeBody(answer, request, outgoing.url) };
  };

  function request(request: HttpRequest & { readonly responseType: 'json' }): Promise<HttpResponse<unknown>>;
  function request(request: HttpRequest & { readonly responseType: 'text' }): Promise<HttpResponse<string>>;
  function request(request: HttpRequest & { readonly responseType: 'stream' }): Promise<HttpResponse<Readable>>;
  function request(wanted: AnyRequest): Promise<HttpResponse<unknown>> {
    return perform(wanted);
  }

  return {
    request,
    async close() {
      const open = [...dispatchers.values()];
      dispatchers.clear();
      await Promise.allSettled(open.map(async (dispatcher) => (await dispatcher).destroy()));
    },
  };
}

/** Sends as a span that tells how often it was tried and what came of it. Addresses go without their query. */
async function traced(
  { tracer, origin }: HttpClientOptions,
  outgoing: Outgoing,
  send: (outgoing: Outgoing, noteAttempt: () => void) => Promise<Answer>,
): Promise<Answer> {
  if (tracer === undefined) return send(outgoing, () => undefined);
  const { method, url } = outgoing;
  const attributes = { 'http.request.method': method, 'url.full': `${url.origin}${url.pathname}` };
  return tracer.span(`HTTP ${method}`, attributes, async (span) => {
    let attempts = 0;
    const noteAttempt = () => span.set({ attempts: ++attempts });
    const answer = await send(url.origin === origin ? withTrace(outgoing, span) : outgoing, noteAttempt);
    span.set({ 'http.response.status_code': answer.status });
    return answer;
  });
}

function withTrace(outgoing: Outgoing, { traceparent }: OpenSpan): Outgoing {
  return { ...outgoing, headers: { ...outgoing.headers, traceparent } };
}

function prepare(request: AnyRequest, origin: string | null): Outgoing {
  const url = new URL(request.url);
  url.username = '';
  url.password = '';
  for (const [key, value] of Object.entries(request.query ?? {})) {
    if (value === undefined) continue;
    if (typeof value === 'object') for (const item of value) url.searchParams.append(key, item);
    else url.searchParams.append(key, String(value));
  }
  const raw = typeof request.body === 'string' || request.body instanceof Uint8Array;
  const headers: Record<string, string> = {
    accept: request.responseType === 'json' ? 'application/json' : '*/*',
    'accept-encoding': 'gzip, deflate, br',
    'user-agent': 'mlops-workbench',
    ...(request.body === undefined || raw ? {} : { 'content-type': 'application/json' }),
  };
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    const lower = name.toLowerCase();
    if (origin === null || url.origin === origin || plainHeaders.has(lower)) headers[lower] = value;
  }
  return { method: request.method, url, headers, body: encodeBody(request.body) };
}

function encodeBody(body: unknown): string | Uint8Array | null {
  if (body === undefined) return null;
  return typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
}

function decodeBody(answer: Answer, request: AnyRequest, url: URL): unknown {
  if (!Buffer.isBuffer(answer.body)) return answer.body;
  if (request.responseType === 'stream') return Readable.from([answer.body]);
  const text = answer.body.toString('utf8');
  if (request.responseType === 'text') return text;
  try {
    return parseJson(text, request.bigIntKeys === undefined ? {} : { bigIntKeys: request.bigIntKeys });
  } catch (cause) {
    if (answer.status >= 400) return text;
    throw notJson(text, url, cause);
  }
}

function notJson(text: string, url: URL, cause: unknown): FailureError {
  const start = text.trimStart().slice(0, 200).toLowerCase();
  const html = start.startsWith('<!doctype html') || start.startsWith('<html') || start.startsWith('<head');
  const message = html
    ? `${url.host} answered with a web page (HTML) instead of data.`
    : `${url.host} answered with something that is not JSON.`;
  return new FailureError('remote', message, {
    remedy: 'Check the address and its path prefix; a login page or another service may answer there.',
    cause,
  });
}

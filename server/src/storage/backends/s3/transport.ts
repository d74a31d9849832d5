import type { Readable } from 'node:stream';
import { FailureError } from '../../../platform/failure.ts';
import type { HttpClient, HttpRequest } from '../../../platform/http.ts';

/** What the SDK hands over: signed, with its parts apart. */
interface SignedRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SdkAnswer {
  readonly response: {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Readable;
  };
}

/** A large part on a slow line takes its time. */
const sendingMs = 300_000;
const methods: Readonly<Record<string, HttpRequest['method']>> = {
  GET: 'GET',
  HEAD: 'HEAD',
  PUT: 'PUT',
  POST: 'POST',
  DELETE: 'DELETE',
};

/** Has the SDK's requests take our way: proxy, certificates, permission, spans and limits. It retries by itself. */
export function sdkTransport(http: HttpClient): Record<string, unknown> {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (request: SignedRequest, { abortSignal }: { abortSignal?: AbortSignal } = {}): Promise<SdkAnswer> => {
      const answer = await http.request(outgoing(request, abortSignal)).catch((error: unknown) => {
        throw error instanceof FailureError && error.reason === 'unreachable' ? retryable(error) : error;
      });
      return { response: { statusCode: answer.status, headers: answer.headers, body: answer.body } };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

function outgoing(request: SignedRequest, signal: AbortSignal | undefined) {
  const { protocol, hostname, port, path, query = {}, headers } = request;
  const method = methods[request.method];
  if (method === undefined) throw new TypeError(`The SDK sends ${request.method}.`);
  const pairs = Object.entries(query).flatMap(([name, value]) => pairsOf(name, value));
  const search = pairs.length === 0 ? '' : `?${pairs.join('&')}`;
  const sent = Object.entries(headers).filter(([name]) => !ours.has(name.toLowerCase()));
  return {
    method,
    url: `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}${search}`,
    headers: { ...Object.fromEntries(sent), 'accept-encoding': 'identity' },
    ...(request.body === undefined ? {} : { body: bodyOf(request.body) }),
    ...(hasBody(request.body) ? { timeoutMs: sendingMs } : {}),
    signal,
    responseType: 'stream' as const,
  };
}

/** The HTTP client says these itself; none of them is signed but the host, which is the same. */
const ours: ReadonlySet<string> = new Set(['host', 'expect', 'content-length', 'accept-encoding', 'connection']);

/** As it was signed: RFC 3986 leaves fewer characters as they are than `encodeURIComponent`. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
}

function pairsOf(name: string, value: string | readonly string[] | null): string[] {
  if (value === null) return [encoded(name)];
  const values = typeof value === 'string' ? [value] : value;
  return values.map((each) => `${encoded(name)}=${encoded(each)}`);
}

function hasBody(body: unknown): boolean {
  return body instanceof Uint8Array && body.length > 0;
}

function bodyOf(body: unknown): string | Uint8Array {
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  throw new TypeError('The SDK sends a stream.');
}

/** The SDK tries again what bears this mark. */
function retryable(error: FailureError): FailureError {
  return Object.assign(error, { $retryable: { throttling: false } });
}

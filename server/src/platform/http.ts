import type { Readable } from 'node:stream';

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

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

import type { Readable } from 'node:stream';
import { FailureError } from '../../../platform/failure.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../../../platform/http.ts';
import type { TokenSource } from './token.ts';

/** Speaks Google's JSON API of one server, signed in. */
export class GcsApi {
  readonly #http: HttpClient;
  readonly #token: TokenSource;
  readonly #endpoint: string;
  readonly #uri: string;

  constructor(parts: {
    readonly http: HttpClient;
    readonly token: TokenSource;
    readonly endpoint: string;
    readonly uri: string;
  }) {
    this.#http = parts.http;
    this.#token = parts.token;
    this.#endpoint = parts.endpoint;
    this.#uri = parts.uri;
  }

  /** Any status is an answer. */
  async json(request: Omit<HttpRequest, 'url'> & { readonly url: string }): Promise<HttpResponse<unknown>> {
    return this.#http.request({ ...(await this.#signed(request)), responseType: 'json' });
  }

  /** Any status is an answer; the body may be no JSON. */
  async text(request: Omit<HttpRequest, 'url'> & { readonly url: string }): Promise<HttpResponse<string>> {
    return this.#http.request({ ...(await this.#signed(request)), responseType: 'text' });
  }

  async stream(request: Omit<HttpRequest, 'url'> & { readonly url: string }): Promise<HttpResponse<Readable>> {
    return this.#http.request({ ...(await this.#signed(request)), responseType: 'stream' });
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  /** What a status that is no success means for a person. */
  failure(status: number): FailureError {
    const { reason, says, remedy } = explain(status);
    return new FailureError(reason, `${this.#uri} can’t be used: ${says}.`, { remedy });
  }

  async #signed(request: Omit<HttpRequest, 'url'> & { readonly url: string }): Promise<HttpRequest> {
    request.signal?.throwIfAborted();
    const token = await this.#token();
    const url = request.url.startsWith('/') ? `${this.#endpoint}${request.url}` : request.url;
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    return { ...request, url, headers: { ...request.headers, ...authorization, 'accept-encoding': 'identity' } };
  }
}

function explain(status: number) {
  if (status === 401 || status === 403) {
    return {
      reason: 'permission' as const,
      says: 'access is denied',
      remedy: 'Have your account be given the role Storage Object User there, or sign in with another.',
    };
  }
  if (status === 404) {
    return {
      reason: 'not-found' as const,
      says: 'there is no such bucket',
      remedy: 'Correct its name in mlops.yaml, or create it.',
    };
  }
  if (status === 429 || status === 503) {
    return {
      reason: 'busy' as const,
      says: 'it is asked too much of it at present',
      remedy: 'Wait a little, then try again.',
    };
  }
  return {
    reason: 'remote' as const,
    says: `it answered with HTTP ${status}`,
    remedy: 'Try again; if it stays so, its status page or log says why.',
  };
}

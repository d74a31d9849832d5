import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { authorizationHeader, type CredentialSource } from '../credentials.ts';
import { FailureError } from '../failure.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../http.ts';
import { parseJson } from '../json.ts';
import { type Asked, failureOf, isUnknownEndpoint, type Refusal, unexpected } from './api-failures.ts';

export interface MlflowApiOptions {
  /** Of the server, with its static prefix and without a slash at the end. */
  readonly url: string;
  readonly http: HttpClient;
  readonly credentials: CredentialSource;
  /** Sent as X-MLFLOW-WORKSPACE. */
  readonly workspace?: string;
}

type Query = NonNullable<HttpRequest['query']>;

interface Call<T> {
  /** Below `…/2.0/mlflow/`. */
  readonly path: string;
  readonly schema: z.ZodType<T>;
  readonly signal?: AbortSignal | undefined;
}

/** Calls of MLflow's API: finds where it is, proves who asks, checks answers and makes refusals failures. */
export interface MlflowApi {
  get<T>(call: Call<T> & { readonly query: Query }): Promise<T>;
  /** Sent again after a failure, unless `once`: for what must not be made twice. */
  post<T>(call: Call<T> & { readonly body: unknown; readonly once?: boolean }): Promise<T>;
  delete<T>(call: Call<T> & { readonly body: unknown }): Promise<T>;
  /** A GET of what only the web pages use, whose JSON may hold Python's bare NaN; null where the server lacks it. */
  getPageData<T>(call: Call<T> & { readonly query: Query }): Promise<T | null>;
  /** The text of a page, by its path below the server's address; null where the server lacks it. */
  text(path: string, signal?: AbortSignal): Promise<string | null>;
  /** The content of a file, by its path below the server's address; null where the server lacks the endpoint. */
  stream(path: string, query: Query, signal?: AbortSignal): Promise<Readable | null>;
  /** Writes a file, by its path below the server's address; false where the server lacks the endpoint. */
  put(path: string, content: string, signal?: AbortSignal): Promise<boolean>;
}

/** Integers that may need all of 64 bits. */
const BIG_INTEGERS: ReadonlySet<string> = new Set(['step']);
const API = '/api/2.0/mlflow/';
const PAGE_API = '/ajax-api/2.0/mlflow/';

export function createMlflowApi({ url, http, credentials, workspace }: MlflowApiOptions): MlflowApi {
  // Servers of 2.x with a static prefix have it before the pages' API only.
  let root = API;

  const prove = async (signal: AbortSignal | undefined) => {
    const credential = await credentials(signal);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (credential !== null) headers.authorization = authorizationHeader(credential);
    if (workspace !== undefined) headers['x-mlflow-workspace'] = workspace;
    const asked: Asked = { url, signedIn: credential !== null };
    return { headers, asked };
  };

  const json = async <T>(
    call: Call<T>,
    request: Pick<HttpRequest, 'method' | 'query' | 'body' | 'idempotent'>,
  ): Promise<T> => {
    const { headers, asked } = await prove(call.signal);
    const send = (base: string): Promise<HttpResponse<unknown>> =>
      http.request({
        idempotent: true,
        ...request,
        url: `${url}${base}${call.path}`,
        headers,
        signal: call.signal,
        bigIntKeys: BIG_INTEGERS,
        responseType: 'json',
      });
    let response = await send(root);
    if (root === API && isUnknownEndpoint(response)) {
      const other = await send(PAGE_API);
      if (!isUnknownEndpoint(other)) {
        response = other;
        if (isSuccess(other)) root = PAGE_API;
      }
    }
    if (!isSuccess(response)) throw failureOf(response, asked);
    return check(response.body, call.schema, asked);
  };

  return {
    get: ({ query, ...call }) => json(call, { method: 'GET', query }),
    post: ({ body, once, ...call }) => json(call, { method: 'POST', body, idempotent: once !== true }),
    delete: ({ body, ...call }) => json(call, { method: 'DELETE', body }),

    async getPageData({ path, query, schema, signal }) {
      const { headers, asked } = await prove(signal);
      const response = await http.request({
        method: 'GET',
        url: `${url}${PAGE_API}${path}`,
        query,
        headers,
        signal,
        responseType: 'text',
      });
      if (isSuccess(response)) return check(parsePython(response.body, asked), schema, asked);
      const refusal = withParsedBody(response, response.body);
      if (isUnknownEndpoint(refusal)) return null;
      throw failureOf(refusal, asked);
    },

    async text(path, signal) {
      const { headers, asked } = await prove(signal);
      const response = await http.request({
        method: 'GET',
        url: `${url}${path}`,
        headers: { ...headers, accept: 'text/plain, */*' },
        signal,
        responseType: 'text',
      });
      if (isSuccess(response)) return response.body;
      const refusal = withParsedBody(response, response.body);
      if (isUnknownEndpoint(refusal)) return null;
      throw failureOf(refusal, asked);
    },

    async stream(path, query, signal) {
      const { headers, asked } = await prove(signal);
      const response = await http.request({
        method: 'GET',
        url: `${url}${path}`,
        query,
        headers: { ...headers, accept: '*/*' },
        signal,
        responseType: 'stream',
      });
      if (isSuccess(response)) return response.body;
      const refusal = withParsedBody(response, await readStart(response.body));
      if (isUnknownEndpoint(refusal)) return null;
      throw failureOf(refusal, asked);
    },

    async put(path, content, signal) {
      const { headers, asked } = await prove(signal);
      const response = await http.request({
        method: 'PUT',
        url: `${url}${path}`,
        headers: { ...headers, 'content-type': 'application/octet-stream' },
        body: content,
        signal,
        responseType: 'text',
      });
      if (isSuccess(response)) return true;
      const refusal = withParsedBody(response, response.body);
      if (isUnknownEndpoint(refusal) || response.body.includes('--no-serve-artifacts')) return false;
      throw failureOf(refusal, asked);
    },
  };
}

function isSuccess({ status }: { status: number }): boolean {
  return status >= 200 && status < 300;
}

function check<T>(body: unknown, schema: z.ZodType<T>, asked: Asked): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw unexpected(asked, `${place}${issue?.message ?? ''}`);
}

/** Quotes Python's NaN and Infinity, which no JSON has, outside of texts. */
function parsePython(text: string, asked: Asked): unknown {
  const quoted = text.replace(/"(?:[^"\\]|\\.)*"|NaN|-?Infinity/g, (word) =>
    word.startsWith('"') ? word : `"${word}"`,
  );
  try {
    return parseJson(quoted, { bigIntKeys: BIG_INTEGERS });
  } catch (cause) {
    throw new FailureError('remote', unexpected(asked, 'no JSON').message, { cause });
  }
}

function withParsedBody(response: HttpResponse<unknown>, text: string): Refusal {
  const { status, headers } = response;
  try {
    return { status, headers, body: JSON.parse(text) };
  } catch {
    return { status, headers, body: text };
  }
}

const LONGEST_ERROR = 64 * 1024;

async function readStart(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length > LONGEST_ERROR) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

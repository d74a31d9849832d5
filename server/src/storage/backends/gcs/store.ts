import { Readable } from 'node:stream';
import { bulkhead } from 'cockatiel';
import { z } from 'zod';
import type { Health } from '../../../platform/component.ts';
import { FailureError } from '../../../platform/failure.ts';
import type { HttpClient } from '../../../platform/http.ts';
import { unhealthy } from '../../../platform/unhealthy.ts';
import {
  type ArtifactStore,
  type BlobSource,
  noSuchBlob,
  type ReadOptions,
  requireKey,
  type StoredBlob,
  type WriteOptions,
} from '../../artifact-store.ts';
import { Progress } from '../../progress.ts';
import { type PartsRequest, partBytesFor, partsInMemory, wholeSource } from '../shared/parts.ts';
import { GcsApi } from './api.ts';
import type { TokenSource } from './token.ts';
import { dropSession, OtherBytes, type Session, sendSession, startSession } from './upload.ts';

export interface GcsSettings {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Before every key; with a slash at its end, or empty. */
  readonly prefix: string;
  readonly token: TokenSource;
}

const sizeAnswer = z.object({ size: z.coerce.number() });
const page = z.object({
  items: z.array(z.object({ name: z.string(), size: z.coerce.number() })).optional(),
  nextPageToken: z.string().optional(),
});

/**
 * A bucket of Google Cloud Storage, by its JSON API. A large blob goes in one resumable upload, part after part, for
 * Google knows no parallel ones that leave nothing behind; several blobs go side by side.
 */
export class GcsStore implements ArtifactStore {
  readonly uri: string;
  readonly #settings: GcsSettings;
  readonly #api: GcsApi;
  readonly #gate = bulkhead(partsInMemory, Number.POSITIVE_INFINITY);
  /** Uploads that were interrupted, by their key. */
  readonly #interrupted = new Map<string, Session>();

  /** The client is closed with the store. */
  constructor(settings: GcsSettings, http: HttpClient) {
    const { bucket, prefix, token, endpoint } = settings;
    this.#settings = settings;
    this.uri = `gs://${bucket}/${prefix}`;
    this.#api = new GcsApi({ http, token, endpoint, uri: this.uri });
  }

  async initialize(): Promise<void> {
    // Connections are made with the first request.
  }

  async healthCheck(signal?: AbortSignal): Promise<Health> {
    const started = performance.now();
    try {
      const query = { maxResults: 1, fields: 'nextPageToken' };
      const { status } = await this.#api.json({ method: 'GET', url: this.#objects(), query, signal });
      if (status !== 200) throw this.#api.failure(status);
      const detail = `Google Cloud Storage bucket ${this.#settings.bucket}`;
      return { healthy: true, detail, latencyMs: performance.now() - started };
    } catch (error) {
      return unhealthy(error, performance.now() - started);
    }
  }

  async cleanup(): Promise<void> {
    this.#interrupted.clear();
    await this.#api.close();
  }

  async stat(key: string, signal?: AbortSignal): Promise<{ readonly size: number } | null> {
    const answer = await this.#api.json({ method: 'GET', url: this.#object(key), query: { fields: 'size' }, signal });
    if (answer.status === 404) return null;
    if (answer.status !== 200) throw this.#api.failure(answer.status);
    const parsed = sizeAnswer.safeParse(answer.body);
    if (!parsed.success) throw nonsense(this.uri, parsed.error);
    return parsed.data;
  }

  async write(key: string, source: BlobSource, options: WriteOptions = {}): Promise<void> {
    requireKey(key);
    const progress = new Progress(source.size, options.onProgress);
    const partBytes = partBytesFor(source.size);
    const gate = this.#gate;
    if (source.size <= partBytes) await gate.execute(() => this.#writeAtOnce(key, source, options));
    else await this.#writeInParts({ key, source, partBytes, gate, progress, options });
    progress.finish();
  }

  async read(key: string, { start = 0, end, signal }: ReadOptions = {}): Promise<Readable> {
    const url = this.#object(key);
    if (end !== undefined && end <= start) return Readable.from([]);
    const last = end === undefined ? '' : end - 1;
    const headers = start === 0 && end === undefined ? {} : { range: `bytes=${start}-${last}` };
    const answer = await this.#api.stream({ method: 'GET', url, query: { alt: 'media' }, headers, signal });
    if (answer.status === 200 || answer.status === 206) return answer.body;
    if (answer.status === 416) return Readable.from([]);
    throw answer.status === 404 ? noSuchBlob(key, this.uri) : this.#api.failure(answer.status);
  }

  async remove(key: string, signal?: AbortSignal): Promise<void> {
    const { status } = await this.#api.text({ method: 'DELETE', url: this.#object(key), signal });
    if (status >= 300 && status !== 404) throw this.#api.failure(status);
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncIterable<StoredBlob> {
    const before = this.#settings.prefix;
    let pageToken: string | undefined;
    do {
      const query = { prefix: `${before}${prefix}`, fields: 'items(name,size),nextPageToken', pageToken };
      const answer = await this.#api.json({ method: 'GET', url: this.#objects(), query, signal });
      if (answer.status !== 200) throw this.#api.failure(answer.status);
      const parsed = page.safeParse(answer.body);
      if (!parsed.success) throw nonsense(this.uri, parsed.error);
      for (const { name, size } of parsed.data.items ?? []) yield { key: name.slice(before.length), size };
      pageToken = parsed.data.nextPageToken || undefined;
    } while (pageToken !== undefined);
  }

  async #writeAtOnce(key: string, source: BlobSource, options: WriteOptions): Promise<void> {
    const body = await wholeSource({ key, source, options });
    const { status } = await this.#api.text({
      method: 'POST',
      url: this.#uploads(key, 'media'),
      headers: { 'content-type': 'application/octet-stream' },
      body,
      // The object is replaced whole: twice does no harm.
      idempotent: true,
      signal: options.signal,
    });
    if (status !== 200) throw this.#api.failure(status);
  }

  async #writeInParts(request: PartsRequest): Promise<void> {
    const { key, source } = request;
    const interrupted = this.#interrupted.get(key);
    // Of two that write the same key at once, one alone goes on with it.
    this.#interrupted.delete(key);
    if (interrupted?.size === source.size) {
      try {
        return await this.#send(interrupted, request);
      } catch (error) {
        if (!(error instanceof OtherBytes)) throw error;
      }
    }
    try {
      await this.#send(await startSession(this.#api, this.#uploads(key, 'resumable'), request), request);
    } catch (error) {
      throw error instanceof OtherBytes ? nonsense(this.uri, error) : error;
    }
  }

  async #send(session: Session, request: PartsRequest): Promise<void> {
    try {
      await sendSession(this.#api, session, request);
      const stored = await this.stat(request.key, request.options.signal);
      if (stored?.size !== request.source.size) throw incomplete(request.key, this.uri);
    } catch (error) {
      const isWrong = error instanceof OtherBytes || (error instanceof FailureError && error.reason === 'busy');
      if (isWrong) await dropSession(this.#api, session);
      else this.#interrupted.set(request.key, session);
      throw error;
    }
  }

  #objects(): string {
    return `/storage/v1/b/${encodeURIComponent(this.#settings.bucket)}/o`;
  }

  #object(key: string): string {
    requireKey(key);
    return `${this.#objects()}/${encodeURIComponent(`${this.#settings.prefix}${key}`)}`;
  }

  #uploads(key: string, uploadType: string): string {
    const name = encodeURIComponent(`${this.#settings.prefix}${key}`);
    return `/upload${this.#objects()}?uploadType=${uploadType}&name=${name}`;
  }
}

function incomplete(key: string, uri: string): FailureError {
  return new FailureError('remote', `${uri} keeps another size of “${key}” than was sent.`, {
    remedy: 'Store it again. Somebody else may have written it meanwhile.',
  });
}

function nonsense(uri: string, cause: unknown): FailureError {
  return new FailureError('remote', `${uri} answered with something that is not understood.`, {
    remedy: 'Check the endpoint: another service may answer there.',
    cause,
  });
}

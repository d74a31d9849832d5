import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AnonymousCredential,
  type BlockBlobClient,
  ContainerClient,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { bulkhead } from 'cockatiel';
import type { Health } from '../../../platform/component.ts';
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
import { chunksOf } from '../../source.ts';
import { type PartsRequest, partBytesFor, partsInMemory, sendParts, wholeSource } from '../shared/parts.ts';
import { azureFailure, isMissing, isOutOfRange, lostWhileReading } from './failure.ts';
import type { DefaultAzureCredential } from './identity.ts';

export type AzureCredentials =
  | { readonly type: 'key'; readonly account: string; readonly key: string }
  /** With or without the question mark. */
  | { readonly type: 'sas'; readonly token: string }
  /** Azure's usual chain: environment, workload and managed identities, `az login`. */
  | { readonly type: 'default' }
  | { readonly type: 'none' };

export interface AzureSettings {
  /** Of the account's blobs, without a slash at its end. */
  readonly endpoint: string;
  readonly container: string;
  /** Before every key; with a slash at its end, or empty. */
  readonly prefix: string;
  readonly credentials: AzureCredentials;
  /** Asked before anything is sent; what it throws is the failure. */
  readonly permit?: (signal?: AbortSignal) => Promise<void>;
}

const attempts = 5;
const attemptMs = 300_000;
const firstWaitMs = 200;
const longestWaitMs = 5_000;

/** A container of Azure Blob Storage, through Azure's SDK. */
export class AzureStore implements ArtifactStore {
  readonly uri: string;
  readonly #settings: AzureSettings;
  readonly #gate = bulkhead(partsInMemory, Number.POSITIVE_INFINITY);
  #opened: Promise<ContainerClient> | null = null;

  constructor(settings: AzureSettings) {
    this.#settings = settings;
    this.uri = `${settings.endpoint}/${settings.container}/${settings.prefix}`;
  }

  async initialize(): Promise<void> {
    // Connections are made with the first request.
  }

  async healthCheck(signal?: AbortSignal): Promise<Health> {
    const started = performance.now();
    try {
      for await (const _ of this.list('', signal)) break;
      return {
        healthy: true,
        detail: `Azure container ${this.#settings.container}`,
        latencyMs: performance.now() - started,
      };
    } catch (error) {
      return unhealthy(error, performance.now() - started);
    }
  }

  async cleanup(): Promise<void> {
    this.#opened = null;
  }

  async stat(key: string, signal?: AbortSignal): Promise<{ readonly size: number } | null> {
    const blob = await this.#blob(key, signal);
    try {
      const { contentLength = 0 } = await blob.getProperties(options(signal));
      return { size: contentLength };
    } catch (error) {
      if (isMissing(error)) return null;
      throw azureFailure(error, this.uri);
    }
  }

  async write(key: string, source: BlobSource, wanted: WriteOptions = {}): Promise<void> {
    const blob = await this.#blob(key, wanted.signal);
    const progress = new Progress(source.size, wanted.onProgress);
    const partBytes = partBytesFor(source.size);
    const gate = this.#gate;
    try {
      if (source.size <= partBytes) {
        await gate.execute(async () => {
          const bytes = await wholeSource({ key, source, options: wanted });
          await blob.upload(bytes, bytes.length, options(wanted.signal));
        });
      } else {
        await uploadBlocks(blob, { key, source, partBytes, gate, progress, options: wanted });
      }
    } catch (error) {
      throw azureFailure(error, this.uri);
    }
    progress.finish();
  }

  async read(key: string, { start = 0, end, signal }: ReadOptions = {}): Promise<Readable> {
    const blob = await this.#blob(key, signal);
    if (end !== undefined && end <= start) return Readable.from([]);
    try {
      const answer = await blob.download(start, end === undefined ? undefined : end - start, options(signal));
      if (!(answer.readableStreamBody instanceof Readable)) throw new TypeError('The SDK gives no stream.');
      return Readable.from(told(answer.readableStreamBody, this.uri, signal), { objectMode: false });
    } catch (error) {
      if (isOutOfRange(error)) return Readable.from([]);
      if (isMissing(error)) throw noSuchBlob(key, this.uri);
      throw azureFailure(error, this.uri);
    }
  }

  async remove(key: string, signal?: AbortSignal): Promise<void> {
    const blob = await this.#blob(key, signal);
    try {
      await blob.deleteIfExists(options(signal));
    } catch (error) {
      throw azureFailure(error, this.uri);
    }
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncIterable<StoredBlob> {
    const container = await this.#container(signal);
    const before = this.#settings.prefix;
    try {
      for await (const { name, properties } of container.listBlobsFlat({
        prefix: `${before}${prefix}`,
        ...options(signal),
      })) {
        yield { key: name.slice(before.length), size: properties.contentLength ?? 0 };
      }
    } catch (error) {
      throw azureFailure(error, this.uri);
    }
  }

  async #blob(key: string, signal: AbortSignal | undefined): Promise<BlockBlobClient> {
    requireKey(key);
    return (await this.#container(signal)).getBlockBlobClient(`${this.#settings.prefix}${key}`);
  }

  async #container(signal: AbortSignal | undefined): Promise<ContainerClient> {
    signal?.throwIfAborted();
    await this.#settings.permit?.(signal);
    this.#opened ??= connect(this.#settings);
    return this.#opened;
  }
}

async function connect({ endpoint, container, credentials }: AzureSettings): Promise<ContainerClient> {
  const sas = credentials.type === 'sas' ? `?${credentials.token.replace(/^\?/, '')}` : '';
  const url = `${endpoint}/${encodeURIComponent(container)}${sas}`;
  return new ContainerClient(url, await credentialOf(credentials), {
    retryOptions: {
      maxTries: attempts,
      tryTimeoutInMs: attemptMs,
      retryDelayInMs: firstWaitMs,
      maxRetryDelayInMs: longestWaitMs,
    },
  });
}

async function credentialOf(
  credentials: AzureCredentials,
): Promise<StorageSharedKeyCredential | AnonymousCredential | DefaultAzureCredential> {
  if (credentials.type === 'key') return new StorageSharedKeyCredential(credentials.account, credentials.key);
  if (credentials.type !== 'default') return new AnonymousCredential();
  const identity = await import('./identity.ts');
  return new identity.DefaultAzureCredential();
}

/**
 * Sends a blob in blocks. A block is named by its place and the MD5 of its bytes, so that those which an interrupted
 * upload left are known to be ours, and are not sent again.
 */
async function uploadBlocks(blob: BlockBlobClient, request: PartsRequest): Promise<void> {
  const there = await uncommitted(blob, request.options.signal);
  const blocks = new Map<number, string>();
  await sendParts(request, async ({ index, bytes }, abortSignal) => {
    const md5 = createHash('md5').update(bytes).digest();
    const id = Buffer.from(`${String(index).padStart(6, '0')}-${md5.toString('hex')}`).toString('base64');
    blocks.set(index, id);
    if (there.get(id) === bytes.length) return;
    await blob.stageBlock(id, bytes, bytes.length, { abortSignal, transactionalContentMD5: md5 });
  });
  const ids = [...blocks].sort(([a], [b]) => a - b).map(([, id]) => id);
  await blob.commitBlockList(ids, options(request.options.signal));
}

/** Sizes by the id of blocks that belong to no blob yet. */
async function uncommitted(
  blob: BlockBlobClient,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, number>> {
  try {
    const { uncommittedBlocks = [] } = await blob.getBlockList('uncommitted', options(signal));
    return new Map(uncommittedBlocks.map(({ name, size }) => [name, size]));
  } catch (error) {
    if (isMissing(error)) return new Map();
    throw error;
  }
}

async function* told(body: Readable, uri: string, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
  try {
    yield* chunksOf(body);
  } catch (error) {
    throw signal?.aborted ? signal.reason : lostWhileReading(error, uri);
  }
}

function options(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

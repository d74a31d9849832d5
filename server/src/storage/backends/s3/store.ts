import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { bulkhead } from 'cockatiel';
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
import { partBytesFor, partsInMemory, wholeSource } from '../shared/parts.ts';
import { isMissing, isNamed, isOutOfRange, s3Failure } from './failure.ts';
import { checksum, type ObjectAddress, uploadMultipart } from './multipart.ts';
import { sdkTransport } from './transport.ts';

export interface S3Settings {
  readonly bucket: string;
  /** Before every key; with a slash at its end, or empty. */
  readonly prefix: string;
  /** Null where the environment or the profile says it. */
  readonly region: string | null;
  /** Of a compatible server; null for Amazon's own. */
  readonly endpoint: string | null;
  readonly forcePathStyle: boolean;
  /** Null for the SDK's usual chain: environment, profile, sign-in, container and machine roles. */
  readonly credentials: S3Credentials | null;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const attempts = 5;

/** A bucket of Amazon S3 or of a compatible server, through Amazon's SDK. */
export class S3Store implements ArtifactStore {
  readonly uri: string;
  readonly #settings: S3Settings;
  readonly #http: HttpClient;
  readonly #client: S3Client;
  readonly #gate = bulkhead(partsInMemory, Number.POSITIVE_INFINITY);

  /** `http` sends once: trying again is the SDK's. It is closed with the store. */
  constructor(settings: S3Settings, http: HttpClient) {
    const { bucket, prefix, region, endpoint, forcePathStyle, credentials } = settings;
    this.uri = `s3://${bucket}/${prefix}`;
    this.#settings = settings;
    this.#http = http;
    this.#client = new S3Client({
      // Compatible servers want one, whichever it is.
      ...(region === null ? (endpoint === null ? {} : { region: 'us-east-1' }) : { region }),
      ...(endpoint === null ? {} : { endpoint }),
      ...(credentials === null ? {} : { credentials }),
      forcePathStyle,
      maxAttempts: attempts,
      retryMode: 'standard',
      // Ours are of parts in memory; older servers know no others.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: sdkTransport(http),
    });
  }

  async initialize(): Promise<void> {
    // Connections are made with the first request.
  }

  async healthCheck(signal?: AbortSignal): Promise<Health> {
    const started = performance.now();
    try {
      await this.#client.send(new HeadBucketCommand({ Bucket: this.#settings.bucket }), options(signal));
      return { healthy: true, detail: `S3 bucket ${this.#settings.bucket}`, latencyMs: performance.now() - started };
    } catch (error) {
      const gone = isMissing(error)
        ? new FailureError('not-found', `There is no bucket “${this.#settings.bucket}”.`, { cause: error })
        : s3Failure(error, this.uri);
      return unhealthy(gone, performance.now() - started);
    }
  }

  async cleanup(): Promise<void> {
    this.#client.destroy();
    await this.#http.close();
  }

  async stat(key: string, signal?: AbortSignal): Promise<{ readonly size: number } | null> {
    const address = this.#address(key);
    try {
      const { ContentLength } = await this.#client.send(new HeadObjectCommand(address), options(signal));
      return { size: ContentLength ?? 0 };
    } catch (error) {
      if (isMissing(error)) return null;
      throw s3Failure(error, this.uri);
    }
  }

  async write(key: string, source: BlobSource, options: WriteOptions = {}): Promise<void> {
    const address = this.#address(key);
    const progress = new Progress(source.size, options.onProgress);
    const partBytes = partBytesFor(source.size);
    await this.#try(async () => {
      if (source.size <= partBytes) {
        await this.#put(address, { key, source, options });
      } else {
        const gate = this.#gate;
        await uploadMultipart(this.#client, address, { key, source, partBytes, gate, progress, options });
      }
    });
    progress.finish();
  }

  async read(key: string, { start = 0, end, signal }: ReadOptions = {}): Promise<Readable> {
    const address = this.#address(key);
    if (end !== undefined && end <= start) return Readable.from([]);
    const Range =
      start === 0 && end === undefined ? {} : { Range: `bytes=${start}-${end === undefined ? '' : end - 1}` };
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ ...address, ...Range }), options(signal));
      if (!(Body instanceof Readable)) throw new TypeError('The SDK gives no stream.');
      return Body;
    } catch (error) {
      if (isOutOfRange(error)) return Readable.from([]);
      if (isMissing(error)) throw noSuchBlob(key, this.uri);
      throw s3Failure(error, this.uri);
    }
  }

  async remove(key: string, signal?: AbortSignal): Promise<void> {
    const address = this.#address(key);
    try {
      await this.#client.send(new DeleteObjectCommand(address), options(signal));
    } catch (error) {
      if (!isMissing(error)) throw s3Failure(error, this.uri);
    }
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncIterable<StoredBlob> {
    const { bucket, prefix: before } = this.#settings;
    const input = { Bucket: bucket, Prefix: `${before}${prefix}` };
    try {
      for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#client }, input, options(signal))) {
        for (const { Key, Size = 0 } of Contents) {
          if (Key !== undefined) yield { key: Key.slice(before.length), size: Size };
        }
      }
    } catch (error) {
      throw s3Failure(error, this.uri);
    }
  }

  async #put(
    address: ObjectAddress,
    request: { key: string; source: BlobSource; options: WriteOptions },
  ): Promise<void> {
    await this.#gate.execute(async () => {
      const Body = await wholeSource(request);
      const command = new PutObjectCommand({ ...address, Body, ChecksumCRC32: checksum(Body) });
      await this.#client.send(command, options(request.options.signal));
    });
  }

  #address(key: string): ObjectAddress {
    requireKey(key);
    return { Bucket: this.#settings.bucket, Key: `${this.#settings.prefix}${key}` };
  }

  /** Other writers' part in it is told as well: an upload that went on in two places ends in one. */
  async #try<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isNamed(error, 'NoSuchUpload')) {
        throw new FailureError('busy', `Another process ended an upload to ${this.uri}.`, {
          remedy: 'Try again.',
          cause: error,
        });
      }
      throw s3Failure(error, this.uri);
    }
  }
}

function options(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

import { createHash } from 'node:crypto';
import type { bulkhead } from 'cockatiel';
import { type BlobSource, changedWhileStored, type WriteOptions } from '../../artifact-store.ts';
import type { Progress } from '../../progress.ts';
import { sourceChunks } from '../../source.ts';
import { together } from '../../together.ts';

const mebibyte = 2 ** 20;
/** What one part has at least: S3 takes no fewer than 5 MiB, and many small ones take longer than few. */
const smallestPart = 8 * mebibyte;
/** S3's bound; the other stores have larger ones. */
const mostParts = 10_000;
const partsAtOnce = 4;
/** Parts of all files together: each is in memory while it is sent. */
export const partsInMemory = 6;

export interface Part {
  /** From 0. */
  readonly index: number;
  readonly bytes: Buffer;
}

export interface PartsRequest {
  readonly key: string;
  readonly source: BlobSource;
  readonly partBytes: number;
  /** Shared by all uploads of a store. */
  readonly gate: ReturnType<typeof bulkhead>;
  readonly progress: Progress;
  readonly options: WriteOptions;
  /** Of one blob; 4 by default. One where a part can only follow the one before. */
  readonly atOnce?: number;
}

/** Bytes of each part but the last: equal whenever a blob of this size is sent, so that an upload can be resumed. */
export function partBytesFor(size: number): number {
  return Math.max(smallestPart, Math.ceil(size / mostParts / mebibyte) * mebibyte);
}

/**
 * Reads a source once, part by part and in order, and sends several parts at a time. Fails with `busy` where the bytes
 * are not those that were announced: then nothing of what was sent may become the blob.
 */
export async function sendParts(
  request: PartsRequest,
  send: (part: Part, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { gate, progress, options, atOnce = partsAtOnce } = request;
  const reader = new PartReader(request);
  const senders = Array.from({ length: atOnce });
  await together(senders, { limit: atOnce, signal: options.signal }, async (_, signal) => {
    const sendNext = async (): Promise<boolean> => {
      signal.throwIfAborted();
      const part = await reader.next();
      if (part === null) return false;
      await send(part, signal);
      progress.add(part.bytes.length);
      return true;
    };
    while (await gate.execute(sendNext)) signal.throwIfAborted();
  }).finally(() => reader.close());
}

/** All bytes of a small source. Fails as {@link sendParts} does. */
export async function wholeSource({ key, source, options }: Omit<PartsRequest, 'gate' | 'progress' | 'partBytes'>) {
  const reader = new PartReader({ key, source, options, partBytes: Math.max(1, source.size) });
  try {
    return (await reader.next())?.bytes ?? Buffer.alloc(0);
  } finally {
    await reader.close();
  }
}

/** Cuts a source into parts while it is read, and looks whether it is what it should be. */
class PartReader {
  readonly #request: Pick<PartsRequest, 'key' | 'source' | 'options' | 'partBytes'>;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #hash = createHash('sha256');
  #rest: Uint8Array = Buffer.alloc(0);
  #index = 0;
  #read = 0;
  /** Parts are read one after the other, whoever asks for them. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(request: Pick<PartsRequest, 'key' | 'source' | 'options' | 'partBytes'>) {
    this.#request = request;
    this.#chunks = sourceChunks(request.source)[Symbol.asyncIterator]();
  }

  /** Null behind the last one. The last comes only where all of it is what was announced. */
  next(): Promise<Part | null> {
    const part = this.#turn.then(() => this.#cut());
    this.#turn = part.catch(() => undefined);
    return part;
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#chunks.return?.();
  }

  async #cut(): Promise<Part | null> {
    const { key, source, partBytes, options } = this.#request;
    const length = Math.min(partBytes, source.size - this.#read);
    if (length <= 0) return null;
    const bytes = Buffer.allocUnsafe(length);
    for (let filled = 0; filled < length; ) {
      if (this.#rest.length === 0) {
        const chunk = await this.#chunks.next();
        if (chunk.done) throw changedWhileStored(key);
        this.#rest = chunk.value;
      }
      const taken = this.#rest.subarray(0, length - filled);
      bytes.set(taken, filled);
      filled += taken.length;
      this.#rest = this.#rest.subarray(taken.length);
    }
    if (options.sha256 !== undefined) this.#hash.update(bytes);
    this.#read += length;
    // Before the last part goes out: with it, a store may take the blob for whole.
    if (this.#read === source.size) this.#requireDigest();
    return { index: this.#index++, bytes };
  }

  #requireDigest(): void {
    const { key, options } = this.#request;
    if (options.sha256 !== undefined && this.#hash.digest('hex') !== options.sha256) throw changedWhileStored(key);
  }
}

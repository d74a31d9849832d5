import { Readable } from 'node:stream';
import {
  type ArtifactStore,
  type BlobSource,
  noSuchBlob,
  type ReadOptions,
  requireKey,
  type WriteOptions,
} from '#server/storage/artifact-store.ts';
import { sourceChunks } from '#server/storage/source.ts';

type Read = (key: string, bytes: Uint8Array, options: ReadOptions) => Readable;

/** A store in memory, whose reading a test may disturb. */
export class MemoryStore implements ArtifactStore {
  readonly uri = 'memory';
  readonly blobs = new Map<string, Uint8Array>();
  readonly reads: { key: string; start: number }[] = [];
  writes = 0;
  onRead: Read = (_, bytes, { start = 0, end }) => Readable.from([bytes.subarray(start, end)]);

  async initialize(): Promise<void> {}
  async healthCheck() {
    return { healthy: true, detail: '', latencyMs: 0 };
  }
  async cleanup(): Promise<void> {}
  async stat(key: string) {
    const found = this.blobs.get(key);
    return found === undefined ? null : { size: found.length };
  }
  async write(key: string, source: BlobSource, { onProgress }: WriteOptions = {}): Promise<void> {
    requireKey(key);
    this.writes += 1;
    const chunks: Uint8Array[] = [];
    for await (const chunk of sourceChunks(source)) chunks.push(chunk);
    this.blobs.set(key, Buffer.concat(chunks));
    onProgress?.(source.size, source.size);
  }
  async read(key: string, options: ReadOptions = {}): Promise<Readable> {
    this.reads.push({ key, start: options.start ?? 0 });
    const found = this.blobs.get(key);
    if (found === undefined) throw noSuchBlob(key, this.uri);
    return this.onRead(key, found, options);
  }
  async remove(key: string): Promise<void> {
    this.blobs.delete(key);
  }
  async *list(prefix: string) {
    for (const [key, { length }] of this.blobs) if (key.startsWith(prefix)) yield { key, size: length };
  }
}

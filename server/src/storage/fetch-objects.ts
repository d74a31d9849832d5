import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FailureError } from '../platform/failure.ts';
import type { ArtifactStore, StoredBlob } from './artifact-store.ts';
import { diskFailure } from './disk-failure.ts';
import { together } from './together.ts';

export interface ObjectsRequest {
  readonly store: ArtifactStore;
  /** A key or a glob. */
  readonly pattern: string;
  /** As the person wrote it. */
  readonly uri: string;
  /** Absolute; it is made. */
  readonly directory: string;
}

interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

const objectsAtOnce = 4;

/**
 * Brings the objects of a key or glob into a folder, under names that keep their order and endings. Answers how many. Fails
 * with `not-found` where there is none, `busy` where the disk is full, and as the store does.
 */
export async function fetchObjects(request: ObjectsRequest, { signal, onProgress }: FetchOptions): Promise<number> {
  const { store, pattern, uri, directory } = request;
  const blobs = await find(store, pattern, signal);
  if (blobs.length === 0) {
    throw new FailureError('not-found', `There is no object ${uri}.`, { remedy: 'Look for its name and the bucket.' });
  }
  await mkdir(directory, { recursive: true });
  const total = blobs.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const digits = String(blobs.length).length;
  await together([...blobs.entries()], { limit: objectsAtOnce, signal }, async ([index, { key }], either) => {
    const path = join(directory, `${String(index).padStart(digits, '0')}-${posix.basename(key)}`);
    const counted = new Transform({
      transform(chunk: Buffer, _, next) {
        done += chunk.length;
        onProgress?.(done, total);
        next(null, chunk);
      },
    });
    const content = await store.read(key, { signal: either });
    await pipeline(content, counted, createWriteStream(path), { signal: either }).catch((error: unknown) => {
      throw diskFailure(error, path, 'written');
    });
  });
  return blobs.length;
}

async function find(store: ArtifactStore, pattern: string, signal?: AbortSignal): Promise<StoredBlob[]> {
  if (!/[*?[{]/.test(pattern)) {
    const found = await store.stat(pattern, signal);
    return found === null ? [] : [{ key: pattern, size: found.size }];
  }
  const matching: StoredBlob[] = [];
  for await (const blob of store.list('', signal)) if (posix.matchesGlob(blob.key, pattern)) matching.push(blob);
  return matching.sort(({ key: a }, { key: b }) => (a < b ? -1 : 1));
}

import { mkdir, mkdtemp, open, opendir, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import type { Health } from '../../../platform/component.ts';
import { errorCode } from '../../../platform/error-code.ts';
import { FailureError } from '../../../platform/failure.ts';
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
import { diskFailure } from '../../disk-failure.ts';
import { moveIntoPlace, placeFile, removeLeftovers } from './place-file.ts';

/** Keys never begin with a dot, so no blob is ever in the way of this. */
const unfinished = '.unfinished';

/**
 * A folder of this machine or of a network share: a blob is the file of its key. Several processes may use it at once.
 * The folder is made with the first blob.
 */
export class LocalStore implements ArtifactStore {
  readonly uri: string;
  readonly #root: string;

  constructor(folder: string) {
    this.#root = resolve(folder);
    this.uri = this.#root;
  }

  async initialize(): Promise<void> {
    await removeLeftovers(join(this.#root, unfinished));
  }

  async healthCheck(): Promise<Health> {
    const started = performance.now();
    try {
      const found = await stat(this.#root).catch((error: unknown) => {
        if (errorCode(error) === 'ENOENT') return null;
        throw diskFailure(error, this.#root, 'read');
      });
      if (found !== null && !found.isDirectory()) {
        throw new FailureError('input', `“${this.#root}” is no folder.`, {
          remedy: 'Name another place in mlops.yaml.',
        });
      }
      const detail = found === null ? 'Folder, made with the first artifact' : 'Folder';
      return { healthy: true, detail, latencyMs: performance.now() - started };
    } catch (error) {
      return unhealthy(error, performance.now() - started);
    }
  }

  async cleanup(): Promise<void> {
    // Nothing is held open.
  }

  pathOf(key: string): string {
    requireKey(key);
    return join(this.#root, ...key.split('/'));
  }

  async stat(key: string, signal?: AbortSignal): Promise<{ readonly size: number } | null> {
    const path = this.pathOf(key);
    signal?.throwIfAborted();
    try {
      const found = await stat(path);
      return found.isFile() ? { size: found.size } : null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw diskFailure(error, path, 'read');
    }
  }

  async write(key: string, source: BlobSource, options: WriteOptions = {}): Promise<void> {
    const path = this.pathOf(key);
    options.signal?.throwIfAborted();
    await placeFile({ key, path, source, folder: join(this.#root, unfinished) }, options);
  }

  async makeStaging(): Promise<string> {
    const folder = join(this.#root, unfinished);
    try {
      await mkdir(folder, { recursive: true });
      return await mkdtemp(join(folder, 'staging-'));
    } catch (error) {
      throw diskFailure(error, folder, 'written');
    }
  }

  async adopt(key: string, path: string): Promise<void> {
    const place = this.pathOf(key);
    try {
      await moveIntoPlace(path, place);
    } catch (error) {
      throw diskFailure(error, place, 'written');
    }
  }

  async read(key: string, options: ReadOptions = {}): Promise<Readable> {
    const path = this.pathOf(key);
    const { start = 0, end, signal } = options;
    signal?.throwIfAborted();
    if (end !== undefined && end <= start) return Readable.from([]);
    try {
      const handle = await open(path, 'r');
      const found = await handle.stat();
      if (!found.isFile()) {
        await handle.close();
        throw noSuchBlob(key, this.uri);
      }
      return handle.createReadStream({
        start,
        // Node counts to the last byte itself.
        end: (end ?? Number.POSITIVE_INFINITY) - 1,
        highWaterMark: 1024 * 1024,
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (isMissing(error)) throw noSuchBlob(key, this.uri);
      throw diskFailure(error, path, 'read');
    }
  }

  async remove(key: string, signal?: AbortSignal): Promise<void> {
    const path = this.pathOf(key);
    signal?.throwIfAborted();
    await rm(path, { force: true }).catch((error: unknown) => {
      if (!isMissing(error)) throw diskFailure(error, path, 'written');
    });
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncIterable<StoredBlob> {
    // The folder that all of the prefix are in; what follows its last slash may be the beginning of a name.
    const folder = join(this.#root, ...dirname(`${prefix}x`).split('/'));
    if (relative(this.#root, folder).startsWith('..')) return;
    for await (const path of filesBelow(folder, signal)) {
      const key = relative(this.#root, path).split(sep).join('/');
      if (!key.startsWith(prefix)) continue;
      const size = await sizeOf(path);
      if (size !== null) yield { key, size };
    }
  }
}

async function* filesBelow(folder: string, signal: AbortSignal | undefined): AsyncIterable<string> {
  signal?.throwIfAborted();
  const entries = await opendir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw diskFailure(error, folder, 'read');
  });
  for await (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path, signal);
    else if (entry.isFile()) yield path;
  }
}

/** Null where somebody removed it meanwhile. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return null;
    throw diskFailure(error, path, 'read');
  }
}

function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import { FailureError } from '../platform/failure.ts';
import type { ArtifactStore, WriteOptions } from './artifact-store.ts';
import { corrupt } from './corrupt.ts';
import { diskFailure } from './disk-failure.ts';
import { fetchFiles } from './fetch-files.ts';
import { Progress } from './progress.ts';
import { chunksOf, fileSource } from './source.ts';
import { together } from './together.ts';

export interface ContentOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes done so far and of all, never going back. */
  readonly onProgress?: WriteOptions['onProgress'];
}

export interface PutOptions extends ContentOptions {
  /** Copies by digest, in a {@link ContentStore.stagingFolder}: they are taken instead of the files they are copies of. */
  readonly copies?: ReadonlyMap<string, string> | undefined;
}

export interface FetchOptions extends ContentOptions {
  /** Puts the version's files in the place of others of the same names; without it those are refused. */
  readonly replace?: boolean;
}

/** Stored at once; each is sent in several parts where it is large. */
const filesAtOnce = 4;

/**
 * Keeps files by the SHA-256 of what they hold, each content once, as `sha256/ab/abcd…` of a store. Fails as the store
 * does, with `input` for what is no digest, and with `corrupt` where what comes back is not what its digest says.
 */
export class ContentStore {
  readonly #store: ArtifactStore;

  constructor(store: ArtifactStore) {
    this.#store = store;
  }

  /** Where it is, for a person. */
  get uri(): string {
    return this.#store.uri;
  }

  /** Whether there is a content of this digest and, where it is given, size in bytes. */
  async has(sha256: string, size?: number, signal?: AbortSignal): Promise<boolean> {
    const found = await this.#store.stat(contentKey(sha256), signal);
    return found !== null && (size === undefined || found.size === size);
  }

  /**
   * A new folder for copies of what is to be stored, where such a copy saves time; null elsewhere. Whoever asks removes
   * it.
   */
  async stagingFolder(): Promise<string | null> {
    return (await this.#store.makeStaging?.()) ?? null;
  }

  /**
   * Stores the file at `path`, unless it is there already. Fails with `busy` where the file has not the digest: it
   * changed since it was hashed.
   */
  async putFile(sha256: string, path: string, { copies, ...options }: PutOptions = {}): Promise<void> {
    const { size } = await stat(path).catch((error: unknown) => {
      throw diskFailure(error, path, 'read');
    });
    if (await this.has(sha256, size, options.signal)) {
      options.onProgress?.(size, size);
      return;
    }
    const copy = copies?.get(sha256);
    if (copy !== undefined && this.#store.adopt) {
      await this.#store.adopt(contentKey(sha256), copy);
      options.onProgress?.(size, size);
      return;
    }
    await this.#store.write(contentKey(sha256), fileSource(path, size), { ...options, sha256 });
  }

  /** Stores files of a directory, several at a time; those of equal content once. Fails as {@link putFile} does. */
  async putFiles(files: readonly ModelFile[], directory: string, options: PutOptions = {}): Promise<void> {
    const { signal, onProgress, copies } = options;
    const distinct = [...new Map(files.map((file) => [file.sha256, file])).values()];
    const progress = new Progress(totalOf(distinct), onProgress);
    await together(distinct, { limit: filesAtOnce, signal }, async ({ path, sha256 }, either) => {
      let before = 0;
      const count = (done: number) => {
        progress.add(done - before);
        before = done;
      };
      await this.putFile(sha256, join(directory, path), { signal: either, onProgress: count, copies });
    });
    progress.finish();
  }

  /**
   * Brings files into a directory, which is made where it is missing, under their paths. Every digest is verified; what
   * is there already is left as it is; a file that was interrupted goes on where it stopped, also in another process.
   * Fails with `input`, before anything is fetched, for paths that lead out of the directory, that not every system can
   * hold side by side, that go through a symbolic link in the directory, or that something else occupies.
   */
  async fetchFiles(files: readonly ModelFile[], directory: string, options: FetchOptions = {}): Promise<void> {
    const open = (sha256: string, start: number, signal: AbortSignal) =>
      this.#store.read(contentKey(sha256), { start, signal });
    await fetchFiles({ files, directory, open, uri: this.uri }, options);
  }

  /** A content as it arrives; the stream fails with `corrupt` at its end where the digest is another. */
  async open(sha256: string, signal?: AbortSignal): Promise<Readable> {
    const stream = await this.#store.read(contentKey(sha256), { signal });
    return Readable.from(verified(stream, sha256, this.uri), { objectMode: false });
  }

  /** Does nothing where there is no such content. The caller knows that no version needs it any more. */
  async remove(sha256: string, signal?: AbortSignal): Promise<void> {
    await this.#store.remove(contentKey(sha256), signal);
  }

  /** All contents. What else lies in the store is passed over. */
  async *list(signal?: AbortSignal): AsyncIterable<{ readonly sha256: string; readonly size: number }> {
    for await (const { key, size } of this.#store.list(folder, signal)) {
      const sha256 = key.slice(key.lastIndexOf('/') + 1);
      if (digest.test(sha256) && key === contentKey(sha256)) yield { sha256, size };
    }
  }
}

const folder = 'sha256/';
const digest = /^[0-9a-f]{64}$/;

function contentKey(sha256: string): string {
  if (!digest.test(sha256)) {
    throw new FailureError('input', `${JSON.stringify(sha256)} is no SHA-256: 64 hexadecimal digits in lower case.`);
  }
  return `${folder}${sha256.slice(0, 2)}/${sha256}`;
}

async function* verified(stream: Readable, sha256: string, uri: string): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of chunksOf(stream)) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') !== sha256) throw corrupt(sha256, uri);
}

function totalOf(files: readonly ModelFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import { FailureError } from '../platform/failure.ts';
import { corrupt } from './corrupt.ts';
import { diskFailure } from './disk-failure.ts';
import { partialPath, placeAll, preparePlace, tidy } from './fetch-place.ts';
import { Progress } from './progress.ts';
import { chunksOf } from './source.ts';
import { together } from './together.ts';

interface FetchRequest {
  /** Of the store, for a person. */
  readonly uri: string;
  readonly files: readonly ModelFile[];
  readonly directory: string;
  /** A content's bytes from an offset on. */
  readonly open: (sha256: string, start: number, signal: AbortSignal) => Promise<Readable>;
}

interface FetchSettings {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly replace?: boolean;
}

const contentsAtOnce = 4;
/** Connections that are lost one after the other, without a byte in between, before it is given up. */
const mostLosses = 8;
const firstWaitMs = 100;
const chunkBytes = 1024 * 1024;

/** See `ContentStore.fetchFiles`. */
export async function fetchFiles(request: FetchRequest, settings: FetchSettings): Promise<void> {
  const { files, directory } = request;
  const { signal } = settings;
  const { root, missing } = await preparePlace(files, directory, settings);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const progress = new Progress(total, settings.onProgress);
  progress.add(total - missing.reduce((sum, { size }) => sum + size, 0));
  const byContent = Map.groupBy(missing, ({ sha256 }) => sha256);
  await together(byContent, { limit: contentsAtOnce, signal }, async ([sha256, wanted], either) => {
    const [{ size } = { size: 0 }, ...others] = wanted;
    const path = await partialPath(root, sha256);
    await download({ path, sha256, size, progress, signal: either, open: request.open, uri: request.uri });
    await placeAll(
      root,
      path,
      wanted.map((file) => file.path),
    );
    progress.add(size * others.length);
  });
  await tidy(root);
  progress.finish();
}

interface Download {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly open: FetchRequest['open'];
  readonly uri: string;
}

/** What is written so far, and the digest of it. */
interface Written {
  position: number;
  hash: Hash;
}

/** Leaves the file whole and verified. Two processes that do so at once write the same bytes to the same places. */
async function download(wanted: Download): Promise<void> {
  await using file = await openPartial(wanted.path);
  const written = await whatIsThere(file, wanted);
  const resumed = written.position > 0;
  await receive(file, written, wanted);
  if (written.hash.digest('hex') === wanted.sha256) return;
  if (resumed) {
    // What was here from before was wrong; the store may be right.
    wanted.progress.add(-wanted.size);
    await file.truncate(0);
    const anew = { position: 0, hash: createHash('sha256') };
    await receive(file, anew, wanted);
    if (anew.hash.digest('hex') === wanted.sha256) return;
  }
  await rm(wanted.path, { force: true });
  throw corrupt(wanted.sha256, wanted.uri);
}

async function openPartial(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o666);
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (error) {
    throw diskFailure(error, path, 'written');
  }
  throw new FailureError('input', `“${path}” can’t be written: it is no file.`, { remedy: 'Remove it.' });
}

async function whatIsThere(file: FileHandle, { path, size, progress, signal }: Download): Promise<Written> {
  const written: Written = { position: 0, hash: createHash('sha256') };
  try {
    if ((await file.stat()).size > size) await file.truncate(0);
    const stream = file.createReadStream({ start: 0, autoClose: false, highWaterMark: chunkBytes });
    for await (const chunk of chunksOf(stream)) {
      signal.throwIfAborted();
      written.hash.update(chunk);
      written.position += chunk.length;
      progress.add(chunk.length);
    }
  } catch (error) {
    throw diskFailure(error, path, 'read');
  }
  return written;
}

/** Goes on where a connection was lost, as long as new ones bring something. */
async function receive(file: FileHandle, written: Written, wanted: Download): Promise<void> {
  for (let losses = 0; written.position < wanted.size; ) {
    const before = written.position;
    try {
      const stream = await wanted.open(wanted.sha256, before, wanted.signal);
      for await (const chunk of chunksOf(stream)) await append(file, chunk, written, wanted);
      if (written.position < wanted.size) throw cutShort(wanted.sha256);
    } catch (error) {
      wanted.signal.throwIfAborted();
      losses = written.position > before ? 1 : losses + 1;
      if (!isLoss(error) || losses >= mostLosses) throw error;
      await delay(firstWaitMs * 2 ** (losses - 1) * (0.5 + Math.random() / 2), undefined, { signal: wanted.signal });
    }
  }
}

async function append(file: FileHandle, chunk: Uint8Array, written: Written, wanted: Download): Promise<void> {
  wanted.signal.throwIfAborted();
  if (written.position + chunk.length > wanted.size) throw corrupt(wanted.sha256, wanted.uri);
  for (let offset = 0; offset < chunk.length; ) {
    const length = chunk.length - offset;
    const result = await file.write(chunk, offset, length, written.position + offset).catch((error: unknown) => {
      throw diskFailure(error, wanted.path, 'written');
    });
    offset += result.bytesWritten;
  }
  written.hash.update(chunk);
  written.position += chunk.length;
  wanted.progress.add(chunk.length);
}

function isLoss(error: unknown): boolean {
  return error instanceof FailureError && error.reason === 'unreachable';
}

function cutShort(sha256: string): FailureError {
  return new FailureError('unreachable', `The transfer of ${sha256.slice(0, 12)}… ended before all of it was here.`, {
    remedy: 'Try again: it goes on where it stopped.',
  });
}

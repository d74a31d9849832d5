import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BlobSource, changedWhileStored, type WriteOptions } from '../../artifact-store.ts';
import { diskFailure } from '../../disk-failure.ts';
import { Progress } from '../../progress.ts';
import { chunksOf, sourceChunks } from '../../source.ts';

interface Placement {
  readonly key: string;
  /** Where it is to be in the end. */
  readonly path: string;
  readonly source: BlobSource;
  /** Where it is until it is whole: on the same file system. */
  readonly folder: string;
}

/** What a killed process left unfinished is kept for this long, in case that the process lives after all. */
const leftoverMs = 24 * 3_600_000;
const chunkBytes = 1024 * 1024;

/**
 * Writes a file aside, brings it to the disk, and renames it into place: whoever looks sees all of it or nothing, also
 * after a loss of power. Leaves nothing behind where it fails.
 */
export async function placeFile(placement: Placement, options: WriteOptions): Promise<void> {
  const { key, path, source, folder } = placement;
  const aside = join(folder, randomUUID());
  const progress = new Progress(source.size, options.onProgress);
  try {
    await mkdir(folder, { recursive: true });
    const found = (await cloned(source, aside))
      ? await drain(chunksOf(createReadStream(aside, { highWaterMark: chunkBytes })), progress, options)
      : await copied(source, aside, progress, options);
    if (found.size !== source.size || (options.sha256 ?? found.sha256) !== found.sha256) throw changedWhileStored(key);
    await toDisk(aside);
    options.signal?.throwIfAborted();
    await moveIntoPlace(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw diskFailure(error, path, 'written');
  }
  progress.finish();
}

/** Renames a file that is on the disk, so that its name is there as well. */
export async function moveIntoPlace(aside: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rename(aside, path);
  await folderToDisk(dirname(path));
}

interface Found {
  readonly size: number;
  /** Undefined where nobody asked for it. */
  readonly sha256: string | undefined;
}

/** Lets the file system share the blocks of both files, which takes no time and no space; false where it can't. */
async function cloned(source: BlobSource, aside: string): Promise<boolean> {
  if (source.path === undefined) return false;
  try {
    await copyFile(source.path, aside, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    // Another file system, or one without clones. What is wrong besides shows when it is copied.
    await rm(aside, { force: true });
    return false;
  }
}

async function copied(source: BlobSource, aside: string, progress: Progress, options: WriteOptions): Promise<Found> {
  await using file = await open(aside, 'wx');
  return await drain(sourceChunks(source), progress, options, async (chunk) => {
    for (let offset = 0; offset < chunk.length; ) {
      const { bytesWritten } = await file.write(chunk, offset);
      offset += bytesWritten;
    }
  });
}

/** Reads to the end, for the size and, where there is one to compare with, the digest. */
async function drain(
  chunks: AsyncIterable<Uint8Array>,
  progress: Progress,
  { signal, sha256 }: WriteOptions,
  use?: (chunk: Uint8Array) => Promise<void>,
): Promise<Found> {
  const hash = sha256 === undefined ? null : createHash('sha256');
  let size = 0;
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    hash?.update(chunk);
    await use?.(chunk);
    size += chunk.length;
    progress.add(chunk.length);
  }
  return { size, sha256: hash?.digest('hex') };
}

async function toDisk(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.sync();
}

/** A rename is on the disk once its folder is. Windows knows no such thing. */
async function folderToDisk(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using handle = await open(folder, 'r');
  // Some network file systems can't.
  await handle.sync().catch(() => undefined);
}

/** Removes what processes that were killed left unfinished long ago. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > leftoverMs)
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

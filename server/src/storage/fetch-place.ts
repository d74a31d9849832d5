import { createHash } from 'node:crypto';
import { constants, createReadStream, type Stats } from 'node:fs';
import { copyFile, lstat, mkdir, realpath, rename, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import { requirePortablePaths } from '../models/artifact/paths.ts';
import { errorCode } from '../platform/error-code.ts';
import { FailureError } from '../platform/failure.ts';
import { diskFailure } from './disk-failure.ts';
import { chunksOf } from './source.ts';

/** Holds what is not whole yet; it is gone once all of it is. */
const partialFolder = '.mlops-partial';

/** The directory that files are brought into, found to be safe for them. */
export interface FetchPlace {
  /** Absolute, without links. */
  readonly root: string;
  /** What is not there yet. */
  readonly missing: readonly ModelFile[];
}

/**
 * Looks at a directory, which is made where it is missing, before anything is fetched. Fails with `input` for paths that
 * are not safe there, and, without `replace`, for files that are there with another content.
 */
export async function preparePlace(
  files: readonly ModelFile[],
  directory: string,
  { replace = false, signal }: { readonly replace?: boolean; readonly signal?: AbortSignal | undefined },
): Promise<FetchPlace> {
  requirePortablePaths(files.map(({ path }) => path));
  const ours = files.find(({ path }) => path.split('/')[0]?.toLowerCase() === partialFolder);
  if (ours)
    throw new FailureError(
      'input',
      `“${ours.path}” can’t be fetched: ${partialFolder} is kept for files that are not whole yet.`,
    );
  const root = await existing(directory);
  const missing: ModelFile[] = [];
  for (const file of files) {
    signal?.throwIfAborted();
    await requireFolders(root, file.path);
    const found = await look(join(root, file.path));
    if (found === null) missing.push(file);
    else if (!found.isFile()) throw occupied(join(root, file.path), found);
    else if (found.size === file.size && (await digestOf(join(root, file.path))) === file.sha256) continue;
    else if (replace) missing.push(file);
    else throw other(join(root, file.path));
  }
  return { root, missing };
}

/** Where the part of a content that is here already lies: equal for every process that fetches it. */
export async function partialPath(root: string, sha256: string): Promise<string> {
  const folder = join(root, partialFolder);
  await makeFolder(folder);
  return join(folder, sha256);
}

/** Puts one whole file where all of `paths` ask for it. */
export async function placeAll(root: string, partial: string, paths: readonly string[]): Promise<void> {
  const [first, ...others] = paths;
  if (first === undefined) return;
  for (const path of others) {
    const copy = `${partial}.copy`;
    await copyFile(partial, copy, constants.COPYFILE_FICLONE).catch((error: unknown) => {
      throw diskFailure(error, copy, 'written');
    });
    await moveTo(root, copy, path);
  }
  await moveTo(root, partial, first);
}

/** Removes the folder for what is not whole, where nothing is in it any more. */
export async function tidy(root: string): Promise<void> {
  await rmdir(join(root, partialFolder)).catch(() => undefined);
}

async function moveTo(root: string, from: string, path: string): Promise<void> {
  await requireFolders(root, path, makeFolder);
  const target = join(root, path);
  await rename(from, target).catch((error: unknown) => {
    throw diskFailure(error, target, 'written');
  });
}

async function existing(directory: string): Promise<string> {
  try {
    await mkdir(directory, { recursive: true });
    return await realpath(directory);
  } catch (error) {
    throw diskFailure(error, directory, 'written');
  }
}

/** Every folder on the way to a file must be one, and no link. What is missing is none of `look`'s business. */
async function requireFolders(root: string, path: string, make?: (folder: string) => Promise<void>): Promise<void> {
  let folder = root;
  for (const name of path.split('/').slice(0, -1)) {
    folder = join(folder, name);
    if (make !== undefined) {
      await make(folder);
      continue;
    }
    const found = await look(folder);
    if (found === null) return;
    if (!found.isDirectory()) throw occupied(folder, found);
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw diskFailure(error, folder, 'written');
  });
  const found = await look(folder);
  if (!found?.isDirectory()) throw occupied(folder, found);
}

/** What is there itself, not what it links to; null where there is nothing. */
async function look(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw diskFailure(error, path, 'read');
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of chunksOf(createReadStream(path, { highWaterMark: 1024 * 1024 }))) hash.update(chunk);
  } catch (error) {
    throw diskFailure(error, path, 'read');
  }
  return hash.digest('hex');
}

function occupied(path: string, found: Stats | null): FailureError {
  const what = found?.isSymbolicLink() ? 'a symbolic link, which may lead anywhere' : 'something else of that name';
  return new FailureError('input', `“${path}” can’t be written: there is ${what}.`, {
    remedy: 'Remove it, or choose another folder.',
  });
}

function other(path: string): FailureError {
  return new FailureError('input', `“${path}” is there already, with another content. Nothing was overwritten.`, {
    remedy: 'Move it away, or choose another folder.',
  });
}

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import { asFailure, changedMeanwhile } from './file-failures.ts';
import { sameState, stateOf } from './file-state.ts';
import { type FoundFile, walkDirectory } from './walk-directory.ts';

/** What OpenSSF Model Signing leaves out, at the top level alone: unsigned, so no part of a version either. */
export const ignoredByDefault: readonly string[] = ['model.sig', '.git', '.gitattributes', '.github', '.gitignore'];

export interface HashOptions {
  readonly signal?: AbortSignal;
  /** Bytes hashed so far, and of all files. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Paths relative to the directory, with `/`, that are passed over with all below them. */
  readonly ignore?: readonly string[];
}

export interface HashedDirectory {
  /** In code-point order of `path`, which is the name on the disk: its normalisation is kept. */
  readonly files: readonly ModelFile[];
  /** What was passed over and is there. */
  readonly ignored: readonly string[];
}

/**
 * SHA-256 of every regular file below a directory. Fails with `not-found`, `permission`, `input` (links, sockets, names
 * that not every system can hold, no files) and `busy` (something changed meanwhile).
 */
export async function hashDirectory(directory: string, options: HashOptions = {}): Promise<HashedDirectory> {
  const { signal, onProgress, ignore = ignoredByDefault } = options;
  const { files, ignored } = await walkDirectory(directory, ignore, signal);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const hashed: ModelFile[] = [];
  let done = 0;
  for (const file of files) {
    signal?.throwIfAborted();
    hashed.push(await hashFile(file));
    done += file.size;
    onProgress?.(done, total);
  }
  return { files: hashed, ignored };
}

async function hashFile(file: FoundFile): Promise<ModelFile> {
  try {
    await using handle = await open(file.absolute, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    if (!sameState(stateOf(await handle.stat({ bigint: true })), file.state)) throw changedMeanwhile(file.path);
    const hash = createHash('sha256');
    for await (const chunk of handle.createReadStream({ highWaterMark: 1024 * 1024, autoClose: false }))
      hash.update(chunk);
    if (!sameState(stateOf(await handle.stat({ bigint: true })), file.state)) throw changedMeanwhile(file.path);
    return { path: file.path, size: file.size, sha256: hash.digest('hex') };
  } catch (error) {
    throw asFailure(error, file.path);
  }
}

import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { mapConcurrently } from '../../platform/concurrency.ts';
import { FailureError } from '../../platform/failure.ts';
import { asFailure, failureWithin } from './file-failures.ts';
import { type FileState, stateOf } from './file-state.ts';
import { compareCodePoints, requireDistinctPaths, requirePortablePath } from './paths.ts';

/** A regular file as it was found. `path` is relative to the root, with `/`; `state` tells whether it changed since. */
export interface FoundFile {
  readonly path: string;
  readonly absolute: string;
  readonly size: number;
  readonly state: FileState;
}

export interface Walk {
  /** In code-point order of `path`. */
  readonly files: readonly FoundFile[];
  /** Paths of `ignore` that are there. */
  readonly ignored: readonly string[];
}

/** Calls for the state of files at a time: what Node's own threads take. */
const CALLS = 4;

/**
 * Lists the regular files below a directory without following links. Fails with `input` for anything else that lies
 * there, for names that not every system can hold and for a directory without files.
 */
export async function walkDirectory(root: string, ignore: readonly string[], signal?: AbortSignal): Promise<Walk> {
  const top = await requireDirectory(root);
  const left = new Set(ignore);
  const files: FoundFile[] = [];
  const ignored: string[] = [];
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    signal?.throwIfAborted();
    const names: string[] = [];
    for (const entry of await entriesOf(top, folder)) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (left.has(path)) {
        ignored.push(path);
        continue;
      }
      requirePortablePath(path);
      if (entry.isDirectory()) pending.push(path);
      else names.push(path);
    }
    files.push(...(await mapConcurrently(names, CALLS, (path) => foundFile(top, path))));
  }
  if (files.length === 0) throw nothingIn(root, ignored);
  requireDistinctPaths(files.map(({ path }) => path));
  const sorted = files.sort((a, b) => compareCodePoints(a.path, b.path));
  return { files: sorted, ignored: ignored.sort(compareCodePoints) };
}

async function requireDirectory(root: string): Promise<string> {
  try {
    // The directory itself may be reached by a link: its name is no part of the model.
    const path = await realpath(root);
    if ((await lstat(path)).isDirectory()) return path;
  } catch (error) {
    throw asFailure(error, root);
  }
  throw new FailureError('input', `${root} is a file, and a model is a folder.`, {
    remedy: 'Put the file into a folder of its own and name that.',
  });
}

async function entriesOf(top: string, folder: string): Promise<Dirent[]> {
  try {
    return await readdir(join(top, folder), { withFileTypes: true });
  } catch (error) {
    throw folder === '' ? asFailure(error, top) : failureWithin(error, folder);
  }
}

async function foundFile(top: string, path: string): Promise<FoundFile> {
  const absolute = join(top, path);
  let stats: BigIntStats;
  try {
    stats = await lstat(absolute, { bigint: true });
  } catch (error) {
    throw failureWithin(error, path);
  }
  if (!stats.isFile()) throw notRegular(path, stats);
  return { path, absolute, size: Number(stats.size), state: stateOf(stats) };
}

function notRegular(path: string, stats: BigIntStats): FailureError {
  const kind = stats.isSymbolicLink()
    ? 'a symbolic link'
    : stats.isFIFO()
      ? 'a pipe'
      : stats.isSocket()
        ? 'a socket'
        : 'a device';
  return new FailureError('input', `“${path}” is ${kind}, and a model consists of regular files.`, {
    remedy: stats.isSymbolicLink()
      ? 'Put a copy of what it points to in its place (cp -L), or remove it.'
      : 'Remove it from the folder.',
  });
}

function nothingIn(root: string, ignored: readonly string[]): FailureError {
  const but = ignored.length === 0 ? '' : ` but ${ignored.join(', ')}`;
  return new FailureError('input', `There are no files in ${root}${but}.`, {
    remedy: 'Name the folder that holds the model’s files.',
  });
}

import { createHash, hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { changedMeanwhile, failureWithin } from './file-failures.ts';
import { type FileState, sameState, stateOf } from './file-state.ts';
import type { FoundFile } from './walk-directory.ts';

/** Neither follows a link nor waits for the writer of a pipe that took the file's place. Windows has no such flags. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * SHA-256 of a small file, read whole, in hexadecimal digits. Fails with `busy` where the file is not, or no longer, the
 * one that was found; with `permission` or `unreachable` where it can't be read.
 */
export async function hashWhole(file: FoundFile): Promise<string> {
  try {
    await using handle = await open(file.absolute, FLAGS);
    requireState(file, stateOf(await handle.stat({ bigint: true })));
    const content = await handle.readFile();
    requireState(file, stateOf(await handle.stat({ bigint: true })));
    return hash('sha256', content);
  } catch (error) {
    throw failureWithin(error, file.path);
  }
}

/**
 * As {@link hashWhole}, part by part through `buffer`, for a thread with nothing else to do: each call waits for the
 * disk, which reads ahead by itself, and is spared a trip to Node's own threads. Tells `onBytes` of each part.
 */
export function hashByParts(file: FoundFile, buffer: Uint8Array, onBytes: (count: number) => void): string {
  try {
    const descriptor = openSync(file.absolute, FLAGS);
    try {
      requireState(file, stateOf(fstatSync(descriptor, { bigint: true })));
      const digest = digestOf(descriptor, buffer, onBytes);
      requireState(file, stateOf(fstatSync(descriptor, { bigint: true })));
      return digest;
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw failureWithin(error, file.path);
  }
}

function digestOf(descriptor: number, buffer: Uint8Array, onBytes: (count: number) => void): string {
  const digest = createHash('sha256');
  for (;;) {
    const count = readSync(descriptor, buffer, 0, buffer.length, null);
    if (count === 0) return digest.digest('hex');
    digest.update(buffer.subarray(0, count));
    onBytes(count);
  }
}

function requireState(file: FoundFile, now: FileState): void {
  if (!sameState(now, file.state)) throw changedMeanwhile(file.path);
}

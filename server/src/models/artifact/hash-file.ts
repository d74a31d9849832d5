import { createHash, hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { changedMeanwhile, failureWithin } from './file-failures.ts';
import { type FileState, sameState, stateOf } from './file-state.ts';
import type { FileToHash, HashedFile } from './hash-messages.ts';
import { PartCopy } from './part-copy.ts';
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
 * disk, which reads ahead by itself, and is spared a trip to Node's own threads. Tells `onBytes` of each part, and writes
 * the copy that the file asks for; where it fails, it leaves none.
 */
export function hashByParts(file: FileToHash, buffer: Uint8Array, onBytes: (count: number) => void): HashedFile {
  try {
    const descriptor = openSync(file.absolute, FLAGS);
    try {
      return hashOpened(descriptor, file, { buffer, onBytes });
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw failureWithin(error, file.path);
  }
}

interface Parts {
  readonly buffer: Uint8Array;
  readonly onBytes: (count: number) => void;
}

function hashOpened(descriptor: number, file: FileToHash, parts: Parts): HashedFile {
  requireState(file, stateOf(fstatSync(descriptor, { bigint: true })));
  const copy = file.copy === null ? null : new PartCopy(file.absolute, file.copy);
  try {
    const sha256 = digestOf(descriptor, copy, parts);
    requireState(file, stateOf(fstatSync(descriptor, { bigint: true })));
    return { sha256, copy: copy?.finish() ? file.copy : null };
  } catch (error) {
    copy?.discard();
    throw error;
  }
}

function digestOf(descriptor: number, copy: PartCopy | null, { buffer, onBytes }: Parts): string {
  const digest = createHash('sha256');
  for (;;) {
    const count = readSync(descriptor, buffer, 0, buffer.length, null);
    if (count === 0) return digest.digest('hex');
    const part = buffer.subarray(0, count);
    digest.update(part);
    copy?.write(part);
    onBytes(count);
  }
}

function requireState(file: FoundFile, now: FileState): void {
  if (!sameState(now, file.state)) throw changedMeanwhile(file.path);
}

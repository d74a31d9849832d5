import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from './error-code.ts';
import { FailureError } from './failure.ts';

/**
 * Writes a file whole or not at all: to a name beside it first, then renamed. Fails with `permission` or `input` where
 * the place can't be written, and with the content's own failure; nothing is left behind then.
 */
export async function writeFileWhole(
  path: string,
  content: string | AsyncIterable<string | Uint8Array>,
  signal?: AbortSignal,
): Promise<{ bytes: number }> {
  const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID().slice(0, 8)}.part`);
  const file = await open(temporary, 'wx').catch((error: unknown) => {
    throw unwritable(path, error);
  });
  let bytes = 0;
  try {
    try {
      for await (const chunk of typeof content === 'string' ? [content] : content) {
        signal?.throwIfAborted();
        const data = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
        await writeAll(file, data, path);
        bytes += data.length;
      }
    } finally {
      await file.close();
    }
    await rename(temporary, path).catch((error: unknown) => {
      throw unwritable(path, error);
    });
    return { bytes };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeAll(
  file: { write: (data: Uint8Array) => Promise<{ bytesWritten: number }> },
  data: Uint8Array,
  path: string,
): Promise<void> {
  let rest = data;
  while (rest.length > 0) {
    const { bytesWritten } = await file.write(rest).catch((error: unknown) => {
      throw unwritable(path, error);
    });
    rest = rest.subarray(bytesWritten);
  }
}

/** Why a place can't be written, in words. */
export function unwritable(path: string, error: unknown): FailureError {
  const code = errorCode(error);
  const why: Readonly<Record<string, string>> = {
    ENOENT: 'its folder does not exist',
    ENOTDIR: 'a part of its path is a file',
    EISDIR: 'it is a folder',
    EACCES: 'it may not be written',
    EPERM: 'it may not be written',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
  };
  const reason = code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'permission' : 'input';
  return new FailureError(reason, `${path} can’t be written: ${why[code] ?? String(error)}.`, {
    remedy: 'Choose another place.',
    cause: error,
  });
}

import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { BlobSource } from './artifact-store.ts';
import { diskFailure } from './disk-failure.ts';

const chunkBytes = 1024 * 1024;

/** A file of this disk, of which the first `size` bytes are meant. */
export function fileSource(path: string, size: number): BlobSource {
  return {
    size,
    path,
    open: (start, end) =>
      start >= end ? Readable.from([]) : createReadStream(path, { start, end: end - 1, highWaterMark: chunkBytes }),
  };
}

/** The bytes of a source from `start` to `end`; what is wrong with its file is told in words. */
export async function* sourceChunks(source: BlobSource, start = 0, end = source.size): AsyncIterable<Uint8Array> {
  try {
    yield* chunksOf(source.open(start, end));
  } catch (error) {
    throw source.path === undefined ? error : diskFailure(error, source.path, 'read');
  }
}

/** A stream's bytes; a stream of anything else fails. */
export async function* chunksOf(stream: Readable): AsyncIterable<Uint8Array> {
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('The stream gives something else than bytes.');
    yield chunk;
  }
}

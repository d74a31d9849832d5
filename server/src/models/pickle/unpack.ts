import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline as pipe, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createInflate } from 'node:zlib';

/** More than that is a bomb. */
const largestUnpacked = 16 * 1024 ** 3;
const inMemory = 32 * 1024 * 1024;

/** What a stream begins with. */
export interface Beginning {
  readonly bytes: Buffer;
  /** That is all that could be read. */
  readonly isWhole: boolean;
  /** Why there is no more, where there should be. */
  readonly failure: string | null;
  readonly rest: AsyncIterator<Buffer>;
}

/** Decompresses; a stream that stops in the middle gives all it has, as it would to Python. */
export function inflated(packed: Readable, form: 'gzip' | 'zlib'): Readable {
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  const inflate = form === 'gzip' ? createGunzip(options) : createInflate(options);
  // Whoever reads it is told of failures by the stream itself.
  return pipe(packed, inflate, () => undefined);
}

/** Reads up to some megabytes; what does not fit goes to {@link spooled}. */
export async function readBeginning(stream: Readable): Promise<Beginning> {
  const rest: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    while (size <= inMemory) {
      const { done, value } = await rest.next();
      if (done === true) return { bytes: Buffer.concat(chunks), isWhole: true, failure: null, rest };
      chunks.push(value);
      size += value.length;
    }
  } catch (error) {
    return { bytes: Buffer.concat(chunks), isWhole: true, failure: messageOf(error), rest };
  }
  return { bytes: Buffer.concat(chunks), isWhole: false, failure: null, rest };
}

/** Hands on the whole as a file that is gone afterwards, and why it is not whole. */
export async function spooled<T>(
  { bytes, rest }: Beginning,
  use: (file: string, failure: string | null) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-scan-'));
  const file = join(folder, 'unpacked');
  let failure: string | null = null;
  try {
    await pipeline(
      async function* () {
        let size = bytes.length;
        yield bytes;
        try {
          for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
            size += next.value.length;
            if (size > largestUnpacked) throw new Error('it is larger than 16 GB');
            yield next.value;
          }
        } catch (error) {
          failure = messageOf(error);
        }
      },
      createWriteStream(file),
      signal ? { signal } : {},
    );
    return await use(file, failure);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Where bytes come from: a file, a part of one, or memory. */
export interface ByteSource {
  /** Bytes. */
  readonly size: number;
  /** Fills the buffer from `offset` as far as there is something; answers how many bytes. */
  read(buffer: Buffer, offset: number): number;
}

/** The end came where there should have been more. */
export class EndOfBytes extends Error {
  override readonly name = 'EndOfBytes';
}

const chunkBytes = 256 * 1024;

/** Lines of text opcodes: beyond this it is none. */
const longestLine = 1_000_000;

/** Reads a source from its beginning; what nobody wants is passed over without being read. */
export class ByteReader {
  readonly #source: ByteSource;
  readonly #buffer = Buffer.allocUnsafe(chunkBytes);
  /** Of the buffer's first byte. */
  #start = 0;
  #length = 0;
  #at = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get position(): number {
    return this.#start + this.#at;
  }

  get left(): number {
    return this.#source.size - this.position;
  }

  byte(): number {
    if (this.#at >= this.#length) this.#fill();
    const value = this.#buffer[this.#at];
    if (value === undefined || this.#at >= this.#length) throw new EndOfBytes();
    this.#at += 1;
    return value;
  }

  /** An unsigned number of so many bytes, the lowest first. Those of 8 bytes beyond 2^53 are not exact. */
  unsigned(bytes: number): number {
    let value = 0;
    for (let index = 0; index < bytes; index += 1) value += this.byte() * 2 ** (8 * index);
    return value;
  }

  bytes(count: number): Buffer {
    if (count > this.left) throw new EndOfBytes();
    const result = Buffer.allocUnsafe(count);
    let done = 0;
    while (done < count) {
      if (this.#at >= this.#length) this.#fill();
      const copied = this.#buffer.copy(result, done, this.#at, Math.min(this.#length, this.#at + count - done));
      if (copied === 0) throw new EndOfBytes();
      this.#at += copied;
      done += copied;
    }
    return result;
  }

  skip(count: number): void {
    if (!(count <= this.left)) throw new EndOfBytes();
    this.#moveTo(this.position + count);
  }

  /** Up to the next line end, without it. */
  line(): string {
    const parts: number[] = [];
    for (let value = this.byte(); value !== 0x0a; value = this.byte()) {
      parts.push(value);
      if (parts.length > longestLine) throw new EndOfBytes();
    }
    return Buffer.from(parts).toString('utf8');
  }

  #moveTo(position: number): void {
    const at = position - this.#start;
    if (at <= this.#length) {
      this.#at = at;
      return;
    }
    this.#start = position;
    this.#length = 0;
    this.#at = 0;
  }

  #fill(): void {
    this.#start += this.#at;
    this.#at = 0;
    this.#length = this.#source.read(this.#buffer, this.#start);
  }
}

/** Bytes in memory as a source. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { size: view.length, read: (buffer, offset) => (offset >= view.length ? 0 : view.copy(buffer, 0, offset)) };
}

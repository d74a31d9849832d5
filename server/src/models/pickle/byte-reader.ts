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

/** Of a line, so much is kept: more is no name. */
const keptOfLine = 1_000;
/** A line that does not end within so many bytes is none. */
const longestLine = 16 * 1024 * 1024;

/** It does what nothing honest does. Python may go on where we don't, so harm may stand behind it. */
export class NotFollowed extends Error {
  override readonly name = 'NotFollowed';
}

/** {@link NotFollowed} for whom memory would not do. */
export function tooLarge(): NotFollowed {
  return new NotFollowed('It would take more memory than any model needs.');
}

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
    if (bytes === 1) return this.byte();
    let value = 0;
    for (let index = 0, unit = 1; index < bytes; index += 1, unit *= 256) value += this.byte() * unit;
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
    this.moveTo(this.position + count);
  }

  /** Up to the next line end, without it; of long lines the beginning. */
  line(): string {
    const end = this.#buffer.indexOf(0x0a, this.#at);
    if (end >= 0 && end < this.#length && end - this.#at <= keptOfLine) {
      const text = this.#buffer.toString('utf8', this.#at, end);
      this.#at = end + 1;
      return text;
    }
    return this.#longLine();
  }

  #longLine(): string {
    const parts: Buffer[] = [];
    let kept = 0;
    for (let passed = 0; ; ) {
      if (this.#at >= this.#length) this.#fill();
      if (this.#length === 0) throw new EndOfBytes();
      const found = this.#buffer.subarray(this.#at, this.#length).indexOf(0x0a);
      const count = found < 0 ? this.#length - this.#at : found;
      const part = this.#buffer.subarray(this.#at, this.#at + Math.min(count, keptOfLine - kept));
      parts.push(Buffer.from(part));
      kept += part.length;
      this.#at += found < 0 ? count : count + 1;
      if (found >= 0) return Buffer.concat(parts).toString('utf8');
      passed += count;
      if (passed > longestLine) throw tooLarge();
    }
  }

  /** Goes to a place before or behind, counted from the beginning. */
  moveTo(position: number): void {
    const at = position - this.#start;
    if (at >= 0 && at <= this.#length) {
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

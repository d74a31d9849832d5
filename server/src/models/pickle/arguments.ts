import type { ByteReader } from './byte-reader.ts';
import type { Argument, Opcode } from './opcodes.ts';

/** What stands behind an opcode; numbers that are not what Python writes are NaN. */
export interface ReadArgument {
  readonly number?: number;
  readonly text?: string;
  readonly lines?: readonly [string, string];
  /** Of byte strings, and texts that stand for such, that are worth a look. */
  readonly bytes?: Buffer;
}

const nothing: ReadArgument = {};

/** Texts longer than this are no names. */
const longestName = 256;
/** Byte strings up to this are looked into for a pickle. */
const largestNested = 4 * 1024 * 1024;

const texts = new Set(['BINUNICODE', 'SHORT_BINUNICODE', 'BINUNICODE8', 'BINSTRING', 'SHORT_BINSTRING']);
const byteStrings = new Set(['BINBYTES', 'SHORT_BINBYTES', 'BINBYTES8', 'BYTEARRAY8', 'BINSTRING', 'SHORT_BINSTRING']);

/** Reads what stands behind an opcode; long data is passed over. */
export function readArgument({ name, argument }: Opcode, reader: ByteReader): ReadArgument {
  switch (argument.type) {
    case 'none':
      return nothing;
    case 'line': {
      const text = reader.line();
      return { text, number: /^-?\d+L?$/.test(text) ? Number.parseInt(text, 10) : Number.NaN };
    }
    case 'lines':
      return { lines: [reader.line(), reader.line()] };
    case 'fixed':
      return { number: reader.unsigned(argument.bytes) };
    case 'data':
      return readData(name, argument, reader);
  }
}

function readData(
  name: string,
  { lengthBytes }: Extract<Argument, { type: 'data' }>,
  reader: ByteReader,
): ReadArgument {
  const length = reader.unsigned(lengthBytes);
  if (name.startsWith('LONG')) return { number: readLong(length, reader) };
  const isText = texts.has(name) && length <= longestName;
  const isNested = (byteStrings.has(name) || texts.has(name)) && length <= largestNested;
  if (!isText && !isNested) {
    reader.skip(length);
    return {};
  }
  const bytes = reader.bytes(length);
  return { ...(isText ? { text: bytes.toString('utf8') } : {}), ...(isNested ? { bytes: unpacked(bytes) } : {}) };
}

/** Protocols before 3 write bytes as texts of the same letters. */
function unpacked(bytes: Buffer): Buffer {
  return bytes[0] === 0xc2 && bytes[1] === 0x80 ? Buffer.from(bytes.toString('utf8'), 'latin1') : bytes;
}

function readLong(length: number, reader: ByteReader): number {
  if (length === 0) return 0;
  if (length <= 6) return reader.bytes(length).readIntLE(0, length);
  reader.skip(length);
  return Number.NaN;
}

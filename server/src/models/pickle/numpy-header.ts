import type { ByteSource } from './byte-reader.ts';

const longestHeader = 64 * 1024;

const code = String.raw`'[<>|=]?(?:[biufcmMSUV]\d+(?:\[\w+\])?|\?)'`;
const field = String.raw`\('[^'\\]*', ${code}(?:, \([\d, ]*\))?\)`;
const plainHeader = new RegExp(
  String.raw`^\{'descr': (?:${code}|\[${field}(?:, ${field})*\]), 'fortran_order': (?:True|False), 'shape': \([\d, ]*\),? ?\}\s*$`,
);

/**
 * Where the pickle of a numpy file’s objects begins; null where its elements are plain for sure. There are many ways to
 * write “object”, and few in which numpy writes that there are none.
 */
export function objectsOf(source: ByteSource): number | null {
  const head = Buffer.alloc(longestHeader);
  const length = source.read(head, 0);
  const isWide = (head[6] ?? 1) >= 2;
  const start = isWide ? 12 : 10;
  const size = isWide ? head.readUInt32LE(8) : head.readUInt16LE(8);
  const isWhole = start + size <= length;
  return isWhole && plainHeader.test(head.toString('latin1', start, start + size)) ? null : start + size;
}

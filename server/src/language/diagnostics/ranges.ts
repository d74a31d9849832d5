import type { LineTable } from '../syntax/lines.ts';
import type { Chunk } from '../syntax/source.ts';
import type { RelativeRange } from './diagnostic.ts';

/** Offsets of a chunk as lines that count from the chunk's first. */
export function rangeOf(
  span: { readonly start: number; readonly end: number },
  chunk: Chunk,
  lines: LineTable,
): RelativeRange {
  const start = chunk.offset + span.start;
  const end = chunk.offset + span.end;
  const startLine = lineAt(lines, start);
  const endLine = lineAt(lines, end);
  return {
    startLine: startLine - chunk.firstLine,
    startCharacter: start - (lines.starts[startLine] ?? 0),
    endLine: endLine - chunk.firstLine,
    endCharacter: end - (lines.starts[endLine] ?? 0),
  };
}

/** The line that an offset is on. */
export function lineAt(lines: LineTable, offset: number): number {
  let low = 0;
  let high = lines.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((lines.starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

import type { Source } from '../syntax/source.ts';
import type { Position } from './cursor.ts';
import { offsetAt, positionAt } from './locate.ts';
import { chunkAt, nodesAround } from './node-at.ts';
import type { Range } from './symbol-at.ts';

/** What a selection at a position grows to, the smallest first: word, value, entry, mapping … document. */
export function selectionRanges(source: Source, position: Position): Range[] {
  const offset = offsetAt(source, position);
  const chunk = chunkAt(source, offset);
  const spans: { start: number; end: number }[] = [wordAround(source.text, offset)];
  if (chunk) {
    const around = nodesAround(chunk.parsed.root, offset - chunk.offset).reverse();
    for (const { start, end } of around) spans.push({ start: start + chunk.offset, end: end + chunk.offset });
    spans.push({ start: chunk.offset, end: chunk.offset + chunk.length });
  }
  const document = source.documents.find(
    ({ firstLine, endLine }) => position.line >= firstLine && position.line < endLine,
  );
  if (document) {
    const { starts } = source.lines;
    spans.push({ start: starts[document.firstLine] ?? 0, end: starts[document.endLine] ?? source.text.length });
  }
  spans.push({ start: 0, end: source.text.length });
  const growing: { start: number; end: number }[] = [];
  for (const span of spans) {
    const last = growing.at(-1);
    const grows =
      !last || (span.start <= last.start && span.end >= last.end && span.end - span.start > last.end - last.start);
    if (grows) growing.push(span);
  }
  return growing.map(({ start, end }) => ({ start: positionAt(source, start), end: positionAt(source, end) }));
}

function wordAround(text: string, offset: number): { start: number; end: number } {
  const before = /[\w-]*$/.exec(text.slice(Math.max(0, offset - 100), offset))?.[0].length ?? 0;
  const after = /^[\w-]*/.exec(text.slice(offset, offset + 100))?.[0].length ?? 0;
  return { start: offset - before, end: offset + after };
}

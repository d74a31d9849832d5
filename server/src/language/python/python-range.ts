import type { RelativeRange } from '../diagnostics/diagnostic.ts';
import type { PythonModule, PythonSpan } from './module.ts';

/** A span of a module as lines and characters. */
export function rangeInPython({ lineStarts }: PythonModule, span: PythonSpan): RelativeRange {
  const start = placeOf(lineStarts, span.start);
  const end = placeOf(lineStarts, span.end);
  return { startLine: start.line, startCharacter: start.character, endLine: end.line, endCharacter: end.character };
}

function placeOf(lineStarts: readonly number[], offset: number): { line: number; character: number } {
  const line = Math.max(
    0,
    lineStarts.findLastIndex((start) => start <= offset),
  );
  return { line, character: offset - (lineStarts[line] ?? 0) };
}

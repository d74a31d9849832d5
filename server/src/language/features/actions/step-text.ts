import type { Source } from '../../syntax/source.ts';
import { lineText, segmentsOf } from '../line-shape.ts';
import { lastNestedLine } from './action.ts';

/** One key of a step with all of its lines, and the comments above it. */
export interface StepKey {
  readonly key: string;
  readonly firstLine: number;
  /** Exclusive. */
  readonly endLine: number;
}

/** A step that is written in lines of its own. Columns count from the start of the line. */
export interface StepText {
  readonly column: number;
  /** Where the step's keys stand. */
  readonly inner: number;
  readonly keys: readonly StepKey[];
}

/** The keys of a step by its lines; null where it is no block mapping. */
export function stepText(source: Source, line: number): StepText | null {
  const segments = segmentsOf(lineText(source, line));
  const [own] = segments;
  if (segments.length !== 1 || own?.type !== 'key' || own.value !== '') return null;
  const last = lastNestedLine(source, line, own.column + 1);
  const first = firstContent(source, line + 1, last);
  if (first === null) return null;
  const inner = source.lines.indents[first] ?? 0;
  const begins: { readonly key: string; readonly line: number }[] = [];
  for (let at = first; at <= last; at++) {
    if (source.lines.indents[at] !== inner) continue;
    const [segment] = segmentsOf(lineText(source, at));
    if (segment?.type === 'key') begins.push({ key: segment.key, line: at });
    else if (segment?.type !== 'dash') return null;
  }
  const starts = begins.map((each, index) =>
    withComments(source, each.line, index === 0 ? line + 1 : (begins[index - 1]?.line ?? 0) + 1),
  );
  const keys = begins.map(({ key }, index) => ({
    key,
    firstLine: starts[index] ?? 0,
    endLine: starts[index + 1] ?? last + 1,
  }));
  return { column: own.column, inner, keys };
}

function firstContent(source: Source, from: number, to: number): number | null {
  for (let line = from; line <= to; line++) if ((source.lines.indents[line] ?? -1) >= 0) return line;
  return null;
}

/** The first of the comment lines that stand right above a line, at its own column. */
function withComments(source: Source, line: number, least: number): number {
  const column = source.lines.indents[line] ?? 0;
  let first = line;
  while (
    first > least &&
    lineText(source, first - 1).search(/\S/) === column &&
    lineText(source, first - 1)[column] === '#'
  )
    first--;
  return first;
}

import type { Source } from '../../syntax/source.ts';
import type { TextEdit } from '../format.ts';
import { positionAt } from '../locate.ts';

/** A file that an action makes. */
export interface NewFile {
  readonly uri: string;
  readonly text: string;
}

/** Something that can be done at a place: edits of the file that it is in, and files that it makes besides. */
export interface CodeAction {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** The likeliest; done at once where somebody asks for a fix. */
  readonly preferred: boolean;
  readonly newFiles?: readonly NewFile[];
}

/** Replaces `[start, end)`, offsets of the file. */
export function replaceOffsets(source: Source, span: { start: number; end: number }, text: string): TextEdit {
  return { range: { start: positionAt(source, span.start), end: positionAt(source, span.end) }, text };
}

export function newlineOf(source: Source): string {
  return source.text.includes('\r\n') ? '\r\n' : '\n';
}

/** The end of a line's text, before its break. */
export function endOfLine(source: Source, line: number): number {
  const start = source.lines.starts[line] ?? source.text.length;
  const next = source.lines.starts[line + 1] ?? source.text.length;
  return start + source.text.slice(start, next).replace(/\r?\n$/, '').length;
}

/** The last line with content of what is nested below a line: lines that are indented by at least `least`. */
export function lastNestedLine(source: Source, line: number, least: number): number {
  let last = line;
  for (let below = line + 1; below < source.lines.count; below++) {
    const indent = source.lines.indents[below] ?? -1;
    if (indent < 0) continue;
    if (indent < least || isMarker(source, below)) break;
    last = below;
  }
  return last;
}

function isMarker(source: Source, line: number): boolean {
  const start = source.lines.starts[line] ?? 0;
  return /^(?:---|\.\.\.)(?:\s|$)/.test(source.text.slice(start, start + 4));
}

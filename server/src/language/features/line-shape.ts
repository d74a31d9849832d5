import { BLANK } from '../syntax/lines.ts';
import type { Source } from '../syntax/source.ts';

/** What stands at a column of a line: the dash of a list item, a key, or other text. */
export interface Segment {
  readonly column: number;
  readonly type: 'dash' | 'key' | 'text';
  /** The key's text without quotes. */
  readonly key: string;
  /** What follows the colon, trimmed and without a comment. */
  readonly value: string;
}

const keyAt = /^(?:"([^"\\]*)"|'([^']*)'|([^\s#&*!|>'"%@`{}[\],?-][^#{}[\],]*?|-[^\s#{}[\],][^#{}[\],]*?))\s*:(?=\s|$)/;

/** A line as the splitter of nested collections reads it. It needs no parser, so that it works in broken text. */
export function segmentsOf(text: string): Segment[] {
  // A byte order mark is no column of its own.
  if (text.startsWith('\uFEFF')) return segmentsOf(text.slice(1));
  const segments: Segment[] = [];
  let column = /^ */.exec(text)?.[0].length ?? 0;
  while (text[column] === '-' && (text[column + 1] === ' ' || text[column + 1] === undefined)) {
    segments.push({ column, type: 'dash', key: '', value: '' });
    column++;
    while (text[column] === ' ') column++;
  }
  const rest = text.slice(column);
  if (rest === '' || rest.startsWith('#')) return segments;
  const found = keyAt.exec(rest);
  const key = found?.[1] ?? found?.[2] ?? found?.[3];
  if (found && key !== undefined) {
    segments.push({ column, type: 'key', key, value: withoutComment(rest.slice(found[0].length)) });
  } else {
    segments.push({ column, type: 'text', key: '', value: rest });
  }
  return segments;
}

function withoutComment(text: string): string {
  const at = text.search(/\s#/);
  return (at < 0 ? text : text.slice(0, at)).trim();
}

/** The text of a line without its break. */
export function lineText(source: Source, line: number): string {
  const start = source.lines.starts[line] ?? source.text.length;
  const end = source.lines.starts[line + 1] ?? source.text.length;
  return source.text.slice(start, end).replace(/\r?\n$/, '');
}

/** Whether a line has content other than a comment. */
export function hasContent(source: Source, line: number): boolean {
  return (source.lines.indents[line] ?? BLANK) >= 0;
}

import { BLANK, COMMENT } from '../syntax/lines.ts';
import type { Source } from '../syntax/source.ts';
import { lineText } from './line-shape.ts';

export interface FoldingRange {
  readonly startLine: number;
  readonly endLine: number;
  readonly kind: 'region' | 'comment';
}

/** What can be folded: documents, everything with deeper lines under it, and comments of several lines. */
export function foldingRanges(source: Source): FoldingRange[] {
  const found: FoldingRange[] = [];
  for (const { firstLine, endLine, marked } of source.documents) {
    const last = lastContent(source, firstLine, endLine);
    if (marked && last > firstLine) found.push({ startLine: firstLine, endLine: last, kind: 'region' });
    foldLines(source, { from: firstLine, to: endLine }, found);
  }
  foldComments(source, found);
  return found;
}

interface Open {
  readonly line: number;
  readonly indent: number;
}

function foldLines(source: Source, { from, to }: { from: number; to: number }, found: FoldingRange[]): void {
  const open: Open[] = [];
  let last = from;
  for (let line = from; line < to; line++) {
    const indent = source.lines.indents[line] ?? BLANK;
    if (indent < 0) continue;
    // A list may stand at the column of its key.
    const isItem = /^ *-(?: |$)/.test(lineText(source, line));
    for (let top = open.at(-1); top && (isItem ? top.indent > indent : top.indent >= indent); top = open.at(-1)) {
      open.pop();
      if (last > top.line) found.push({ startLine: top.line, endLine: last, kind: 'region' });
    }
    const top = open.at(-1);
    if (isItem && top?.indent === indent && /^ *-(?: |$)/.test(lineText(source, top.line))) {
      open.pop();
      if (last > top.line) found.push({ startLine: top.line, endLine: last, kind: 'region' });
    }
    open.push({ line, indent });
    last = line;
  }
  for (const { line } of open) if (last > line) found.push({ startLine: line, endLine: last, kind: 'region' });
}

function foldComments(source: Source, found: FoldingRange[]): void {
  let start = -1;
  for (let line = 0; line <= source.lines.count; line++) {
    const isComment = line < source.lines.count && source.lines.indents[line] === COMMENT;
    if (isComment && start < 0) start = line;
    if (isComment || start < 0) continue;
    if (line - 1 > start) found.push({ startLine: start, endLine: line - 1, kind: 'comment' });
    start = -1;
  }
}

function lastContent(source: Source, from: number, to: number): number {
  let line = to - 1;
  while (line > from && (source.lines.indents[line] ?? BLANK) === BLANK) line--;
  return line;
}

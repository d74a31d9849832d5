import { lineAt } from '../diagnostics/ranges.ts';
import type { ScalarNode } from '../syntax/ast.ts';
import type { Source } from '../syntax/source.ts';
import type { Position } from './cursor.ts';
import type { FormatOptions, TextEdit } from './format.ts';
import { lineText, type Segment, segmentsOf } from './line-shape.ts';
import { chunkAt, nodesAround } from './node-at.ts';

/**
 * What a new line needs so that it begins where the next entry may stand: deeper below a key without a value, at the dash
 * below an item, within brackets deeper than the line that opened them. Only the line's own first spaces change.
 */
export function formatNewLine(source: Source, { line }: Position, { indent }: FormatOptions): TextEdit[] {
  const text = lineText(source, line);
  const rest = text.trimStart();
  const above = line - 1;
  if (above < 0 || rest.startsWith('#') || lineText(source, above).trim() === '') return [];
  const column = columnBelow(source, above, { step: indent, rest });
  return column === null ? [] : indented(line, text, column);
}

/** A dash typed at the beginning of a line begins the next item of a list: it goes to where that list's items are. */
export function formatDash(source: Source, { line, character }: Position): TextEdit[] {
  const text = lineText(source, line);
  const typed = text.search(/\S/);
  if (text.trim() !== '-' || character !== typed + 1 || textAround(source, line)) return [];
  const column = columnOfItems(source, line, typed);
  return column === null ? [] : indented(line, text, column);
}

function indented(line: number, text: string, column: number): TextEdit[] {
  const old = /^[ \t]*/.exec(text)?.[0] ?? '';
  if (old === ' '.repeat(column)) return [];
  return [{ range: { start: { line, character: 0 }, end: { line, character: old.length } }, text: ' '.repeat(column) }];
}

interface NewLine {
  readonly step: number;
  /** What stands on the new line. */
  readonly rest: string;
}

/** null: the editor knows as much. */
function columnBelow(source: Source, line: number, { step, rest }: NewLine): number | null {
  const text = lineText(source, line);
  const own = text.search(/\S/);
  const around = textAround(source, line);
  if (around) return around.style === 'literal' || around.style === 'folded' ? own : null;
  if (/^(?:---|\.\.\.)(?:\s|$)/.test(text)) return 0;
  if (text[own] === '#' || /^\s*\t/.test(text)) return null;
  const segments = segmentsOf(text);
  const last = segments.at(-1);
  if (!last) return own;
  const inBrackets = columnInBrackets(text, { step, rest });
  if (inBrackets !== null) return inBrackets;
  if (last.type === 'dash') return last.column + 2;
  if (last.type === 'text') return segments.at(-2)?.column ?? null;
  // What a block text's lines are indented by is for its first one to say; what was broken off is a value of its own.
  if (/^[|>][-+\d]*$/.test(last.value)) return last.column + step;
  if (opensQuotes(last.value)) return null;
  return isOpen(last) ? columnOfChildren(source, line, { key: last.column, step }) : last.column;
}

/** A key that its value is still to come for: nothing, an anchor or a tag stands behind it. */
function isOpen({ value }: Segment): boolean {
  return value === '' || /^[&!]\S*$/.test(value);
}

function opensQuotes(value: string): boolean {
  return /^(?:"(?:[^"\\]|\\.)*|'(?:[^']|'')*)$/.test(value);
}

/** Where the entries of a key stand that it has already below the new line; else deeper than the key. */
function columnOfChildren(source: Source, line: number, { key, step }: { key: number; step: number }): number {
  for (let below = line + 2; below < source.lines.count; below++) {
    const indent = source.lines.indents[below] ?? -1;
    if (indent < 0) continue;
    const isItem = indent === key && /^ *-(?:\s|$)/.test(lineText(source, below));
    return indent > key || isItem ? indent : key + step;
  }
  return key + step;
}

function columnInBrackets(text: string, { step, rest }: NewLine): number | null {
  const code = text.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, (quoted) => 'x'.repeat(quoted.length)).replace(/\s#.*$/, '');
  const own = text.search(/\S/);
  if (/[^{]\{\s*$|^\{\s*$|\[\s*$/.test(code)) return /^[}\]]/.test(rest) ? own : own + step;
  return /,\s*$/.test(code) ? (/[{[]/.test(code) ? null : own) : null;
}

/** The text over several lines that a line goes on with. */
function textAround(source: Source, line: number): ScalarNode | null {
  const start = source.lines.starts[line] ?? 0;
  const chunk = chunkAt(source, start);
  if (!chunk) return null;
  for (const { node } of nodesAround(chunk.parsed.root, start - chunk.offset)) {
    if (node?.type !== 'scalar' || node.end <= start - chunk.offset) continue;
    if (lineAt(source.lines, chunk.offset + node.start) < line) return node;
  }
  return null;
}

function columnOfItems(source: Source, line: number, typed: number): number | null {
  for (let above = line - 1; above >= 0; above--) {
    const indent = source.lines.indents[above] ?? -1;
    if (indent < 0) continue;
    const segments = segmentsOf(lineText(source, above));
    const last = segments.at(-1);
    if (last?.type === 'key' && isOpen(last) && last.column <= typed)
      return typed === last.column ? null : last.column + 2;
    const dash = segments.findLast((segment) => segment.type === 'dash' && segment.column <= typed);
    if (dash) return dash.column;
    if (last?.type !== 'key') return null;
    if (indent < typed && indent === 0) return null;
  }
  return null;
}

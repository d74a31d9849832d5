import { parseAllDocuments } from 'yaml';
import { lineAt } from '../diagnostics/ranges.ts';
import type { Node } from '../syntax/ast.ts';
import { BLANK } from '../syntax/lines.ts';
import type { Source } from '../syntax/source.ts';
import { lineText } from './line-shape.ts';
import type { Range } from './symbol-at.ts';

export interface TextEdit {
  readonly range: Range;
  readonly text: string;
}

export interface FormatOptions {
  readonly indent: number;
  /** Only these lines change; all when it is left out. */
  readonly lines?: { readonly start: number; readonly end: number };
}

/**
 * Indents evenly, takes spaces from the ends of lines and ends the file with a break. Comments, quotes and the way that
 * collections are written stay. A file with errors, or one that would not mean the same afterwards, is left alone.
 */
export function format(source: Source, options: FormatOptions): TextEdit[] {
  if (source.chunks.some(({ parsed, misplaced }) => misplaced || parsed.problems.length > 0)) return [];
  const formatted = formattedLines(source, options.indent);
  const edits: TextEdit[] = [];
  const { start = 0, end = source.lines.count - 1 } = options.lines ?? {};
  const result = formatted.map((text, line) => {
    const old = lineText(source, line);
    if (text === old || line < start || line > end) return old;
    edits.push(lineEdit(line, old, text));
    return text;
  });
  if (edits.length > 0 && !meansTheSame(source.text, joined(source, result))) return [];
  return edits;
}

/** New lines with the old breaks between them. */
function joined({ text, lines }: Source, result: readonly string[]): string {
  return result
    .map((line, index) => line + (/\r?\n$/.exec(text.slice(lines.starts[index], lines.starts[index + 1]))?.[0] ?? ''))
    .join('');
}

/** Replaces the indentation and the end of a line, not what stands in between: breakpoints and cursors stay. */
function lineEdit(line: number, old: string, text: string): TextEdit {
  let same = 0;
  while (same < old.length && same < text.length && old.at(-1 - same) === text.at(-1 - same)) same++;
  return {
    range: { start: { line, character: 0 }, end: { line, character: old.length - same } },
    text: text.slice(0, text.length - same),
  };
}

function formattedLines(source: Source, step: number): string[] {
  const continued = continuations(source);
  const result: string[] = [];
  /** From the column that something stood at to the one that it stands at now. */
  let stack: { old: number; now: number }[] = [];
  let shift = 0;
  const pending: number[] = [];
  for (let line = 0; line < source.lines.count; line++) {
    const text = lineText(source, line);
    const begin = continued.get(line);
    if (begin !== undefined) {
      result[line] = text.trim() === '' && !begin ? text : shifted(text, shift);
      continue;
    }
    const indent = source.lines.indents[line] ?? BLANK;
    if (text.trim() === '') result[line] = '';
    else if (indent < 0) pending.push(line);
    else {
      if (/^(?:---|\.\.\.)(?:\s|$)/.test(text)) stack = [];
      const now = place(stack, indent, step);
      shift = now - indent;
      result[line] = `${' '.repeat(now)}${text.slice(indent).trimEnd()}`;
      // A comment belongs to what follows it.
      for (const comment of pending.splice(0))
        result[comment] = `${' '.repeat(now)}${lineText(source, comment).trim()}`;
      pushInner(stack, text, { indent, now });
    }
  }
  for (const comment of pending) result[comment] = lineText(source, comment).trimEnd();
  return result;
}

function place(stack: { old: number; now: number }[], indent: number, step: number): number {
  while ((stack.at(-1)?.old ?? -1) > indent) stack.pop();
  const top = stack.at(-1);
  if (top?.old === indent) return top.now;
  const now = top ? top.now + step : 0;
  stack.push({ old: indent, now });
  return now;
}

/** `- a: 1`: what stands behind a dash is a column of its own. */
function pushInner(stack: { old: number; now: number }[], text: string, at: { indent: number; now: number }): void {
  let { indent, now } = at;
  let found = /^-( +)(?=\S)/.exec(text.slice(indent));
  while (found) {
    indent += found[0].length;
    now += found[0].length;
    stack.push({ old: indent, now });
    found = /^-( +)(?=\S)/.exec(text.slice(indent));
  }
}

function shifted(text: string, shift: number): string {
  if (shift >= 0) return text.trim() === '' ? text : ' '.repeat(shift) + text;
  const indent = /^ */.exec(text)?.[0].length ?? 0;
  return text.slice(Math.min(indent, -shift));
}

/** Lines that go on with what began further up: block texts, and quotes, brackets or plain text over several lines. */
function continuations(source: Source): Map<number, boolean> {
  const found = new Map<number, boolean>();
  for (const chunk of source.chunks) {
    visit(chunk.parsed.root, (node) => {
      const isFlow = node.type === 'scalar' || ((node.type === 'map' || node.type === 'seq') && node.flow);
      if (!isFlow) return;
      const first = lineAt(source.lines, chunk.offset + node.start);
      const last = lineAt(source.lines, Math.max(chunk.offset + node.start, chunk.offset + node.end - 1));
      const isCollection = node.type !== 'scalar';
      for (let line = first + 1; line <= last; line++) if (!found.has(line)) found.set(line, isCollection);
    });
  }
  return found;
}

function visit(node: Node | null, found: (node: Node) => void): void {
  if (!node) return;
  found(node);
  if (node.type === 'map') {
    for (const { key, value } of node.items) {
      visit(key, found);
      visit(value, found);
    }
  } else if (node.type === 'seq') for (const item of node.items) visit(item, found);
}

function meansTheSame(before: string, after: string): boolean {
  try {
    const values = valuesOf(before);
    return values !== null && values === valuesOf(after);
  } catch {
    // An alias without its anchor, or too many aliases: what the text means can't be told, so it stays as it is.
    return false;
  }
}

/** null for a text that can't be read as a whole, though its parts can. */
function valuesOf(text: string): string | null {
  const documents = parseAllDocuments(text, { logLevel: 'silent' });
  const list = Array.isArray(documents) ? documents : [];
  if (list.some(({ errors }) => errors.length > 0)) return null;
  return JSON.stringify(list.map((document) => document.toJS({ maxAliasCount: 100 })));
}

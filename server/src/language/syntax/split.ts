import { MAX_SPLIT_INDENT } from './limits.ts';
import { BLANK, type LineTable, TABBED } from './lines.ts';

const BANG = 33;
const PERCENT = 37;
const AMPERSAND = 38;
const STAR = 42;
const COLON = 58;
const QUESTION = 63;
const CLOSE_BRACKET = 93;
const CLOSE_BRACE = 125;
const BYTE_ORDER_MARK = '\uFEFF';
const tagDirective = /^\uFEFF?%TAG[ \t]/m;

/** Lines `[firstLine, endLine)` that are parsed on their own. */
export interface LeafSpan {
  readonly type: 'leaf';
  readonly firstLine: number;
  readonly endLine: number;
  /** Which entry of which collection this is; absent where it stands alone. */
  readonly expected?: ExpectedEntry;
}

export interface ExpectedEntry {
  readonly type: 'map' | 'seq';
  /** The line that begins the entry: comments may stand before it. */
  readonly line: number;
  /** The collection's indentation, and that of the line itself: they differ where it is out of place. */
  readonly indent: number;
  readonly own: number;
}

/** `key:` on a line of its own (with what comments follow), and the entries of its value. */
export interface BranchSpan {
  readonly type: 'branch';
  readonly header: LeafSpan;
  readonly body: ContainerSpan;
  /** false: the header holds more than a key, so that the body has no business under it. */
  readonly bare: boolean;
}

export interface ContainerSpan {
  readonly type: 'map' | 'seq';
  readonly indent: number;
  readonly entries: readonly (LeafSpan | BranchSpan)[];
}

/** One YAML document: lines `[firstLine, endLine)`, its `---` included. */
export interface DocumentSpan {
  readonly firstLine: number;
  readonly endLine: number;
  /** First line after the marker. */
  readonly bodyLine: number;
  /** Explicitly started by `---`. */
  readonly marked: boolean;
  /** One leaf where the splitter is unsure; null for a document with nothing in it. */
  readonly body: ContainerSpan | LeafSpan | null;
}

/** An entry of at least this many lines is split again where its value is a block collection. */
const SPLIT_FROM = 24;

/**
 * Splits a text into documents and these into entries that can be parsed alone. What looks like an entry at its
 * container's indentation is one: block scalars, multi-line quotes, flow collections and plain scalars have to be
 * indented deeper than the entry that they belong to (YAML 1.2, sections 6.1 and 8), and where they are not, keeping the
 * damage to one entry is what a person wants.
 */
export function split(text: string, lines: LineTable): DocumentSpan[] {
  const documents: DocumentSpan[] = [];
  let first = 0;
  let bodyLine = 0;
  let marked = false;
  let bodyOnMarker = false;
  let tagged = false;
  const close = (end: number) => {
    const body =
      bodyOnMarker || tagged
        ? ({ type: 'leaf', firstLine: first, endLine: end } as const)
        : splitDocument(text, lines, bodyLine, end);
    if (body !== null || marked) documents.push({ firstLine: first, endLine: end, bodyLine, marked, body });
  };
  for (let line = 0; line < lines.count; line++) {
    if (lines.indents[line] !== 0) continue;
    const start = lines.starts[line] ?? 0;
    const code = text.charCodeAt(start);
    if (code !== 45 && code !== 46) continue;
    if (isMarker(text, start, '---')) {
      // What stands before the first marker may be directives alone: they belong to the marker.
      const directives = !marked && isDirectives(text, lines, first, line);
      if ((line > first || marked) && !directives) close(line);
      // Tags mean nothing without the directives that name them: such a document is read whole.
      tagged = directives && tagDirective.test(text.slice(lines.starts[first], start));
      if (!tagged) first = line;
      marked = true;
      bodyOnMarker = hasContent(text, start + 3);
      bodyLine = bodyOnMarker ? line : line + 1;
    } else if (isMarker(text, start, '...')) {
      close(line);
      first = line + 1;
      bodyLine = first;
      marked = false;
      bodyOnMarker = false;
      tagged = false;
    }
  }
  if (first < lines.count) close(lines.count);
  return documents;
}

function isMarker(text: string, at: number, marker: string): boolean {
  if (!text.startsWith(marker, at)) return false;
  const after = text.charCodeAt(at + 3);
  return Number.isNaN(after) || after === 32 || after === 9 || after === 10 || after === 13;
}

function hasContent(text: string, from: number): boolean {
  let position = from;
  let code = text.charCodeAt(position);
  while (code === 32 || code === 9) code = text.charCodeAt(++position);
  return !(Number.isNaN(code) || code === 10 || code === 13 || code === 35);
}

function splitDocument(text: string, lines: LineTable, from: number, to: number): ContainerSpan | LeafSpan | null {
  const content = firstContent(lines, from, to);
  if (content < 0)
    return lines.indents.subarray(from, to).includes(TABBED) ? { type: 'leaf', firstLine: from, endLine: to } : null;
  if (isOneValue(text, (lines.starts[content] ?? 0) + (lines.indents[content] ?? 0)))
    return { type: 'leaf', firstLine: from, endLine: to };
  return splitContainer(text, lines, from, to, content) ?? { type: 'leaf', firstLine: from, endLine: to };
}

/** At a document's margin quotes, flow collections and block scalars may go on at the margin, with what looks like keys. */
function isOneValue(text: string, at: number): boolean {
  return '{["\'|>'.includes(text.charAt(at)) && !matches(key, text, at);
}

/** null where the lines are no block collection, or one whose entries can't be told apart by indentation. */
function splitContainer(
  text: string,
  lines: LineTable,
  from: number,
  to: number,
  content: number,
): ContainerSpan | null {
  const indent = entryIndent(lines, content, to);
  const type = isDash(text, lines, content, indent) ? 'seq' : 'map';
  const starts: number[] = [];
  let keys = 0;
  for (let line = content; line < to; line++) {
    const own = lines.indents[line] ?? BLANK;
    if (own < 0 || (own > indent && starts.length > 0)) continue;
    const at = (lines.starts[line] ?? 0) + own;
    const code = text.charCodeAt(at);
    if (own === indent) {
      // The dashes of a sequence may stand under their key, and a closing bracket under the line that opened it.
      if (type === 'map' && starts.length > 0 && isDash(text, lines, line, indent)) continue;
      if (code === CLOSE_BRACE || code === CLOSE_BRACKET) continue;
      // A complex key goes with the colon line that follows it: left to the full parser.
      if (code === QUESTION || code === COLON) return null;
      // Properties on a line of their own belong to what follows.
      if ((code === AMPERSAND || code === BANG || code === STAR) && !matches(propertyKey, text, at)) return null;
      if (type === 'seq' || matches(key, text, at)) keys++;
    }
    starts.push(line);
  }
  if (keys === 0) return null;
  const entries = starts.map((start, index) =>
    splitEntry(text, lines, { first: index === 0 ? from : start, start, end: starts[index + 1] ?? to, indent, type }),
  );
  return { type, indent, entries };
}

/**
 * The indentation of the first line, unless that line is the odd one out: then the least that occurs. It is where more
 * lines begin at the least than begin at its own before the first of those; behind that, its own may be that of what is
 * nested.
 */
function entryIndent(lines: LineTable, content: number, to: number): number {
  const first = lines.indents[content] ?? 0;
  let least = first;
  let asFirst = 0;
  let asLeast = 0;
  for (let line = content; line < to; line++) {
    const own = lines.indents[line] ?? BLANK;
    if (own < 0 || own > first) continue;
    if (own === first && least === first) asFirst++;
    if (own < least) {
      least = own;
      asLeast = 0;
    }
    if (own === least) asLeast++;
  }
  return least < first && asLeast > asFirst ? least : first;
}

interface EntryLines {
  /** With comments before it, for the first entry. */
  readonly first: number;
  readonly start: number;
  readonly end: number;
  readonly indent: number;
  readonly type: 'map' | 'seq';
}

/**
 * Splits an entry that is too short to be split for speed; null where it can't be. For one that can't be read: each of
 * its own entries that can be read then still is.
 */
export function splitFurther(text: string, lines: LineTable, leaf: LeafSpan): BranchSpan | null {
  if (!leaf.expected) return null;
  const { line: start, indent, type } = leaf.expected;
  const entry = splitEntry(text, lines, { first: leaf.firstLine, start, end: leaf.endLine, indent, type }, 0);
  return entry.type === 'branch' ? entry : null;
}

function splitEntry(text: string, lines: LineTable, entry: EntryLines, splitFrom = SPLIT_FROM): LeafSpan | BranchSpan {
  const own = lines.indents[entry.start] ?? 0;
  const leaf = {
    type: 'leaf',
    firstLine: entry.first,
    endLine: entry.end,
    expected: { type: entry.type, indent: entry.indent, line: entry.start, own },
  } as const;
  if (entry.type === 'seq' || entry.end - entry.start < splitFrom) return leaf;
  const bare = matches(bareKey, text, (lines.starts[entry.start] ?? 0) + own);
  const content = firstContent(lines, entry.start + 1, entry.end);
  if (content < 0) return leaf;
  const inner = lines.indents[content] ?? 0;
  if (inner > MAX_SPLIT_INDENT) return leaf;
  if (inner < own || (inner === own && !isDash(text, lines, content, inner))) return leaf;
  // A value already stands behind the key, yet keys are indented under it: never valid, so the damage is kept small.
  if (
    !bare &&
    !(
      isClosedLine(text, (lines.starts[entry.start] ?? 0) + own) &&
      matches(key, text, (lines.starts[content] ?? 0) + inner)
    )
  )
    return leaf;
  const body = splitContainer(text, lines, content, entry.end, content);
  if (body === null || (body.entries.length < 2 && splitFrom > 0)) return leaf;
  return { type: 'branch', header: { ...leaf, endLine: content }, body, bare };
}

function firstContent(lines: LineTable, from: number, to: number): number {
  for (let line = from; line < to; line++) if ((lines.indents[line] ?? BLANK) >= 0) return line;
  return -1;
}

function isDash(text: string, lines: LineTable, line: number, indent: number): boolean {
  const at = (lines.starts[line] ?? 0) + indent;
  if (text.charCodeAt(at) !== 45) return false;
  const after = text.charCodeAt(at + 1);
  return Number.isNaN(after) || after === 32 || after === 9 || after === 10 || after === 13;
}

const key = /(?:"(?:[^"\\\n\r]|\\[^\n\r])*"[ \t]*|'(?:[^'\n\r]|'')*'[ \t]*|[A-Za-z0-9_$<][^\n\r]*?):(?=[ \t\r\n]|$)/y;
const propertyKey = /(?:[&!*][^\s]*[ ]+){1,4}[^\s#][^\n\r]*?:(?=[ \t\r\n]|$)/y;
const bareKey =
  /(?:[^\s,[\]{}#&*!|>'"%@`?:-][^\n\r:#]*(?::[^\s:#][^\n\r:#]*)*|"[^"\n\r\\]*"|'[^'\n\r]*'):[ ]*(?:[ ]#[^\n\r]*)?(?=[\r\n]|$)/y;

function matches(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** Whether nothing stays open over the end of the line at `from`: a key with a finished one-line value, or plain text. */
function isClosedLine(text: string, from: number): boolean {
  const end = lineEnd(text, from);
  const colon = text.indexOf(': ', from);
  let position = colon < 0 || colon >= end ? from : colon + 2;
  while (text.charCodeAt(position) === 32) position++;
  const first = text[position];
  if (first === undefined || position >= end) return true;
  if ('|>&*!%@`'.includes(first)) return false;
  let depth = 0;
  let quote = first === '"' || first === "'" ? first : '';
  if (quote === '' && first !== '{' && first !== '[') return true;
  for (position += quote === '' ? 0 : 1; position < end; position++) {
    const character = text[position] ?? '';
    if (quote !== '') {
      if (character === '\\' && quote === '"') position++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
  }
  return quote === '' && depth === 0;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function isDirectives(text: string, lines: LineTable, from: number, to: number): boolean {
  const content = firstContent(lines, from, to);
  if (content < 0) return false;
  const start = lines.starts[content] ?? 0;
  return text.charCodeAt(start === 0 && text.startsWith(BYTE_ORDER_MARK) ? 1 : start) === PERCENT;
}

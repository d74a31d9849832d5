import type { MapNode, Node, Pair, ScalarNode, SeqNode } from './ast.ts';
import { resolvePlain } from './scalar.ts';

/**
 * Parses the plain everyday part of YAML about twenty times faster than a full parser: block mappings and sequences,
 * one-line plain and quoted scalars, one-line flow collections, literal and simple folded block scalars, comments.
 * Anything else (anchors, tags, escapes, multi-line flow or plain scalars, tabs, errors of any kind) makes it give up:
 * it answers undefined, and the full parser decides. What it does accept it reads as the full parser does; a
 * differential test holds it to that.
 *
 * @param text the chunk, from the start of a line; `null` is answered for one with nothing but comments.
 */
export function fastParse(text: string): Node | null | undefined {
  const parser = new FastParser(text);
  try {
    return parser.parse();
  } catch (error) {
    if (error === giveUp) return undefined;
    throw error;
  }
}

const giveUp = new Error('beyond the fast subset');

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const BANG = 33;
const DOUBLE = 34;
const HASH = 35;
const PERCENT = 37;
const AMPERSAND = 38;
const SINGLE = 39;
const STAR = 42;
const COMMA = 44;
const DASH = 45;
const COLON = 58;
const GREATER = 62;
const QUESTION = 63;
const AT = 64;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const BACKTICK = 96;
const OPEN_BRACE = 123;
const PIPE = 124;
const CLOSE_BRACE = 125;
const MAX_DEPTH = 64;
/** Values of one chunk: more than this no person wrote, and the rest of the service would walk them all. */
const MAX_VALUES = 50_000;

class FastParser {
  readonly #text: string;
  readonly #length: number;
  /** Start of the current line's content (past its indentation). */
  #position = 0;
  #lineStart = 0;
  /** Indentation of the current line; −1 at the end of the text. */
  #indent = -1;
  #depth = 0;
  #values = 0;

  constructor(text: string) {
    this.#text = text;
    this.#length = text.length;
  }

  parse(): Node | null {
    this.#enterLine(0);
    if (this.#indent < 0) return null;
    const node = this.#block(this.#indent);
    if (this.#indent >= 0) throw giveUp;
    return node;
  }

  /** Moves to the next line with content, from a line's start. */
  #enterLine(from: number): void {
    let position = from;
    while (position < this.#length) {
      const lineStart = position;
      let code = this.#text.charCodeAt(position);
      while (code === SPACE) code = this.#text.charCodeAt(++position);
      if (position >= this.#length) break;
      if (code === LF) {
        position++;
      } else if (code === CR) {
        if (this.#text.charCodeAt(position + 1) !== LF) throw giveUp;
        position += 2;
      } else if (code === HASH) {
        position = this.#lineEnd(position) + 1;
      } else {
        if (code === TAB || code === PERCENT) throw giveUp;
        this.#lineStart = lineStart;
        this.#position = position;
        this.#indent = position - lineStart;
        return;
      }
    }
    this.#indent = -1;
    this.#position = this.#length;
  }

  #lineEnd(from: number): number {
    const end = this.#text.indexOf('\n', from);
    return end < 0 ? this.#length : end;
  }

  #nextLine(from: number): void {
    this.#enterLine(this.#lineEnd(from) + 1);
  }

  #block(indent: number): Node {
    if (++this.#depth > MAX_DEPTH) throw giveUp;
    const node = this.#atDash(this.#position) ? this.#sequence(indent) : this.#mapping(indent);
    this.#depth--;
    return node;
  }

  #atDash(position: number): boolean {
    if (this.#text.charCodeAt(position) !== DASH) return false;
    const next = this.#text.charCodeAt(position + 1);
    return next === SPACE || next === LF || next === CR || Number.isNaN(next);
  }

  #mapping(indent: number): MapNode {
    const items: Pair[] = [];
    const start = this.#position;
    let end = start;
    while (this.#indent === indent && !this.#atDash(this.#position)) {
      const key = this.#key();
      const colon = key.end;
      const value = this.#value(colon + 1, indent, true);
      items.push({ key, value });
      end = value === null ? colon + 1 : value.end;
    }
    if (this.#indent > indent || items.length === 0) throw giveUp;
    return { type: 'map', start, end, flow: false, items };
  }

  /** A plain key of word characters, `.`, `-` and `/`, directly followed by its colon. */
  #key(): ScalarNode {
    const start = this.#position;
    let position = start;
    let code = this.#text.charCodeAt(position);
    if (!isWord(code)) throw giveUp;
    while (isWord(code) || code === DASH || code === 46 || code === 47) code = this.#text.charCodeAt(++position);
    if (code !== COLON) throw giveUp;
    const text = this.#text.slice(start, position);
    if (typeof resolvePlain(text) !== 'string') throw giveUp;
    return { type: 'scalar', start, end: position, value: text, style: 'plain' };
  }

  #sequence(indent: number): SeqNode {
    const items: (Node | null)[] = [];
    const start = this.#position;
    let end = start;
    while (this.#indent === indent && this.#atDash(this.#position)) {
      const dash = this.#position;
      let position = dash + 1;
      let code = this.#text.charCodeAt(position);
      while (code === SPACE) code = this.#text.charCodeAt(++position);
      let item: Node | null;
      if (this.#startsCompactBlock(position)) {
        this.#position = position;
        this.#indent = position - this.#lineStart;
        item = this.#block(this.#indent);
      } else {
        item = this.#value(dash + 1, indent, false);
      }
      items.push(item);
      end = item === null ? dash + 1 : item.end;
    }
    // Where a sequence with nothing behind its last dash ends is for the full parser to say.
    if (this.#indent > indent || items.at(-1) === null) throw giveUp;
    return { type: 'seq', start, end, flow: false, items };
  }

  /** Whether `- key: …` or `- - …` begins a collection on the dash's own line. */
  #startsCompactBlock(position: number): boolean {
    if (this.#atDash(position)) return true;
    let code = this.#text.charCodeAt(position);
    if (!isWord(code)) return false;
    let at = position;
    while (isWord(code) || code === DASH || code === 46 || code === 47) code = this.#text.charCodeAt(++at);
    if (code !== COLON) return false;
    const next = this.#text.charCodeAt(at + 1);
    return next === SPACE || next === LF || next === CR || Number.isNaN(next);
  }

  /** What follows a colon or dash at `from`, in a collection at `indent`; leaves the cursor on the next line. */
  #value(from: number, indent: number, ofKey: boolean): Node | null {
    if (++this.#values > MAX_VALUES) throw giveUp;
    let position = from;
    let code = this.#text.charCodeAt(position);
    if (position < this.#length && code !== SPACE && code !== LF && code !== CR) throw giveUp;
    while (code === SPACE) code = this.#text.charCodeAt(++position);
    if (position >= this.#length || code === LF || code === CR || (code === HASH && position > from)) {
      if (code === CR && this.#text.charCodeAt(position + 1) !== LF) throw giveUp;
      this.#nextLine(position);
      if (this.#indent > indent) return this.#block(this.#indent);
      if (ofKey && this.#indent === indent && this.#atDash(this.#position)) return this.#sequence(indent);
      return null;
    }
    switch (code) {
      case DOUBLE:
      case SINGLE:
        return this.#endOfLine(this.#quoted(position, code), indent);
      case OPEN_BRACE:
      case OPEN_BRACKET:
        return this.#endOfLine(this.#flow(position), indent);
      case PIPE:
      case GREATER:
        return this.#blockScalar(position, indent);
      default:
        return this.#endOfLine(this.#plain(position), indent);
    }
  }

  /** After a one-line value: only a comment may follow, and the next line may not go on with it. */
  #endOfLine<T extends Node>(node: T, indent: number): T {
    let position = node.end;
    let code = this.#text.charCodeAt(position);
    while (code === SPACE) code = this.#text.charCodeAt(++position);
    if (position < this.#length && code !== LF && code !== CR && !(code === HASH && position > node.end)) throw giveUp;
    if (code === CR && this.#text.charCodeAt(position + 1) !== LF) throw giveUp;
    this.#nextLine(position);
    if (this.#indent > indent) throw giveUp;
    return node;
  }

  #plain(start: number): ScalarNode {
    const first = this.#text.charCodeAt(start);
    if (isIndicator(first)) throw giveUp;
    const next = this.#text.charCodeAt(start + 1);
    if (
      (first === DASH || first === COLON || first === QUESTION) &&
      (next === SPACE || next === LF || next === CR || Number.isNaN(next))
    ) {
      throw giveUp;
    }
    let position = start;
    let end = start;
    for (; position < this.#length; position++) {
      const code = this.#text.charCodeAt(position);
      if (code === LF) break;
      if (code === CR) {
        if (this.#text.charCodeAt(position + 1) !== LF) throw giveUp;
        break;
      }
      if (code === TAB || code === 0xfeff) throw giveUp;
      if (code === SPACE) continue;
      if (code === HASH && end < position) break;
      if (code === COLON) {
        const after = this.#text.charCodeAt(position + 1);
        if (after === SPACE || after === LF || after === CR || Number.isNaN(after)) throw giveUp;
      }
      end = position + 1;
    }
    return { type: 'scalar', start, end, value: resolvePlain(this.#text.slice(start, end)), style: 'plain' };
  }

  #quoted(start: number, quote: number): ScalarNode {
    let position = start + 1;
    for (; ; position++) {
      if (position >= this.#length) throw giveUp;
      const code = this.#text.charCodeAt(position);
      if (code === quote) break;
      if (code === LF || code === CR || code === BACKSLASH || code === TAB) throw giveUp;
    }
    if (this.#text.charCodeAt(position + 1) === quote) throw giveUp;
    return {
      type: 'scalar',
      start,
      end: position + 1,
      value: this.#text.slice(start + 1, position),
      style: quote === DOUBLE ? 'double' : 'single',
    };
  }

  #flow(start: number): Node {
    if (++this.#depth > MAX_DEPTH) throw giveUp;
    const map = this.#text.charCodeAt(start) === OPEN_BRACE;
    const close = map ? CLOSE_BRACE : CLOSE_BRACKET;
    const pairs: Pair[] = [];
    const items: (Node | null)[] = [];
    let position = this.#spaces(start + 1);
    while (this.#text.charCodeAt(position) !== close) {
      if (map) {
        const key = this.#flowScalar(position);
        position = this.#spaces(key.end);
        if (this.#text.charCodeAt(position) !== COLON || this.#text.charCodeAt(position + 1) !== SPACE) throw giveUp;
        if (typeof key.value !== 'string' || key.style !== 'plain' || position !== key.end) throw giveUp;
        const value = this.#flowNode(this.#spaces(position + 1));
        pairs.push({ key, value });
        position = this.#spaces(value.end);
      } else {
        const item = this.#flowNode(position);
        items.push(item);
        position = this.#spaces(item.end);
      }
      const separator = this.#text.charCodeAt(position);
      if (separator === COMMA) {
        position = this.#spaces(position + 1);
        if (this.#text.charCodeAt(position) === close) throw giveUp;
      } else if (separator !== close) throw giveUp;
    }
    this.#depth--;
    return map
      ? { type: 'map', start, end: position + 1, flow: true, items: pairs }
      : { type: 'seq', start, end: position + 1, flow: true, items };
  }

  #spaces(from: number): number {
    let position = from;
    while (this.#text.charCodeAt(position) === SPACE) position++;
    return position;
  }

  #flowNode(position: number): Node {
    if (++this.#values > MAX_VALUES) throw giveUp;
    const code = this.#text.charCodeAt(position);
    return code === OPEN_BRACE || code === OPEN_BRACKET ? this.#flow(position) : this.#flowScalar(position);
  }

  #flowScalar(start: number): ScalarNode {
    const first = this.#text.charCodeAt(start);
    if (first === DOUBLE || first === SINGLE) {
      const scalar = this.#quoted(start, first);
      const next = this.#text.charCodeAt(scalar.end);
      // `"a":1` is a pair here even without a space, and `"a" b` an error.
      if (next !== SPACE && next !== COMMA && next !== CLOSE_BRACE && next !== CLOSE_BRACKET) throw giveUp;
      const after = this.#text.charCodeAt(this.#spaces(scalar.end));
      if (after !== COMMA && after !== CLOSE_BRACE && after !== CLOSE_BRACKET) throw giveUp;
      return scalar;
    }
    if (isIndicator(first) || first === DASH || first === COLON || first === QUESTION) throw giveUp;
    let position = start;
    let end = start;
    for (; position < this.#length; position++) {
      const code = this.#text.charCodeAt(position);
      if (code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET) break;
      if (code === SPACE) continue;
      if (code === COLON) {
        const after = this.#text.charCodeAt(position + 1);
        if (after === SPACE && end === position) break;
        if (
          after === SPACE ||
          after === COMMA ||
          after === CLOSE_BRACE ||
          after === CLOSE_BRACKET ||
          after === LF ||
          after === CR
        )
          throw giveUp;
      }
      if (code === LF || code === CR || code === TAB || code === OPEN_BRACE || code === OPEN_BRACKET || code === 0xfeff)
        throw giveUp;
      if (code === HASH && end < position) throw giveUp;
      end = position + 1;
    }
    if (position >= this.#length || end === start) throw giveUp;
    return { type: 'scalar', start, end, value: resolvePlain(this.#text.slice(start, end)), style: 'plain' };
  }

  #blockScalar(start: number, parentIndent: number): ScalarNode {
    const literal = this.#text.charCodeAt(start) === PIPE;
    let position = start + 1;
    let chomp = '';
    const mark = this.#text.charCodeAt(position);
    if (mark === DASH || mark === 43) {
      chomp = mark === DASH ? '-' : '+';
      position++;
    }
    const headerEnd = this.#spaces(position);
    const code = this.#text.charCodeAt(headerEnd);
    if (code !== LF && code !== CR) throw giveUp;
    if (code === CR && this.#text.charCodeAt(headerEnd + 1) !== LF) throw giveUp;
    let lineStart = this.#lineEnd(headerEnd) + 1;
    let indent = -1;
    const lines: string[] = [];
    let end = lineStart;
    let trailing = 0;
    while (lineStart < this.#length) {
      const lineEnd = this.#lineEnd(lineStart);
      const textEnd = this.#text.charCodeAt(lineEnd - 1) === CR && lineEnd > lineStart ? lineEnd - 1 : lineEnd;
      const content = this.#spaces(lineStart);
      if (content >= textEnd) {
        // Blank lines with more spaces than the indentation are content; the full parser knows.
        if (content - lineStart > Math.max(indent, 0)) throw giveUp;
        if (indent < 0) throw giveUp;
        if (lineEnd >= this.#length && content === lineStart) break;
        lines.push('');
        trailing++;
      } else {
        const own = content - lineStart;
        if (indent < 0) {
          if (own <= parentIndent) break;
          indent = own;
        }
        if (own < indent) {
          if (own > parentIndent) throw giveUp;
          break;
        }
        const tab = this.#text.indexOf('\t', lineStart);
        if (tab >= 0 && tab < lineEnd) throw giveUp;
        lines.push(this.#text.slice(lineStart + indent, textEnd));
        trailing = 0;
        end = lineEnd >= this.#length ? lineEnd : lineEnd + 1;
      }
      lineStart = lineEnd + 1;
    }
    if (indent < 0) throw giveUp;
    if (chomp === '+' || (trailing > 0 && lineStart >= this.#length)) throw giveUp;
    lines.length -= trailing;
    const value = literal ? lines.join('\n') : fold(lines);
    const closed = this.#text.charCodeAt(end - 1) === LF;
    if (!closed && chomp !== '-') throw giveUp;
    this.#enterLine(Math.min(lineStart, this.#length));
    if (this.#indent > parentIndent) throw giveUp;
    return {
      type: 'scalar',
      start,
      end,
      value: chomp === '-' ? value : `${value}\n`,
      style: literal ? 'literal' : 'folded',
    };
  }
}

/** Folds lines of equal indentation: a break becomes a space, n blank lines n breaks (YAML 1.2, section 8.1.3). */
function fold(lines: readonly string[]): string {
  let result = '';
  let blanks = 0;
  for (const [index, line] of lines.entries()) {
    if (line === '') {
      blanks++;
      continue;
    }
    if (line.charCodeAt(0) === SPACE) throw giveUp;
    if (index === 0) result = line;
    else result += blanks > 0 ? '\n'.repeat(blanks) + line : ` ${line}`;
    blanks = 0;
  }
  return result;
}

function isWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}

/** Characters that no plain scalar begins with, whatever follows. */
function isIndicator(code: number): boolean {
  switch (code) {
    case COMMA:
    case OPEN_BRACKET:
    case CLOSE_BRACKET:
    case OPEN_BRACE:
    case CLOSE_BRACE:
    case HASH:
    case AMPERSAND:
    case STAR:
    case BANG:
    case PIPE:
    case GREATER:
    case SINGLE:
    case DOUBLE:
    case PERCENT:
    case AT:
    case BACKTICK:
    case 0xfeff:
      return true;
    default:
      return Number.isNaN(code);
  }
}

import { FailureError } from '../../platform/failure.ts';

/** What the scanner tells apart. `path` is a name with its keys (`metrics.acc`, ``params.`a b` ``). */
export type TokenKind = 'path' | 'comparator' | 'number' | 'text' | 'list' | 'and' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; for a comparator in capitals, with single spaces. */
  readonly text: string;
  /** Offset of the first character, UTF-16 units from 0. */
  readonly start: number;
  readonly end: number;
}

const SPACE = /\s+/y;
const AND = /and(?![\p{L}\p{N}_$#])/iuy;
const COMPARATOR = /(?:not\s+)?(?:like|ilike|rlike)\b|is\s+not\s+null\b|is\s+null\b|(?:not\s+)?in(?=\s*\()|[<>=~!]+/iy;
const SEGMENT = String.raw`(?:[\p{L}\p{N}_]+|${'`'}(?:${'``'}|[^${'`'}])*${'`'}|"(?:""|\\"|[^"])*"|'(?:''|\\'|[^'])*')`;
const PATH = new RegExp(
  String.raw`(?:[\p{L}_][\p{L}\p{N}_]*|${'`'}(?:${'``'}|[^${'`'}])*${'`'}|"(?:""|\\"|[^"])*")(?:\.${SEGMENT})*`,
  'uy',
);
const NUMBER = /-?\d+(?:\.\d+)?e-?\d+|-?(?:\d+\.\d*|\.\d+|\d+)(?![\p{L}_])/iuy;
const TEXT = /'(?:''|\\'|[^'])*'/y;
const LIST = /\((?:'(?:\\[\s\S]|[^'\\])*'|"(?:\\[\s\S]|[^"\\])*"|[^()'"])*\)/y;

/** Longer filters are refused: nothing a person or a view makes comes near. */
const MAXIMUM_LENGTH = 1_000_000;

/** A failure that names the place (1-based) and what was expected there. */
function syntaxFailure(subject: Subject, at: number, expected: string): FailureError {
  return new FailureError('input', `${subject.name} is wrong at character ${at + 1}: expected ${expected}.`, {
    remedy: `Example: ${subject.example}`,
  });
}

/** What is scanned, as messages name it, and how a right one looks. */
interface Subject {
  readonly name: string;
  readonly example: string;
}

/** Reads tokens of MLflow's filter or order syntax one after another; which kinds may come is the parser's business. */
export class Scanner {
  readonly source: string;
  readonly subject: Subject;
  #position = 0;

  constructor(source: string, subject: Subject) {
    if (source.length > MAXIMUM_LENGTH)
      throw new FailureError('input', `${subject.name} is longer than 1,000,000 characters.`);
    this.source = source;
    this.subject = subject;
  }

  /** The next token if it is of one of the kinds, else null with the position kept after white space. */
  take(...kinds: readonly TokenKind[]): Token | null {
    this.#skipSpace();
    for (const kind of kinds) {
      const token = this.#match(kind);
      if (token) {
        this.#position = token.end;
        return token;
      }
    }
    return null;
  }

  /** Where the next token starts or would have to. */
  get position(): number {
    return this.#position;
  }

  /** A failure at the next token, or at a given offset. */
  fail(expected: string, at: number = this.#position): FailureError {
    const rest = this.source.slice(at).trimStart();
    const found = rest === '' ? 'the end' : `“${firstWord(rest)}”`;
    return syntaxFailure(this.subject, at, `${expected}, found ${found}`);
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#position;
    if (SPACE.test(this.source)) this.#position = SPACE.lastIndex;
  }

  #match(kind: TokenKind): Token | null {
    const start = this.#position;
    if (kind === 'end') return start === this.source.length ? { kind, text: '', start, end: start } : null;
    const pattern = PATTERNS[kind];
    pattern.lastIndex = start;
    const text = pattern.exec(this.source)?.[0];
    if (text === undefined) return null;
    const normalised = kind === 'comparator' ? text.toUpperCase().replace(/\s+/g, ' ') : text;
    return { kind, text: normalised, start, end: start + text.length };
  }
}

const PATTERNS: Readonly<Record<Exclude<TokenKind, 'end'>, RegExp>> = {
  path: PATH,
  comparator: COMPARATOR,
  number: NUMBER,
  text: TEXT,
  list: LIST,
  and: AND,
};

function firstWord(text: string): string {
  const word = /^(?:[\p{L}\p{N}_.]+|[<>=~!]+|\S)/u.exec(text)?.[0] ?? '';
  return word.length > 40 ? `${word.slice(0, 40)}…` : word;
}

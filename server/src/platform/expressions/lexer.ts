import type { ExpressionProblem } from './ast.ts';

export type TokenType = 'number' | 'string' | 'name' | 'punctuation' | 'end';

export interface Token {
  readonly type: TokenType;
  /** The source text; for a string its value without quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const space = /[ \t\r\n]+/y;
const number = /\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const name = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const punctuation = /\|\||&&|==|!=|<=|>=|[<>!()[\].,+\-*/%]/y;
const patterns = [
  ['number', number],
  ['name', name],
  ['punctuation', punctuation],
] as const;

/**
 * Splits an expression into tokens. Strings stand in single quotes (a quote inside is doubled) or double quotes (with
 * `\"` and `\\`). What begins no token becomes a problem and is skipped.
 */
export function tokenize(text: string, problems: ExpressionProblem[]): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    position = endOf(space, text, position);
    if (position === text.length) break;
    const token = nextToken(text, position, problems);
    if (token) tokens.push(token);
    position = token ? token.end : position + 1;
  }
  tokens.push({ type: 'end', text: '', start: text.length, end: text.length });
  return tokens;
}

function nextToken(text: string, start: number, problems: ExpressionProblem[]): Token | null {
  const character = text[start] ?? '';
  if (character === "'" || character === '"') return stringToken(text, start, character, problems);
  for (const [type, pattern] of patterns) {
    const end = endOf(pattern, text, start);
    if (end > start) return { type, text: text.slice(start, end), start, end };
  }
  const hint = { '=': ' Did you mean `==`?', '&': ' Did you mean `&&`?', '|': ' Did you mean `||`?' }[character] ?? '';
  problems.push({ start, end: start + 1, message: `\`${character}\` can't stand in an expression.${hint}` });
  return null;
}

function stringToken(text: string, start: number, quote: string, problems: ExpressionProblem[]): Token {
  let value = '';
  let position = start + 1;
  for (; position < text.length; position++) {
    const character = text[position] ?? '';
    if (character === quote) {
      if (quote === "'" && text[position + 1] === "'") {
        value += "'";
        position++;
        continue;
      }
      return { type: 'string', text: value, start, end: position + 1 };
    }
    if (character === '\\' && quote === '"' && /["\\]/.test(text[position + 1] ?? '')) {
      value += text[position + 1];
      position++;
    } else value += character;
  }
  problems.push({ start, end: text.length, message: `This string has no closing ${quote}.` });
  return { type: 'string', text: value, start, end: text.length };
}

/** Where what a pattern finds at a place ends: at that place itself where it finds nothing. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

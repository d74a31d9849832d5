import type { Scanner, Token } from './scanner.ts';

/**
 * The texts of an IN list, which MLflow reads as a Python tuple of string literals: backslash escapes mean there what
 * they mean in Python. Two literals without a comma between, which Python would join, are refused as the slip they are.
 */
export function parseTextList(token: Token, scanner: Scanner): readonly string[] {
  const source = token.text;
  const values: string[] = [];
  let position = 1;
  let separated = true;
  while (position < source.length - 1) {
    const character = source.charAt(position);
    if (/\s/.test(character)) {
      position += 1;
    } else if (character === ',' && !separated) {
      separated = true;
      position += 1;
    } else if (separated && (character === "'" || character === '"')) {
      const end = endOfLiteral(source, position);
      values.push(unescapePython(source.slice(position + 1, end)));
      position = end + 1;
      separated = false;
    } else {
      throw scanner.fail(separated ? 'a text in quotes' : 'a comma or “)”', token.start + position);
    }
  }
  if (values.length === 0) throw scanner.fail('a list with at least one text', token.start);
  return values;
}

function endOfLiteral(source: string, start: number): number {
  const quote = source.charAt(start);
  let position = start + 1;
  while (source.charAt(position) !== quote) position += source.charAt(position) === '\\' ? 2 : 1;
  return position;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function unescapePython(text: string): string {
  return text.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U(000[\da-fA-F]{5}|0010[\da-fA-F]{4})|([0-7]{1,3})|([\s\S]))/g,
    (all: string, hex?: string, short?: string, long?: string, octal?: string, other?: string) => {
      const code = hex ?? short ?? long;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      return SIMPLE_ESCAPES[other ?? ''] ?? all;
    },
  );
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TextEdit } from '#server/language/features/format.ts';
import { formatDash, formatNewLine } from '#server/language/features/on-type.ts';
import { parseSource, type Source } from '#server/language/syntax/source.ts';
import { applied } from './actions/applied.ts';
import { patient, randomText } from './fixtures.ts';
import { marked } from './marked.ts';

type Format = (
  source: Source,
  position: { line: number; character: number },
  options: { indent: number },
) => TextEdit[];

/** The line of the cursor after formatting, with `·` for each space. */
function typed(format: Format, text: string, indent = 2): string {
  const { index, uri, position, text: plain } = marked(text);
  const source = index.get(uri)?.symbols.source ?? parseSource(plain);
  const result = applied(plain, format(source, position, { indent }));
  return (result.split(/\r?\n/)[position.line] ?? '').replaceAll(' ', '·');
}

describe('a new line', () => {
  it.each<[what: string, text: string, line: string]>([
    ['after a key without a value', 'steps:\n‸', '··'],
    ['after a nested key without a value', 'steps:\n  a:\n  ‸', '····'],
    ['after a key with a comment', 'steps: # all\n‸', '··'],
    ['after a key with an anchor', 'env: &e\n‸', '··'],
    ['after a key with a tag', 'env: !!map\n‸', '··'],
    ['after a key with a value', 'steps:\n  a:\n    run: x\n‸', '····'],
    ['after a key with a value, too deep', 'steps:\n  a:\n    run: x\n        ‸', '····'],
    ['after a key at the top', 'seed: 1\n  ‸', ''],
    ['after a scalar item', 'needs:\n  - a\n    ‸', '··'],
    ['after a scalar item at its key’s column', 'needs:\n- a\n  ‸', ''],
    ['after an item with a key', 'tracking:\n  - name: a\n‸', '····'],
    ['after an item with a key without a value', 'tracking:\n  - tags:\n‸', '······'],
    ['after a key within an item', 'tracking:\n  - name: a\n    uri: b\n  ‸', '····'],
    ['after an empty dash', 'needs:\n  -\n‸', '····'],
    ['after two dashes', 'm:\n  - - a\n‸', '····'],
    ['after the head of a literal text', 'run: |\n‸', '··'],
    ['after the head of a folded text', 'a:\n  run: >-\n  ‸', '····'],
    ['within a literal text', 'run: |\n  python x:\n‸', '··'],
    ['within a literal text, further in', 'run: |\n  if x:\n      y\n  ‸\n  z', '······'],
    ['within braces', 'env: {\n‸\n}', '··'],
    ['within braces that close', 'env: {\n  ‸}', '}'],
    ['within brackets', 'needs: [\n‸\n]', '··'],
    ['after an entry within braces', 'env: {\n  A: 1,\n‸\n}', '··'],
    ['after a whole flow mapping', 'a:\n  env: {A: 1}\n‸', '··'],
    ['after an expression', 'run: ${{ a }}\n  ‸', ''],
    ['after the begin of a document', 'a:\n  b: 1\n---\n  ‸', ''],
    ['where the key has entries that are indented more', 'steps:\n‸\n    a: 1\n', '····'],
    ['where the key has items at its column', 'needs:\n‸\n- a\n', ''],
    ['where the next key is at the same column', 'a:\n‸\nb: 1\n', '··'],
    ['before what was behind the cursor', 'steps:\n‸a: 1\n', '··a:·1'],
    ['before a dash that was behind the cursor', 'needs:\n‸- a\n', '··-·a'],
    ['with CRLF', 'steps:\r\n  a:\r\n‸\r\n', '····'],
    ['with a byte order mark', '\uFEFFsteps:\n‸', '··'],
    ['with a quoted key', '"steps":\n‸', '··'],
    ['behind an astral character', '# 😀\n😀:\n‸', '··'],
    ['in a tab’s place', 'steps:\n\t‸', '··'],
  ])('%s', (_, text, line) => {
    expect(typed(formatNewLine, text)).toBe(line);
  });

  it.each<[what: string, text: string, line: string]>([
    ['after an empty line', 'steps:\n\n      ‸', '······'],
    ['after a comment', 'a:\n  # b\n ‸', '·'],
    ['at a comment', 'a:\n ‸# b\n', '·#·b'],
    ['within double quotes', 'a: "b\n ‸c"\n', '·c"'],
    ['within single quotes that are open', "a: 'b\n ‸", '·'],
    ['within plain text over lines', 'a: b\n  c\n   ‸d\n', '···d'],
    ['after plain text alone', 'stpes\n   ‸', '···'],
    ['after a tab', '\ta: 1\n ‸', '·'],
    ['at the first line', '  ‸', '··'],
  ])('is left as it is %s', (_, text, line) => {
    expect(typed(formatNewLine, text)).toBe(line);
  });

  it('is indented as the editor says', () => {
    expect(typed(formatNewLine, 'steps:\n‸', 4)).toBe('····');
  });

  it(
    'changes nothing but the first spaces of its line',
    () => {
      fc.assert(
        fc.property(randomText, fc.nat(), fc.boolean(), (text, at, dash) => {
          const source = parseSource(text);
          const line = at % source.lines.count;
          const format: Format = dash ? formatDash : formatNewLine;
          for (const { range, text: inserted } of format(source, { line, character: 0 }, { indent: 2 })) {
            expect(range.start).toEqual({ line, character: 0 });
            expect(range.end.line).toBe(line);
            expect((text.split('\n')[line] ?? '').slice(0, range.end.character).trim()).toBe('');
            expect(inserted.trim()).toBe('');
          }
        }),
      );
    },
    patient,
  );
});

describe('a dash', () => {
  it.each<[what: string, text: string, line: string]>([
    ['after the keys of an item', 'tracking:\n  - name: a\n    uri: b\n    -‸', '··-'],
    ['after an item at its key’s column', 'needs:\n- a: 1\n  -‸', '-'],
    ['after a key without a value', 'needs:\n    -‸', '··-'],
    ['after a key without a value, at its column', 'needs:\n-‸', '-'],
    ['of a list in an item', 'a:\n  - b:\n      -‸', '······-'],
    ['where it is right', 'needs:\n  - a\n  -‸', '··-'],
    ['in a text', 'run: |\n  a\n    -‸\n', '····-'],
    ['before a number', 'a:\n      -‸1', '······-1'],
    ['where no list can be', 'a: 1\n  -‸', '··-'],
  ])('%s', (_, text, line) => {
    expect(typed(formatDash, text)).toBe(line);
  });
});

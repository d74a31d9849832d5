import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSource } from '#server/language/diagnostics/check-source.ts';
import { parseSource } from '#server/language/syntax/source.ts';
import type { Expression } from '#server/platform/expressions/ast.ts';
import { parseExpression } from '#server/platform/expressions/parser.ts';
import { pipeline } from './marked.ts';

/** The tree with every operation in parentheses. */
function shown(node: Expression): string {
  switch (node.type) {
    case 'literal':
      return JSON.stringify(node.value);
    case 'name':
      return node.name;
    case 'member':
      return `${shown(node.object)}.${node.property}`;
    case 'index':
      return `${shown(node.object)}[${shown(node.index)}]`;
    case 'each':
      return `${shown(node.object)}[*]`;
    case 'call':
      return `${node.name}(${node.arguments.map(shown).join(', ')})`;
    case 'unary':
      return `(${node.operator}${shown(node.operand)})`;
    case 'binary':
      return `(${shown(node.left)} ${node.operator} ${shown(node.right)})`;
    case 'missing':
      return '…';
  }
}

describe('the grammar of expressions', () => {
  it.each([
    ['a || b && c', '(a || (b && c))'],
    ['a && b == c', '(a && (b == c))'],
    ['a == b < c', '(a == (b < c))'],
    ['a < b + c', '(a < (b + c))'],
    ['a + b * c', '(a + (b * c))'],
    ['a - b - c', '((a - b) - c)'],
    ['!a.b && -1 < 2', '((!a.b) && ((-1) < 2))'],
    ['(a + b) * c', '((a + b) * c)'],
    ['a-b - c', '(a-b - c)'],
    ["steps['a'].outputs.m[*].auc", 'steps["a"].outputs.m[*].auc'],
    ['steps.a.outputs.1', 'steps.a.outputs.1'],
    ["contains('it''s', \"a\\\"b\\\\\")", 'contains("it\'s", "a\\"b\\\\")'],
    ['coalesce()\n  ==\n null', '(coalesce() == null)'],
    ['1.5e-3 != true', '(0.0015 != true)'],
  ])('reads %s', (text, expected) => {
    const { root, problems } = parseExpression(text);
    expect(problems).toEqual([]);
    expect(shown(root)).toBe(expected);
  });

  it.each([
    ['params.', 'params.…'],
    ['a + ', '(a + …)'],
    ['f(a, ', 'f(a, …)'],
    ['', '…'],
  ])('keeps what there is of %j, and tells what is missing', (text, expected) => {
    const { root, problems } = parseExpression(text);
    expect(problems).not.toEqual([]);
    expect(shown(root).replace(/\.$/, '.…')).toBe(expected);
  });

  it('answers a tree and places within the text, whatever it is', () => {
    const word = fc.constantFrom(
      'a',
      '.',
      '[',
      ']',
      '(',
      ')',
      '*',
      '-',
      '!',
      '&&',
      '"',
      "'",
      '1',
      ' ',
      ',',
      '😀',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const text = words.join('');
        for (const { start, end } of parseExpression(text).problems) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('braces in a string of an expression', () => {
  it.each([
    'run: "${{ params.a == \'a}}b\' }}"',
    'run: \'${{ params.a == "a}}b" }}\'',
    'run: "${{ params.a == \\"a}}b\\" }}"',
    'run: x ${{ params.a == "a}}b" }}',
  ])('do not end it: %s', (line) => {
    const text = `${pipeline}params: {a: {type: string}}\nsteps:\n  s:\n    ${line}\n`;
    expect(checkSource(parseSource(text))).toEqual([]);
  });
});

/** Where `‸` marks the first character that is to blame, in every way to write a text. */
describe('an error in an expression stands at its character', () => {
  it.each([
    ['in a plain text', 'run: x ${{ params.a ‸) }}'],
    ['in a plain text over lines', 'run: x\n  y ${{ params.a\n  ‸) }} z'],
    ['behind astral characters', 'run: 😀😀 ${{ params.a ‸) }}'],
    ['in single quotes', "run: 'it''s ${{ params.a ‸) }}'"],
    ['in double quotes, behind escapes', 'run: "\\t\\u00e9\\" ${{ params.a ‸) }}"'],
    ['in double quotes, behind an escape in the expression', 'run: "${{ \\"é\\" == params.a ‸) }}"'],
    ['in single quotes, behind quotes in the expression', "run: 'x ${{ ''é'' == params.a ‸) }}'"],
    ['in double quotes over lines', 'run: "x\n  \\\n  y ${{ params.a ‸) }}"'],
    ['in a literal text', 'run: |\n  x\n\n    y ${{ params.a ‸) }}\n  z'],
    ['in a folded text', 'run: >-\n  x 😀\n  y ${{ params.a\n  ‸) }}'],
    ['in a literal text with its indentation written', 'run: |1\n  x ${{ params.a ‸) }}'],
    ['in braces', 'env: {A: "x", B: "${{ params.a ‸) }}"}\nrun: x'],
  ])('%s', (_, lines) => {
    for (const newline of ['\n', '\r\n']) {
      const written = `${pipeline}steps:\n  s:\n${lines.replace(/^(?=.)/gm, '    ')}\n`.replaceAll('\n', newline);
      const before = written.slice(0, written.indexOf('‸')).split(newline);
      const found = checkSource(parseSource(written.replace('‸', '')));
      expect(found.map(({ code, range }) => [code, range.startLine, range.startCharacter])).toEqual([
        ['expression-syntax', before.length - 1, before.at(-1)?.length],
      ]);
    }
  });
});

describe('an expression with quotes is read as it is meant', () => {
  it.each([
    ['in double quotes', '"x ${{ params.a == \\"é\\" }}"'],
    ['in single quotes', "'x ${{ params.a == ''é'' }}'"],
    ['in a plain text', "x ${{ params.a == 'é' }}"],
  ])('%s', (_, value) => {
    expect(checkSource(parseSource(`${pipeline}steps:\n  s: {run: y}\n  t:\n    run: ${value}\n`))).toEqual([]);
  });
});

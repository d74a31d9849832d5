import { describe, expect, it } from 'vitest';
import { foldingRanges } from '#server/language/features/folding.ts';
import { selectionRanges } from '#server/language/features/selection.ts';
import { semanticTokens } from '#server/language/features/semantic-tokens.ts';
import { type OutlineSymbol, outline } from '#server/language/features/symbols.ts';
import { marked, pipeline } from './marked.ts';

const text = `${pipeline}params: {"😀": {type: number}, lr: {type: number}}
steps:
  # 😀 first
  # second
  train:
    env: {"😀😀": "é"}
    run: echo 😀😀 \${{ params.lr }} tr‸ain.py
`;
const forms: readonly (readonly [form: string, text: string])[] = [
  ['LF', text],
  ['CRLF', text.replaceAll('\n', '\r\n')],
  ['a byte order mark', `\uFEFF${text}`],
  ['CRLF and a byte order mark', `\uFEFF${text.replaceAll('\n', '\r\n')}`],
];

describe.each(forms)('places in a file with %s and astral characters', (_, written) => {
  const { index, uri, position, text: plain } = marked(written);
  const file = index.get(uri);
  const lines = plain.split(/\r?\n/);
  const textOf = (start: { line: number; character: number }, end: { line: number; character: number }) =>
    start.line === end.line ? lines[start.line]?.slice(start.character, end.character) : `${start.line}-${end.line}`;

  it('of selections', () => {
    const ranges = file ? selectionRanges(file.symbols.source, position) : [];
    expect(ranges.slice(0, 3).map(({ start, end }) => textOf(start, end))).toEqual([
      'train',
      'echo 😀😀 ${{ params.lr }} train.py',
      'run: echo 😀😀 ${{ params.lr }} train.py',
    ]);
  });

  it('of folds', () => {
    const folds = file ? foldingRanges(file.symbols.source) : [];
    expect(folds.map(({ startLine, endLine }) => `${startLine}-${endLine}`).sort()).toEqual(['4-9', '5-6', '7-9']);
  });

  it('of symbols', () => {
    const symbols = file ? outline(file.symbols.source) : [];
    const names: string[] = [];
    const collect = (list: readonly OutlineSymbol[]) => {
      for (const { name, nameStart, nameEnd, children } of list) {
        names.push(`${name}=${textOf(nameStart, nameEnd)}`);
        collect(children);
      }
    };
    collect(symbols.flatMap(({ children }) => children));
    expect(names.filter((each) => /^(?:train|lr|😀)=/u.test(each)).sort()).toEqual(['lr=lr', 'train=train', '😀="😀"']);
  });

  it('of colours', () => {
    const tokens = file ? semanticTokens(file) : [];
    expect(
      tokens.map(({ line, character, length, type }) => `${lines[line]?.slice(character, character + length)}:${type}`),
    ).toEqual(['train:class', '"😀":parameter', 'lr:parameter', 'train:function', 'params:namespace', 'lr:property']);
  });
});

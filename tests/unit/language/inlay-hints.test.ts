import { describe, expect, it } from 'vitest';
import { inlayHints } from '#server/language/features/inlay-hints.ts';
import { marked, pipeline } from './marked.ts';

/** The hints of a file, each behind what stands before it on its line. */
function hints(files: string | Readonly<Record<string, string>>, kind?: string): string[] {
  const { index, uri, text } = marked(files);
  const file = index.get(uri);
  const lines = text.split(/\r?\n/);
  return file
    ? inlayHints({ index, file }, { start: 0, end: lines.length })
        .filter((hint) => kind === undefined || hint.kind === kind)
        .map(({ position, text: hint }) => `${lines[position.line]?.slice(0, position.character).trim()} ${hint}`)
    : [];
}

const step = (lines: string) => `${pipeline}params:
  lr: {type: number, default: 0.1}
  name: {type: string, default: "${'x'.repeat(50)}"}
  day: {type: string}
steps:
  p:
    run: p
    outputs: {data: {type: dataset, path: work/data}, many: {type: file, path: "a-\${{ params.lr }}"}}
  a:
    run: x
    ${lines}
`;
const last = (lines: string) => hints(step(lines)).filter((each) => !each.startsWith('outputs: {data'));

describe('hints of values', () => {
  it.each([
    ['env: {A: "${{ params.lr }}"}', ['env: {A: "${{ params.lr }} = 0.1']],
    [
      'env: {A: "😀 ${{params.lr}}${{ params.lr }}"}',
      ['env: {A: "😀 ${{params.lr}} = 0.1', 'env: {A: "😀 ${{params.lr}}${{ params.lr }} = 0.1'],
    ],
    ['env: {A: "${{ params.name }}"}', [`env: {A: "\${{ params.name }} = ${'x'.repeat(40)}…`]],
    ['env: {A: "${{ params.day }} ${{ params.lr * 2 }} ${{ params.nothing }}"}', []],
    ['env: {A: "${{ env.HOME }} ${{ secrets.TOKEN }}"}', []],
    ['env: {A: "${{ steps.p.outputs.data.path }}"}', ['env: {A: "${{ steps.p.outputs.data.path }} = work/data']],
    ['env: {A: "${{ steps.p.outputs.data }}"}', ['env: {A: "${{ steps.p.outputs.data }} = work/data']],
    ['env: {A: "${{ steps.p.outputs.many.path }}"}', []],
    ['env: {A: "${{ params.lr"}', []],
  ])('%s', (lines, expected) => {
    expect(last(lines)).toEqual(expected);
  });

  it('look through a pipeline that is used', () => {
    const files = {
      'a.mlops.yaml': `${pipeline}steps:\n  b: {uses: ./b.mlops.yaml}\n  c:\n    run: x \${{ steps.b.outputs.best }}‸\n`,
      'b.mlops.yaml': `${pipeline}outputs: {best: "\${{ steps.s.outputs.m }}"}\nsteps: {s: {run: x, outputs: {m: {type: model, path: work/m}}}}\n`,
    };
    expect(hints(files)).toEqual(['run: x ${{ steps.b.outputs.best }} = work/m']);
  });

  it('give the paths of a step’s own inputs and outputs, in a file with CRLF and a byte order mark', () => {
    const text = step('outputs: {m: {type: model, path: work/m}}\n    env: {A: "${{ outputs.m.path }}"}');
    expect(hints(`\uFEFF${text.replaceAll('\n', '\r\n')}`, 'values').at(-1)).toBe(
      'env: {A: "${{ outputs.m.path }} = work/m',
    );
  });
});

describe('hints of matrices', () => {
  it.each([
    ['matrix: {depth: [3, 5, 7]}', ['matrix × 3']],
    ['matrix:\n      depth: [3, 5, 7]\n      kind: [a, b]', ['matrix × 6']],
    ['matrix: {depth: "${{ params.day }}"}', []],
    ['matrix: {}', []],
  ])('%s', (lines, expected) => {
    expect(hints(step(lines), 'matrix')).toEqual(expected);
  });
});

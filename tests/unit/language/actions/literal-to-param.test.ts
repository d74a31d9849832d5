import { describe, expect, it } from 'vitest';
import { literalToParam } from '#server/language/features/actions/literal-to-param.ts';
import { marked, pipeline } from '../marked.ts';
import { applied, problemsIn } from './applied.ts';

function turned(text: string): string | null {
  const { index, uri, position, text: plain } = marked(text);
  const file = index.get(uri);
  const document = file?.symbols.documents.find(
    ({ document: { firstLine, endLine } }) => position.line >= firstLine && position.line < endLine,
  );
  const [action] = file && document ? literalToParam({ index, file, document }, position) : [];
  return action ? applied(plain, action.edits) : null;
}

const step = (lines: string) => `steps:\n  a:\n    entrypoint: a.py:main\n    ${lines}\n`;

describe('turn a literal into a param', () => {
  it('adds it below the params that are there', () => {
    const params = 'params:\n  lr:\n    type: number\n    default: 0.1 # kept\n  # the end\n\n';
    const uses = '    env: {LR: "${{ params.lr }}"}\n';
    expect(turned(`${pipeline}${params}${step('with:\n      epochs: 1‸0 # many')}${uses}`)).toBe(
      `${pipeline}params:\n  lr:\n    type: number\n    default: 0.1 # kept\n  epochs:\n    type: integer\n    default: 10\n  # the end\n\n${step('with:\n      epochs: ${{ params.epochs }} # many')}${uses}`,
    );
  });

  it('makes the params where there are none, above the steps and their comment', () => {
    expect(turned(`${pipeline}seed: 1\n# what is done\n${step('timeout: 3‸0m')}`)).toBe(
      `${pipeline}seed: 1\nparams:\n  timeout:\n    type: string\n    default: 30m\n# what is done\n${step('timeout: ${{ params.timeout }}')}`,
    );
  });

  it('writes into braces, and quotes the expression there', () => {
    expect(
      turned(`${pipeline}params: {lr: {type: number}}\n${step('with: {lr: "${{ params.lr }}", deep: tr‸ue}')}`),
    ).toBe(
      `${pipeline}params: {lr: {type: number}, deep: {type: boolean, default: true}}\n${step('with: {lr: "${{ params.lr }}", deep: "${{ params.deep }}"}')}`,
    );
    expect(turned(`${pipeline}params: {}\n${step('with: {deep: ‸1.5}')}`)).toContain(
      'params: {deep: {type: number, default: 1.5}}\n',
    );
  });

  it('takes another name where there is a param of that name', () => {
    const text = turned(`${pipeline}params: {lr: {type: number}}\n${step('with: {x: "${{ params.lr }}", lr: ‸2}')}`);
    expect(text).toContain('lr_2: {type: integer, default: 2}');
    expect(text).toContain('lr: "${{ params.lr_2 }}"');
  });

  it.each([
    'with: {a: ‸1}',
    'with: {a: "te‸xt: with #"}',
    'with:\n      list:\n        - 1\n        - ‸2',
    'with: {nested: {deep: fal‸se}}',
    'env: {A: "‸1"}',
    'timeout: 3‸0m',
    'retry: {limit: ‸3}',
    'resources: {cpu: ‸2}',
    'resources: {memory: 4‸Gi}',
    'container: {image: "python:3‸.12"}',
    'outputs: {d: {type: file, path: wo‸rk/a}}',
    'inputs: {d: {type: file, path: wo‸rk/a}}',
  ])('gives no new problem for %s', (lines) => {
    for (const text of [`${pipeline}${step(lines)}`, `${pipeline}params:\n${step(lines)}`.replaceAll('\n', '\r\n')]) {
      const before = problemsIn({ 'a.mlops.yaml': text.replace('‸', '') });
      const now = turned(text);
      expect(now).not.toBeNull();
      expect(problemsIn({ 'a.mlops.yaml': now ?? '' }).filter((each) => !before.includes(each))).toEqual([]);
    }
  });

  it.each([
    'with: {‸a: 1}',
    'with: {a: "${{ par‸ams.b }}"}',
    'entrypoint: ma‸in.py:main',
    'needs: [‸b]',
    'with:\n      a: |\n        te‸xt',
    'with: {a: &x ‸1, b: *x}',
    'with: {a: ~‸}',
    'name: ti‸tle',
  ])('is not offered for %s', (lines) => {
    expect(turned(`${pipeline}${step(lines)}`)).toBeNull();
  });
});

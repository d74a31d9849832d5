import { describe, expect, it } from 'vitest';
import { codeLenses } from '#server/language/features/code-lenses.ts';
import { monitorLenses } from '#server/language/features/monitor-lenses.ts';
import { deployment, marked, pipeline, workspace } from './marked.ts';

/** `line: name (count)`, lines from 1. */
function lenses(files: Parameters<typeof marked>[0]): string[] {
  const { index, uri, text } = marked(files);
  return codeLenses(index, uri).map(({ range: { start, end }, references }) => {
    const name = text.split('\n')[start.line]?.slice(start.character, end.character);
    return `${start.line + 1}: ${name} (${references})`;
  });
}

describe('lenses', () => {
  it('count what refers to a step, in keys and in expressions; nothing where nothing does', () => {
    const steps =
      'steps:\n  a:\n    run: x\n    outputs: {m: {type: model, path: p}}\n  b:\n    needs: [a]\n    run: y ${{ steps.a.outputs.m.path }}\n';
    expect(lenses(`${pipeline}${steps}`)).toEqual(['5: a (2)']);
  });

  it('count what other files refer to', () => {
    const environments = 'environments:\n  staging: {stage: staging}\n  production: {stage: production}\n';
    expect(
      lenses({
        'mlops.yaml': `${workspace}${environments}`,
        'a.mlops.yaml': `${deployment}environment: staging\n`,
        'b.mlops.yaml': `${deployment}environment: staging\n`,
      }),
    ).toEqual(['5: staging (2)']);
    expect(
      lenses({
        'train.mlops.yaml': `${pipeline}steps: {a: {run: x}}\n`,
        'all.mlops.yaml': `${pipeline.replace('train', 'all')}steps:\n  train: {uses: ./train.mlops.yaml}\n`,
      }),
    ).toEqual(['3: train (1)']);
  });

  it('leave params and outputs without a line of their own', () => {
    expect(lenses(`${pipeline}params: {lr: {type: number}}\nsteps: {a: {run: "x \${{ params.lr }}"}}\n`)).toEqual([]);
  });

  it('come quickly for hundreds of steps that refer to each other', () => {
    const steps = Array.from(
      { length: 400 },
      (_, at) => `  s${at}: {run: x${at > 0 ? `, needs: [s${at - 1}]` : ''}}\n`,
    );
    const found = lenses(`${pipeline}steps:\n${steps.join('')}`);
    expect(found).toHaveLength(399);
  });
});

describe('lenses of monitors', () => {
  it('stand above the drift section of each Monitor document, and of nothing else', () => {
    const monitor = (name: string, rest: string) =>
      `apiVersion: mlops/v1\nkind: Monitor\nmetadata: {name: ${name}}\n${rest}`;
    const { index, uri } = marked(
      [
        monitor('first', 'drift:\n  reference: a.csv\n  current: b.csv\n'),
        monitor('second', 'metrics: []\n'),
        monitor('third', 'drift: {reference: a.csv, current: b.csv}\n'),
        `${pipeline}steps:\n  drift: {run: x}\n`,
      ].join('---\n'),
    );
    expect(monitorLenses(index, uri).map(({ range, monitor: name }) => [range.start.line, name])).toEqual([
      [3, 'first'],
      [15, 'third'],
    ]);
  });
});

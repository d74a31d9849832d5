import { describe, expect, it } from 'vitest';
import { fileSymbols, offsetOf } from '#server/language/symbols/file-symbols.ts';
import { WorkspaceIndex } from '#server/language/symbols/workspace-index.ts';
import { parseSource, updateSource } from '#server/language/syntax/source.ts';
import { deployment, model, monitor, pipeline, workspace } from '../marked.ts';

/** `kind owner/name` with the text that the span covers, for definitions and references. */
function listed(text: string, which: 'definitions' | 'references'): string[] {
  return fileSymbols(parseSource(text)).documents.flatMap(({ units }) =>
    units.flatMap((unit) =>
      unit.symbols[which].map((each) => {
        const start = offsetOf(unit, each.span);
        const covered = text.slice(start, start + each.span.end - each.span.start);
        const owner = each.owner === '' ? '' : `${each.owner}/`;
        return `${each.kind} ${owner}${each.name}${covered === each.name ? '' : ` at ${covered}`}`;
      }),
    ),
  );
}

const steps = `${pipeline}params:\n  lr: {type: number, default: 0.1}\nsteps:\n`;

describe('definitions', () => {
  it('are found in a pipeline', () => {
    const text = `${steps}  a:\n    run: x\n    matrix: {depth: [1]}\n    inputs: {raw: {type: file}}\n    outputs: {out: {type: model, path: m}}\nfinally:\n  report: {run: y}\noutputs: {best: x}\n`;
    expect(listed(text, 'definitions')).toEqual([
      'document train',
      'param lr',
      'step a',
      'matrix a/depth',
      'stepInput a/raw',
      'stepOutput a/out',
      'step report',
      'output best',
    ]);
  });

  it('are the same where a step is spread over chunks', () => {
    const many = Array.from({ length: 30 }, (_, index) => `          c${index}: int64\n`).join('');
    const text = `${steps}  a:\n    run: x\n    outputs:\n      out:\n        type: dataset\n        path: p\n        columns:\n${many}  b: {run: x}\n`;
    const { documents } = fileSymbols(parseSource(text));
    const unit = documents[0]?.steps.get('a');
    expect(unit?.chunks.length).toBeGreaterThan(2);
    expect(listed(text, 'definitions')).toContain('stepOutput a/out');
    expect(unit?.symbols.step?.outputs.get('out')?.columns?.size).toBe(30);
    expect(unit?.symbols.step?.outputs.get('out')?.type).toBe('dataset');
  });

  it('are found in the other kinds', () => {
    const text = [
      `${workspace}tracking: [{name: local, uri: x}]\nenvironments: {staging: {}}\nalerting: {channels: [{name: team, type: vscode}]}\naccess: {roles: {admin: [promote]}}\n`,
      `${deployment}analysis: {quality: {metrics: []}}\n`,
      `${monitor}drift: {detectors: {own: {run: x}}}\nmetrics: [{name: latency, query: y}]\n`,
      `${model}stages: [{name: production}]\n`,
    ].join('---\n');
    expect(listed(text, 'definitions').filter((each) => !each.startsWith('document'))).toEqual([
      'tracker local',
      'environment staging',
      'channel team',
      'role admin',
      'analysis quality',
      'detector own',
      'metric latency',
      'stage production',
    ]);
  });
});

describe('references', () => {
  it.each([
    ['plain', 'x: ${{ params.lr }}'],
    ['double-quoted with escapes', String.raw`x: "a \"b\" ${"${{ params['lr'] }}"}"`],
    ['single-quoted with doubled quotes', "x: 'it''s ${{ params[''lr''] }}'"],
    ['folded', 'x: >-\n        a\n        ${{ 1 +\n        params.lr }}\n'],
    ['literal', 'x: |\n        a\n        ${{ params.lr }}\n'],
  ])('inside of an expression in a %s text have their exact characters', (_, line) => {
    expect(listed(`${steps}  a:\n    run: x\n    env:\n      ${line}\n`, 'references')).toEqual(['param lr']);
  });

  it('tell contexts apart', () => {
    const text = `${steps}  a:\n    run: \${{ steps.b.outputs.c.path }} \${{ inputs.i }} \${{ outputs.o.path }} \${{ matrix.m }} \${{ env.E }} \${{ secrets.S }} \${{ pipeline.seed }}\n`;
    expect(listed(text, 'references')).toEqual([
      'stepOutput b/c',
      'step b',
      'inputs a/i',
      'stepOutput a/o',
      'matrix a/m',
      'env E',
      'secret S',
    ]);
  });

  it('are found outside of expressions', () => {
    const text = [
      `${steps}  a:\n    uses: ./b.mlops.yaml\n    needs: [b, c]\n    with: {k: 1}\n  b:\n    entrypoint: t.py:main\n    needs: c\n`,
      `${deployment}model: churn@^1.2\nenvironment: "prod"\nstrategy: {canary: {steps: [{analysis: q}]}}\n`,
      `${monitor}alerts: [{when: metrics.lat > 3, channel: [x, 'y']}]\n`,
    ].join('---\n');
    expect(listed(text, 'references')).toEqual([
      'pipelineFile ./b.mlops.yaml',
      'step b',
      'step c',
      'argument a/k',
      'entrypoint t.py:main',
      'step c',
      'model churn',
      'modelVersion churn/^1.2',
      'environment prod',
      'analysis q',
      'metric lat',
      'channel x',
      'channel y',
    ]);
  });
});

describe('an edit', () => {
  const text = `${steps}${Array.from({ length: 40 }, (_, index) => `  s${index}:\n    run: x\n`).join('')}`;

  it('extracts only the unit that it touches', () => {
    const before = parseSource(text);
    const at = text.indexOf('s20:\n    run: ') + 's20:\n    run: '.length;
    const edited = `${text.slice(0, at)}y${text.slice(at)}`;
    const after = updateSource(before, edited, { start: at, oldEnd: at, newEnd: at + 1 });
    const old = fileSymbols(before).documents[0]?.units ?? [];
    const now = fileSymbols(after).documents[0]?.units ?? [];
    expect(now.length).toBe(old.length);
    expect(now.filter((unit, index) => unit.symbols !== old[index]?.symbols).map(({ name }) => name)).toEqual(['s20']);
  });

  it('counts as a change for other files only where they can see it', () => {
    const index = new WorkspaceIndex();
    index.setOpen('file:///a', parseSource(text));
    const { revision } = index;
    index.setOpen('file:///a', parseSource(text.replace('run: x', 'run: y')));
    expect(index.revision).toBe(revision);
    index.setOpen('file:///a', parseSource(text.replace('lr:', 'rate:')));
    expect(index.revision).toBe(revision + 1);
  });
});

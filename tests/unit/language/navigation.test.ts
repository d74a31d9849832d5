import { describe, expect, it } from 'vitest';
import { complete } from '#server/language/features/complete.ts';
import { completeExpression } from '#server/language/features/complete-expression.ts';
import { completeReferences } from '#server/language/features/complete-references.ts';
import { hoverSymbol } from '#server/language/features/hover-symbol.ts';
import { definition, highlights, links, references } from '#server/language/features/navigate.ts';
import { prepareRename, rename } from '#server/language/features/rename.ts';
import type { Location } from '#server/language/features/symbol-at.ts';
import { workspaceSymbols } from '#server/language/features/workspace-symbols.ts';
import { deployment, marked, model, monitor, pipeline, workspace } from './marked.ts';

type Files = Parameters<typeof marked>[0];

/** `file:line text`, lines from 1. */
function shown({ texts }: ReturnType<typeof marked>, locations: readonly Location[]): string[] {
  return locations.map(({ uri, range }) => {
    const line = texts.get(uri)?.split('\n')[range.start.line] ?? '';
    return `${uri.slice('file:///ws/'.length)}:${range.start.line + 1} ${line.slice(range.start.character, range.end.character)}`;
  });
}

const defined = (files: Files) => {
  const place = marked(files);
  return shown(place, definition(place));
};
const referred = (files: Files) => {
  const place = marked(files);
  return shown(place, references(place, { includeDeclaration: true }));
};

const flow = `${pipeline}params:\n  lr: {type: number}\nsteps:\n  a:\n    run: x \${{ params.lr }}\n    outputs:\n      out: {type: model, path: p}\n  b:\n    needs: [a]\n    run: |\n      x\n      \${{ steps.a.outputs.out.path }} \${{ steps['a'].status }}\n`;

/** `flow` with the cursor put before the nth occurrence of a text. */
function cursorAt(text: string, wanted: string, nth = 1): string {
  let at = -1;
  for (let count = 0; count < nth; count++) at = text.indexOf(wanted, at + 1);
  return `${text.slice(0, at)}‸${text.slice(at)}`;
}

describe('definition', () => {
  it.each([
    ['a param', 'lr }}', 'a.mlops.yaml:5 lr'],
    ['a step in needs', 'a]', 'a.mlops.yaml:7 a'],
    ['a step in an expression', 'a.outputs', 'a.mlops.yaml:7 a'],
    ['a step in brackets', "a']", 'a.mlops.yaml:7 a'],
    ['an output', 'out.path', 'a.mlops.yaml:10 out'],
  ])('of %s', (_, wanted, expected) => {
    expect(defined(cursorAt(flow, wanted))).toEqual([expected]);
  });

  it('leads into other files', () => {
    const b = `${pipeline}inputs: {models: {type: model}}\nsteps:\n  c: {run: x, outputs: {o: {type: model, path: p}}}\noutputs:\n  best: \${{ steps.c.outputs.o }}\n`;
    const a = (line: string) =>
      `${pipeline}steps:\n  e:\n    uses: ./sub/b.mlops.yaml\n    with: {models: x}\n  f: {run: "\${{ steps.e.outputs.best }}"}\n`.replace(
        line,
        `‸${line}`,
      );
    expect(defined({ 'a.mlops.yaml': a('best }}'), 'sub/b.mlops.yaml': b })).toEqual(['sub/b.mlops.yaml:8 best']);
    expect(defined({ 'a.mlops.yaml': a('models'), 'sub/b.mlops.yaml': b })).toEqual(['sub/b.mlops.yaml:4 models']);
    expect(defined({ 'a.mlops.yaml': a('./sub'), 'sub/b.mlops.yaml': b })).toEqual(['sub/b.mlops.yaml:3 train']);
    expect(defined({ 'a.mlops.yaml': `${deployment}model: ‸churn@champion\n`, 'm.mlops.yaml': model })).toEqual([
      'm.mlops.yaml:3 churn',
    ]);
    expect(
      defined({
        'a.mlops.yaml': `${deployment}environment: stag‸ing\n`,
        'mlops.yaml': `${workspace}environments: {staging: {}}\n`,
      }),
    ).toEqual(['mlops.yaml:4 staging']);
    expect(
      defined({
        'a.mlops.yaml': `${monitor}alerts: [{when: x, channel: [a, te‸am]}]\n`,
        'mlops.yaml': `${workspace}alerting: {channels: [{name: team, type: vscode}]}\n`,
      }),
    ).toEqual(['mlops.yaml:4 team']);
  });

  it('of a file that is no document of ours is its beginning', () => {
    const place = marked(`${pipeline}steps: {a: {entrypoint: "tra‸in.py:main"}}\n`);
    expect(definition(place).map(({ uri }) => uri)).toEqual(['file:///ws/train.py']);
  });
});

describe('references', () => {
  it('has the definition and all that name it, in expressions too', () => {
    const expected = ['a.mlops.yaml:7 a', 'a.mlops.yaml:12 a', 'a.mlops.yaml:15 a', 'a.mlops.yaml:15 a'];
    expect(referred(cursorAt(flow, 'a:\n    run')).sort()).toEqual([...expected].sort());
    expect(referred(cursorAt(flow, 'a.outputs')).sort()).toEqual([...expected].sort());
  });

  it('finds them in other files', () => {
    const files = {
      'mlops.yaml': `${workspace}environments: {sta‸ging: {}}\n`,
      'a.mlops.yaml': `${deployment}environment: staging\n`,
      'b.mlops.yaml': `${deployment}environment: staging2\n`,
    };
    expect(referred(files)).toEqual(['mlops.yaml:4 staging', 'a.mlops.yaml:5 staging']);
  });

  it('of a secret are those of its name', () => {
    expect(
      referred(`${workspace}monitoring: {prometheus: "\${{ secrets.A‸A }}", grafana: "\${{ secrets.AA }}"}\n`),
    ).toHaveLength(2);
  });

  it('are highlighted in the file', () => {
    const place = marked(cursorAt(flow, 'out.path'));
    expect(highlights(place).map(({ isDefinition }) => isDefinition)).toEqual([true, false]);
  });
});

describe('rename', () => {
  const renamed = (files: Files, name: string) => {
    const place = marked(files);
    const texts = new Map(place.texts);
    const edits = [...rename(place, name)].sort(
      (a, b) => b.range.start.line - a.range.start.line || b.range.start.character - a.range.start.character,
    );
    for (const { uri, range } of edits) {
      const lines = (texts.get(uri) ?? '').split('\n');
      const line = lines[range.start.line] ?? '';
      lines[range.start.line] = line.slice(0, range.start.character) + name + line.slice(range.end.character);
      texts.set(uri, lines.join('\n'));
    }
    return texts.get(place.uri) ?? '';
  };

  it('changes expressions and lists alike', () => {
    const after = renamed(cursorAt(flow, 'a]'), 'prepare');
    expect(after).toContain('  prepare:\n    run');
    expect(after).toContain('needs: [prepare]');
    expect(after).toContain("${{ steps.prepare.outputs.out.path }} ${{ steps['prepare'].status }}");
  });

  it('leaves alone what only has the same name', () => {
    const text = `${pipeline}params: {a: {type: number}}\nsteps:\n  ‸a: {run: "\${{ params.a }}"}\n`;
    expect(renamed(text, 'z')).toContain('params: {a: {type: number}}\nsteps:\n  z: {run: "${{ params.a }}"}');
  });

  it.each([['b'], ['1x'], ['a b'], ['true']])('refuses %s', (name) => {
    expect(() => rename(marked(cursorAt(flow, 'a:\n    run')), name)).toThrow();
  });

  it('is not offered for what is no name of ours', () => {
    expect(prepareRename(marked(cursorAt(flow, 'run: |')))).toBeNull();
    expect(prepareRename(marked(cursorAt(flow, 'lr }}')))?.name).toBe('lr');
  });
});

describe('links and symbols', () => {
  it('link paths to files', () => {
    const place = marked({
      'sub/a.mlops.yaml': `${pipeline}steps:\n  a: {uses: ../b c.mlops.yaml}\n  b: {entrypoint: "train.py:main"}\n---\n${model}signing: {keys: [keys/ci.pub]}\n`,
    });
    expect(links(place).map(({ target }) => target)).toEqual([
      'file:///ws/b%20c.mlops.yaml',
      'file:///ws/sub/train.py',
      'file:///ws/sub/keys/ci.pub',
    ]);
  });

  it('finds definitions in all files by the letters of their names', () => {
    const { index } = marked({ 'a.mlops.yaml': flow, 'mlops.yaml': `${workspace}environments: {staging: {}}\n` });
    expect(workspaceSymbols(index, 'stg').map(({ name, container }) => `${container}/${name}`)).toEqual([
      'churn/staging',
    ]);
    expect(workspaceSymbols(index, 'OUT').map(({ name, container }) => `${container}/${name}`)).toEqual(['a/out']);
  });
});

describe('completion in expressions', () => {
  const labels = (files: Files) => completeExpression(marked(files))?.map(({ label }) => label);
  const base = `${pipeline}params: {lr: {type: number}, mode: {type: string, enum: [fast, exact]}}\nsteps:\n  a:\n    run: x\n    outputs: {out: {type: model, path: p}, m: {type: metrics, path: q}}\n  b:\n    matrix: {depth: [1]}\n    inputs: {i: {type: file}}\n`;

  it.each([
    ['a context', 'run: x ${{ ‸ }}', ['params', 'steps', 'matrix', 'contains']],
    ['a param', 'run: x ${{ params.‸ }}', ['lr', 'mode']],
    ['a param, half-typed', 'run: x ${{ params.l‸ }}', ['lr', 'mode']],
    ['a step', 'run: x ${{ steps.‸ }}', ['a']],
    ['parts of a step', 'run: x ${{ steps.a.‸ }}', ['outputs', 'status']],
    ['outputs', 'run: x ${{ steps.a.outputs.‸ }}', ['out', 'm']],
    ['parts of an output', 'run: x ${{ 1 + steps.a.outputs.out.‸', ['path', 'uri']],
    ['brackets', "run: x ${{ steps['‸'] }}", ['a']],
    ['the matrix', 'run: x ${{ matrix.‸ }}', ['depth']],
    ['inputs', 'run: x ${{ inputs.‸ }}', ['i']],
    ['a block text', 'run: |\n      foo\n      bar ${{ params.‸', ['lr']],
    ['over lines', 'run: >-\n      x ${{\n      params.‸\n      }}', ['lr']],
    ['values that it is compared with', "if: ${{ params.mode == '‸' }}", ['fast', 'exact']],
    ['the status of a step', "if: ${{ steps.a.status == '‸", ['succeeded']],
    ['an argument', 'if: ${{ contains(params.‸, 1) }}', ['lr']],
  ])('offers %s', (_, line, expected) => {
    expect(labels(`${base}    ${line}\n`)).toEqual(expect.arrayContaining(expected));
  });

  it('offers a step all steps but itself, and the pipeline’s outputs all of them', () => {
    expect(labels(`${base}    run: x \${{ steps.‸ }}\n  c: {run: y}\n`)).toEqual(['a', 'c']);
    expect(labels(`${base}    run: x\noutputs: {o: "\${{ steps.‸ }}"}\n`)).toEqual(['a', 'b']);
  });

  it('offers nothing inside of a text, and is silent outside of expressions', () => {
    expect(labels(`${base}    if: \${{ env.A == 'pa‸' }}\n`)).toEqual([]);
    expect(labels(`${base}    run: pa‸\n`)).toBeUndefined();
    expect(labels(`${base}    run: x \${{ 1 }} ‸\n`)).toBeUndefined();
  });

  it('replaces the whole word', () => {
    const item = completeExpression(marked(`${base}    run: x \${{ params.l‸rx }}\n`))?.[0];
    expect(item?.replace).toMatchObject({ start: 22, end: 25 });
  });

  it('shows functions with their arguments', () => {
    const item = completeExpression(marked(`${base}    run: x \${{ rou‸ }}\n`))?.find(({ label }) => label === 'round');
    expect(item).toMatchObject({ detail: 'round(number, digits?)', text: 'round($1)', kind: 'function' });
  });
});

describe('completion of references', () => {
  const folder = new Map([
    [
      'file:///ws/',
      [
        { name: 'b.mlops.yaml', isFolder: false },
        { name: 'train.py', isFolder: false },
        { name: 'sub', isFolder: true },
      ],
    ],
    ['file:///ws/sub/', [{ name: 'c.mlops.yaml', isFolder: false }]],
  ]);
  const labels = async (files: Files) =>
    (await completeReferences(marked(files), async (uri) => folder.get(uri) ?? [])).map(({ label }) => label);
  const root = `${workspace}environments: {staging: {}}\nalerting: {channels: [{name: team, type: vscode}]}\naccess: {roles: {admin: [promote]}}\n`;

  it.each([
    ['needs', `${pipeline}steps:\n  a: {run: x}\n  b:\n    run: y\n    needs: ‸\n`, ['a']],
    ['needs in brackets', `${pipeline}steps:\n  a: {run: x}\n  b:\n    run: y\n    needs: [‸]\n`, ['a']],
    ['needs as a list', `${pipeline}steps:\n  a: {run: x}\n  b:\n    run: y\n    needs:\n      - ‸\n`, ['a']],
    ['environment', `${deployment}environment: ‸\n`, ['staging']],
    ['channel', `${monitor}alerts:\n  - when: x\n    channel: t‸\n`, ['team']],
    [
      'analysis',
      `${deployment}analysis: {quality: {metrics: []}}\nstrategy:\n  blueGreen:\n    analysis: ‸\n`,
      ['quality'],
    ],
    ['roles', `${model}stages:\n  - name: x\n    approvers: [‸]\n`, ['admin']],
    ['uses', `${pipeline}steps:\n  a:\n    uses: ‸\n`, ['./b.mlops.yaml', './sub/']],
    ['uses in a folder', `${pipeline}steps:\n  a:\n    uses: ./sub/‸\n`, ['./sub/c.mlops.yaml']],
    ['entrypoint', `${pipeline}steps:\n  a:\n    entrypoint: tr‸\n`, ['train.py:', 'sub/']],
  ])('offers %s', async (_, text, expected) => {
    expect(await labels({ 'a.mlops.yaml': text, 'mlops.yaml': root })).toEqual(expected);
  });

  it('offers what a used pipeline takes', async () => {
    const files = {
      'a.mlops.yaml': `${pipeline}steps:\n  a:\n    uses: ./b.mlops.yaml\n    with:\n      lr: 1\n      ‸\n`,
      'b.mlops.yaml': `${pipeline}params: {lr: {type: number}, k: {type: integer}}\ninputs: {m: {type: model}}\nsteps: {a: {run: x}}\n`,
    };
    expect(await labels(files)).toEqual(['m', 'k']);
  });

  it('leaves keys to the schema', async () => {
    const place = marked(`${pipeline}steps:\n  a:\n    ‸\n`);
    expect(await completeReferences(place, async () => [])).toEqual([]);
    const source = place.index.get(place.uri)?.symbols.source;
    expect(source && complete(source, place.position).length).toBeGreaterThan(5);
  });
});

describe('hover', () => {
  it('shows the definition of what is named', () => {
    expect(hoverSymbol(marked(cursorAt(flow, 'lr }}')))?.text).toBe(
      '**param** `lr`\n\n```yaml\nlr: {type: number}\n```',
    );
    expect(hoverSymbol(marked(cursorAt(flow, 'out.path')))?.text).toContain('**output** `out` of `a`');
  });

  it('shows the arguments of a function', () => {
    expect(hoverSymbol(marked(`${pipeline}steps: {a: {if: "\${{ cont‸ains('a', 'b') }}", run: x}}\n`))?.text).toContain(
      'contains(search, item)',
    );
  });
});

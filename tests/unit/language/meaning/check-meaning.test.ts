import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkMeaning } from '#server/language/meaning/check-meaning.ts';
import type { FileProvider } from '#server/language/meaning/files.ts';
import type { ModelProvider } from '#server/language/meaning/registered-models.ts';
import { parseSource, updateSource } from '#server/language/syntax/source.ts';
import { deployment, marked, model, monitor, pipeline, workspace } from '../marked.ts';

type Files = Parameters<typeof marked>[0];

/** `code at text`, for the first of the files. */
function found(files: Files, provider?: FileProvider, models?: ModelProvider): string[] {
  const { index, uri, text } = marked(files);
  const file = index.get(uri);
  if (!file) throw new Error('no file');
  const lines = text.split('\n');
  return checkMeaning(file, index, { ...(provider ? { files: provider } : {}), ...(models ? { models } : {}) }).map(
    ({ code, range }) => {
      const line = lines[range.startLine] ?? '';
      const end = range.endLine === range.startLine ? range.endCharacter : line.length;
      return `${code} at ${line.slice(range.startCharacter, end)}`;
    },
  );
}

function diagnostics(files: Files) {
  const { index, uri } = marked(files);
  const file = index.get(uri);
  return file ? checkMeaning(file, index) : [];
}

const params = `${pipeline}params:\n  lr: {type: number, default: 0.1}\n  mode: {type: string, enum: [fast, exact]}\n`;
const used = 'env: {A: "${{ params.lr }}", B: "${{ params.mode }}"}\n';
const producer =
  '  a:\n    run: x\n    outputs:\n      out: {type: dataset, path: p, columns: {n: int64, s: string}}\n      m: {type: metrics, path: q}\n';

describe('names in expressions', () => {
  it.each([
    ['a param', 'params.lrr', 'unknown-param at lrr'],
    ['a step', 'steps.b.status', 'unknown-step at b'],
    ['an output', 'steps.a.outputs.ouut', 'unknown-output at ouut'],
    ['a property of an output', 'steps.a.outputs.out.pat', 'expression-name at pat'],
    ['a property of a step', 'steps.a.stat', 'expression-name at stat'],
    ['an input', 'inputs.x', 'unknown-input at x'],
    ['a matrix key', 'matrix.x', 'unknown-matrix-key at x'],
    ['a context', 'parms.lr', 'expression-name at parms'],
    ['a property of the pipeline', 'pipeline.sed', 'expression-name at sed'],
    ['a function', 'lenght(env.A)', 'expression-function at lenght'],
    ['a name in brackets', "params['lrr']", 'unknown-param at lrr'],
  ])('%s that is not there', (_, expression, expected) => {
    const text = `${params}${used}steps:\n${producer}  c:\n    run: x \${{ ${expression} }} \${{ steps.a.outputs.out.path }}\n`;
    expect(found(text)).toEqual([expected]);
  });

  it('suggests what was meant', () => {
    expect(diagnostics(`${params}${used}steps: {c: {run: "x \${{ params.lrr }}"}}\n`)[0]?.replacements).toEqual(['lr']);
  });

  it('accepts metrics by any name', () => {
    expect(
      found(
        `${params}${used}steps:\n${producer}  c:\n    if: \${{ steps.a.outputs.m.auc > 0.8 }}\n    run: x \${{ steps.a.outputs.out }}\n`,
      ),
    ).toEqual([]);
  });

  it('lets a step use outputs of a step in finally only in finally', () => {
    const text = `${pipeline}steps:\n  a:\n    run: x \${{ steps.r.status }}\nfinally:\n  r: {run: y}\n  s: {run: "\${{ steps.r.status }} \${{ steps.a.status }}"}\n`;
    expect(found(text)).toEqual(['unknown-step at r']);
  });

  it.each([
    ['the steps can’t be read', `${pipeline}steps:\n  a:\n    run: x \${{ steps.b.outputs.c }}\n  b: {run: [\n`],
    ['keys are merged in', `${pipeline}steps:\n  a:\n    run: x \${{ steps.b.outputs.c }}\n  <<: *others\n`],
    ['a step is an alias', `${pipeline}steps:\n  a:\n    run: x \${{ steps.b.outputs.c }}\n  b: *other\n`],
    [
      'a line that is no key parts the steps',
      `${pipeline}steps:\n  a:\n    run: x \${{ steps.b.outputs.c }}\nx   c:\n  b: {run: "\${{ steps.a.status }} \${{ params.z }}"}\n`,
    ],
    [
      'the pipeline used is not known',
      `${pipeline}steps:\n  a:\n    run: x \${{ steps.b.outputs.c }}\n  b: {uses: ./other.mlops.yaml}\n`,
    ],
  ])('says nothing where %s', (_, text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('types of expressions', () => {
  it.each([
    ['params.lr == "a"', ['expression-type at params.lr == "a"']],
    ["params.mode == 'fst'", ['expression-type at fst']],
    ["steps.a.status == 'succeeded'", []],
    ["steps.a.status == 'succeded'", ['expression-type at succeded']],
    ['params.lr < true', ['expression-type at true']],
    ["params.lr < 'a'", ["expression-type at params.lr < 'a'"]],
    ["params.lr + 'a'", []],
    ["params.lr * 'a'", ["expression-type at 'a'"]],
    ['contains(params.mode)', ['expression-function at contains(params.mode)']],
    ['round(params.mode, 2)', ['expression-type at params.mode']],
    ['min(1, 2, params.lr)', []],
    ["format('{0} {1}', 1)", ["expression-function at '{0} {1}'"]],
    ["join(steps.a.outputs.out[*].path, ' ')", []],
    ['env.A == 3', ['expression-type at env.A == 3']],
    ['fromJSON(env.A).x[0] == 3', []],
    ['success() && params.lr > 0.5 || always()', []],
    ['-params.mode', ['expression-type at params.mode']],
  ])('%s', (expression, expected) => {
    const text = `${params}${used}steps:\n${producer}  c:\n    run: |\n      x \${{ steps.a.outputs.out }}\n      \${{ ${expression} }}\n`;
    expect(found(text)).toEqual(expected);
  });
});

describe('references outside of expressions', () => {
  it('to steps', () => {
    expect(found(`${pipeline}steps:\n  a: {run: x, needs: [b, c]}\n  b: {run: x}\n`)).toEqual(['unknown-step at c']);
  });

  it('to environments and channels of the Workspace document in sight', () => {
    const root = `${workspace}environments: {staging: {}}\nalerting: {channels: [{name: team, type: vscode}]}\n`;
    const file = `${deployment}model: churn@champion\nenvironment: stagin\n---\n${monitor}alerts: [{when: drift.share > 1, channel: [team, tem]}]\n`;
    expect(found({ 'sub/a.mlops.yaml': file, 'mlops.yaml': root })).toEqual([
      'unknown-environment at stagin',
      'unknown-channel at tem',
    ]);
    expect(found({ 'sub/a.mlops.yaml': file })).toEqual([]);
    expect(found({ 'sub/a.mlops.yaml': file, 'other/mlops.yaml': root })).toEqual([]);
    expect(found({ 'sub/a.mlops.yaml': file, 'mlops.yaml': `${root}environments: {<<: *x}\n` })).not.toContain(
      'unknown-environment at stagin',
    );
  });

  it('to analyses, detectors, metrics, roles and stages', () => {
    expect(
      found(
        `${deployment}model: a@b\nanalysis: {quality: {metrics: []}}\nstrategy: {canary: {steps: [{analysis: qualty}, {weight: 100}]}}\n`,
      ),
    ).toEqual(['unknown-analysis at qualty']);
    expect(found(`${monitor}drift: {detectors: {own: {run: x}}, columns: {a: {detector: onw}}}\n`)).toEqual([
      'unknown-detector at onw',
    ]);
    expect(
      found(`${monitor}metrics: [{name: latency, query: up}]\nalerts: [{when: metrics.latenc > 3, channel: x}]\n`),
    ).toEqual(['unknown-metric at latenc']);
    expect(found(`${workspace}access: {roles: {admin: [promote]}, members: [{name: a, role: admn}]}\n`)).toEqual([
      'unknown-role at admn',
    ]);
    expect(
      found({
        'mlops.yaml': `${workspace}environments: {p: {stage: prod}}\n`,
        'm.mlops.yaml': `${model}stages: [{name: production}]\n`,
      }),
    ).toEqual(['unknown-stage at prod']);
  });

  it('to params and inputs of the pipeline that is used', () => {
    const files = {
      'a.mlops.yaml': `${pipeline}steps:\n  e:\n    uses: ./b.mlops.yaml\n    with: {metrc: auc}\n  f: {run: "\${{ steps.e.outputs.best.path }} \${{ steps.e.outputs.bst }}"}\n`,
      'b.mlops.yaml': `${pipeline}params: {metric: {type: string, default: auc}, k: {type: integer}}\nsteps:\n  c:\n    run: x \${{ params.metric }}\n    outputs: {o: {type: model, path: p}}\noutputs: {best: "\${{ steps.c.outputs.o }}"}\n`,
    };
    expect(found(files)).toEqual([
      'unknown-argument at metrc',
      'missing-argument at ./b.mlops.yaml',
      'unknown-output at bst',
    ]);
  });
});

describe('data flow', () => {
  it('compares types and columns at the consumer and points at the producer', () => {
    const text = `${pipeline}steps:\n${producer}  b:\n    run: x\n    inputs:\n      i:\n        type: dataset\n        path: \${{ steps.a.outputs.out }}\n        columns:\n          n: float64\n          z: string\n      j: {type: model, path: "\${{ steps.a.outputs.m.path }}"}\n`;
    expect(found(text)).toEqual(['artifact-columns at n', 'artifact-columns at z', 'artifact-type at model']);
    const [first] = diagnostics(text);
    expect(first?.related[0]?.message).toBe('`n` is int64 here.');
    expect(text.split('\n')[first?.related[0]?.range.startLine ?? 0]).toContain('n: int64');
  });

  it('follows an output through the pipeline that is used, into another file', () => {
    const files = {
      'a.mlops.yaml': `${pipeline}steps:\n  e: {uses: ./b.mlops.yaml}\n  r:\n    register: {model: "\${{ steps.e.outputs.best }}", name: churn}\n`,
      'b.mlops.yaml': `${pipeline}steps:\n  c:\n    run: x\n    outputs: {o: {type: dataset, path: p}}\noutputs: {best: "\${{ steps.c.outputs.o }}"}\n`,
    };
    expect(found(files)).toEqual(['artifact-type at steps.e.outputs.best']);
    expect(diagnostics(files)[0]?.related[0]?.uri).toBe('file:///ws/b.mlops.yaml');
  });

  it('finds circles by needs and by outputs, once', () => {
    const text = `${pipeline}steps:\n  a: {run: x, needs: [c]}\n  b: {run: "\${{ steps.a.status }}"}\n  c: {run: x, needs: b}\n  d: {run: x, needs: [d]}\n`;
    expect(found(text)).toEqual(['step-cycle at c', 'step-cycle at d']);
    expect(diagnostics(text)[0]?.message).toBe('These steps wait for each other: `a` → `c` → `b` → `a`.');
    expect(diagnostics(text)[0]?.related).toHaveLength(2);
  });

  it('tells of params and outputs that nobody uses', () => {
    expect(found(`${params}steps:\n${producer}  b: {run: "\${{ params.lr }}"}\n`)).toEqual([
      'unused-param at mode',
      'unused-output at out',
    ]);
    expect(
      found(`${params}steps:\n${producer}  b: {run: "\${{ toJSON(params) }} \${{ toJSON(steps.a.outputs) }}"}\n`),
    ).toEqual([]);
  });
});

describe('values', () => {
  it.each([
    ['cron', `${monitor}schedule: "0 25 * * *"\n`, ['cron-schedule at "0 25 * * *"']],
    ['cron that never fires', `${monitor}schedule: "0 0 30 2 *"\n`, ['cron-schedule at "0 0 30 2 *"']],
    [
      'cron with seconds, names and nicknames',
      `${monitor}schedule: "30 0 3 * * MON-FRI"\n---\n${monitor}schedule: "@daily"\n`,
      [],
    ],
    ['PromQL', `${monitor}metrics: [{name: a, query: "sum(rate(x[5m])"}]\n`, ['promql-syntax at )']],
    [
      'PromQL with expressions',
      `${monitor}metrics:\n  - name: a\n    query: >-\n      sum(rate(x{v="\${{ version }}"}[5m]))\n      / \${{ model.version }}\n`,
      [],
    ],
    [
      'PromQL in a block',
      `${monitor}metrics:\n  - name: a\n    query: |\n      sum(\n        rate(x[5m] by\n      )\n`,
      ['promql-syntax at by'],
    ],
    ['version ranges', `${deployment}model: churn@^1.x.y.z\n`, ['model-version at ^1.x.y.z']],
    [
      'versions, ranges and aliases',
      ['1.2.0', '^1.2', '"a@>=1 <2"', 'champion', '3']
        .map((version) => `${deployment}model: ${version.includes('@') ? version : `churn@${version}`}\n`)
        .join('---\n'),
      [],
    ],
    [
      'images',
      `${deployment.replace('churn:1.0.0', 'Churn:1')}model: a@b\n`,
      ['image-reference at ghcr.io/example/Churn:1'],
    ],
    [
      'weights that go down',
      `${deployment}model: a@b\nstrategy: {canary: {steps: [{weight: 50}, {weight: 20}, {weight: 100}]}}\n`,
      ['canary-weights at 20'],
    ],
    [
      'weights that end before all',
      `${deployment}model: a@b\nstrategy: {canary: {steps: [{weight: 50}]}}\n`,
      ['canary-weights at 50'],
    ],
    [
      'defaults',
      `${pipeline}params:\n  a: {type: number, default: 3, maximum: 1}\n  b: {type: string, default: z, enum: [x, y]}\n  c: {type: number, minimum: 3, maximum: 1}\n  d: {type: string, default: z, pattern: "^a"}\nsteps: {s: {run: "\${{ toJSON(params) }}"}}\n`,
      ['param-default at 3', 'param-default at z', 'param-default at 3', 'param-default at z'],
    ],
  ])('%s', (_, text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it('warn of weights that go down, and only hint at those that end early', () => {
    const severities = (steps: string) =>
      diagnostics(`${deployment}model: a@b\nstrategy: {canary: {steps: [${steps}]}}\n`).map(({ severity }) => severity);
    expect(severities('{weight: 50}, {weight: 20}, {weight: 100}')).toEqual(['warning']);
    expect(severities('{weight: 50}')).toEqual(['hint']);
  });

  it('files, where it is known that they are not there', () => {
    const there = new Set(['file:///ws/train.py', 'file:///ws/sub/other.py']);
    const text = `${pipeline}steps:\n  a: {entrypoint: "train.py:main"}\n  b: {entrypoint: "tran.py:main"}\n  c: {entrypoint: "other.py:main", workingDirectory: sub}\n  d: {entrypoint: "pkg.mod:main"}\n  e: {uses: ./gone.mlops.yaml}\n`;
    expect(found(text, { exists: (uri) => there.has(uri) })).toEqual([
      'missing-file at "tran.py:main"'.replaceAll('"', ''),
      'missing-file at ./gone.mlops.yaml',
    ]);
    expect(found(text, { exists: () => undefined })).toEqual([]);
  });
});

describe('the examples', () => {
  const folder = join(import.meta.dirname, '../../../../docs/examples/churn');
  const files = Object.fromEntries(
    readdirSync(folder)
      .filter((name) => /(?:^|\.)mlops\.ya?ml$/.test(name))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );

  it.each(Object.keys(files))('%s has nothing to tell but hints', (name) => {
    const { index } = marked(files);
    const file = index.get(`file:///ws/${name}`);
    expect(file && checkMeaning(file, index).filter(({ severity }) => severity !== 'hint')).toEqual([]);
  });
});

describe('what is kept', () => {
  it('is told anew when a step that it looked at changes', () => {
    const text = `${pipeline}steps:\n${producer}  b: {run: "\${{ steps.a.outputs.out.path }}"}\n`;
    const { index, uri } = marked(text);
    const check = (content: string) => {
      const file = index.setOpen(uri, updated(content));
      return checkMeaning(file, index).map(({ code }) => code);
    };
    let source = parseSource(text);
    const updated = (content: string) => {
      source = updateSource(source, content, editBetween(source.text, content));
      return source;
    };
    expect(check(text)).toEqual([]);
    expect(check(text.replace('out:', 'oux:'))).toContain('unknown-output');
    expect(check(text)).toEqual([]);
    expect(check(text.replace('steps:\n', 'steps:\n  # moved\n'))).toEqual([]);
  });
});

function editBetween(before: string, after: string) {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  return { start, oldEnd: before.length - end, newEnd: after.length - end };
}

describe('versions of registered models', () => {
  const registered = [
    { name: 'churn', versions: ['2.0.0-rc.1', '1.2.0', '1.0.0'], aliases: [{ name: 'champion', version: '1.2.0' }] },
  ];
  const named = (reference: string, models: ModelProvider['models'] = () => registered) =>
    found(
      `${monitor}model: ${reference}\ndrift: {reference: a.csv, current: b.csv}\n`,
      { exists: () => true },
      { models },
    ).filter((line) => line.startsWith('unknown-model-version'));

  it.each(['churn@1.2.0', 'churn@champion', 'churn@^1', 'churn@latest', '"churn@1.0.0"', 'churn@>=2.0.0-rc.1'])(
    'that are there are fine: %s',
    (reference) => expect(named(reference)).toEqual([]),
  );

  it.each([
    ['churn@1.3.0', '1.3.0'],
    ['churn@champoin', 'champoin'],
    ['"churn@^2"', '^2'],
  ])('that are not there are told of at their place: %s', (reference, place) => {
    expect(named(reference)).toEqual([`unknown-model-version at ${place}`]);
  });

  it('are left alone where the registry does not say, or does not know the model', () => {
    expect(named('churn@9.9.9', () => null)).toEqual([]);
    expect(named('fraud@9.9.9')).toEqual([]);
    expect(named('churn@')).toEqual([]);
  });

  it('come with what was meant', () => {
    const { index, uri } = marked(`${monitor}model: churn@champoin\n`);
    const file = index.get(uri);
    const [finding] = file
      ? checkMeaning(file, index, { models: { models: () => registered } }).filter(
          ({ code }) => code === 'unknown-model-version',
        )
      : [];
    expect(finding?.message).toBe(
      'The registry has no `churn@champoin`; it has champion (1.2.0), 2.0.0-rc.1, 1.2.0, 1.0.0.',
    );
    expect(finding?.replacements).toEqual(['champion']);
  });
});

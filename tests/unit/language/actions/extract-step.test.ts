import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CodeAction } from '#server/language/features/actions/action.ts';
import { extractStep } from '#server/language/features/actions/extract-step.ts';
import { type Marked, marked, pipeline, uriOf } from '../marked.ts';
import { filesAfter, problemsIn } from './applied.ts';

function extracted(workspace: Marked): CodeAction | undefined {
  const { index, uri, position } = workspace;
  const file = index.get(uri);
  const document = file?.symbols.documents.find(
    ({ document: { firstLine, endLine } }) => position.line >= firstLine && position.line < endLine,
  );
  return file && document && extractStep({ index, file, document }, position.line)[0];
}

/** The files after the step at the cursor was extracted. */
function afterwards(files: string | Readonly<Record<string, string>>): Record<string, string> | null {
  const workspace = marked(files);
  const action = extracted(workspace);
  return action ? filesAfter(workspace, action) : null;
}

function expectNothingNew(files: string | Readonly<Record<string, string>>): Record<string, string> {
  const workspace = marked(files);
  const action = extracted(workspace);
  expect(action).toBeDefined();
  const result = action ? filesAfter(workspace, action) : {};
  const before = problemsIn(Object.fromEntries(workspace.texts));
  expect(problemsIn(result).filter((each) => !before.includes(each))).toEqual([]);
  return result;
}

describe('extract a step into a pipeline of its own', () => {
  const text = `${pipeline}params:
  lr: {type: number, default: 0.1}
steps:
  prepare:
    run: python prepare.py
    outputs: {data: {type: dataset, path: work/data}}
  # learns
  tr‸ain: # slow
    needs: [prepare]
    # one a depth
    matrix: {depth: [3, 5]}
    # what it calls
    entrypoint: train.py:main
    with:
      data: \${{ steps.prepare.outputs.data.path }}
      lr: \${{ params.lr }} # step size
      depth: \${{ matrix.depth }}
    outputs:
      model: {type: model, path: "work/model-\${{ matrix.depth }}"}
    timeout: 30m
  evaluate:
    run: python evaluate.py \${{ steps.train.outputs.model[*] }}
`;

  it('leaves when and how often it runs, and moves what it does with what that needs', () => {
    const result = afterwards(text);
    expect(result?.[uriOf('a.mlops.yaml')]).toBe(
      text.replace('‸', '').replace(
        /matrix: \{depth: \[3, 5\]\}\n[\s\S]*timeout: 30m\n/,
        `matrix: {depth: [3, 5]}
    uses: ./train.mlops.yaml
    with:
      data: \${{ steps.prepare.outputs.data }}
      lr: \${{ params.lr }}
      depth: \${{ matrix.depth }}
`,
      ),
    );
    expect(result?.[uriOf('train.mlops.yaml')]).toBe(`apiVersion: mlops/v1
kind: Pipeline
metadata:
  name: train-train
params:
  lr:
    type: number
    default: 0.1
  depth:
    type: integer
inputs:
  data:
    type: dataset
outputs:
  model: \${{ steps.train.outputs.model }}
steps:
  train:
    # what it calls
    entrypoint: train.py:main
    with:
      data: \${{ inputs.data.path }}
      lr: \${{ params.lr }} # step size
      depth: \${{ params.depth }}
    outputs:
      model: {type: model, path: "work/model-\${{ params.depth }}"}
    timeout: 30m
`);
    expectNothingNew(text);
  });

  const shapes: Readonly<Record<string, string>> = {
    'a block of text with comments in it':
      'a:\n    run: |\n      # not a comment\n      python a.py --lr ${{ params.lr }}\n\n      echo done\n    shell: bash\n',
    'a deeper indentation': 'a:\n        run: x ${{ params.lr }}\n        env: {A: "1"}\n',
    'one name for two things':
      'a:\n    run: x ${{ steps.p.outputs.lr.path }} ${{ params.lr }} ${{ inputs.lr.path }}\n    inputs: {lr: {type: file, path: x}}\n',
    'metrics of another step': 'a:\n    run: x ${{ steps.p.outputs.scores.auc + 1 }}\n',
    'all outputs of a matrix': 'a:\n    run: x ${{ steps.m.outputs.d[*] }} ${{ steps.m.outputs.d[*] }}\n',
    'a list at its key’s column': 'a:\n    secrets:\n    - TOKEN\n    run: x ${{ params.lr }}\n',
    'a condition on another step': 'a:\n    if: ${{ steps.p.outputs.scores.auc > 0.5 }}\n    run: x ${{ params.lr }}\n',
    'an input of the pipeline': 'a:\n    run: x ${{ inputs.raw.path }} ${{ params.lr }}\n',
  };
  const around = (step: string) => `${pipeline}seed: 42
env: {TZ: UTC}
inputs: {raw: {type: dataset}}
params: {lr: {type: number, default: 0.1}}
steps:
  p:
    run: p \${{ inputs.raw.path }} \${{ params.lr }}
    outputs: {lr: {type: file, path: a}, scores: {type: metrics, path: b}}
  m:
    run: m \${{ matrix.k }}
    matrix: {k: [1, 2]}
    outputs: {d: {type: dataset, path: "d-\${{ matrix.k }}"}}
  ‸${step}  last: {run: z}
`;

  it.each(Object.entries(shapes))('gives no new problem for %s', (_, step) => {
    expectNothingNew(around(step));
    expectNothingNew(around(step).replaceAll('\n', '\r\n'));
  });

  it('keeps line breaks', () => {
    const result = afterwards(around(shapes['a deeper indentation'] ?? '').replaceAll('\n', '\r\n'));
    for (const each of Object.values(result ?? {})) expect(each.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('takes another name where there is such a file', () => {
    const result = afterwards({
      'a.mlops.yaml': around(shapes['a deeper indentation'] ?? ''),
      'a-2.mlops.yaml': '',
      'other.mlops.yaml': '',
    });
    expect(Object.keys(result ?? {})).toContain(uriOf('a-3.mlops.yaml'));
  });

  it.each([
    ['a pipeline that is used already', 'a:\n    uses: ./b.mlops.yaml\n'],
    ['braces', 'a: {run: x}\n'],
    ['an alias', 'a:\n    run: x\n    env: *e\n'],
    ['the pipeline’s name', 'a:\n    run: x ${{ pipeline.name }}\n'],
    ['the state of another step', 'a:\n    run: x ${{ steps.p.status }}\n'],
    ['an output that is not there', 'a:\n    run: x ${{ steps.p.outputs.nothing }}\n'],
    ['an expression that can’t be read', 'a:\n    run: x ${{ params. }}\n'],
  ])('is not offered for %s', (_, step) => {
    expect(afterwards(around(step))).toBeNull();
  });

  it('is offered at a step’s name alone', () => {
    expect(afterwards(text.replace('‸', '').replace('needs', 'ne‸eds'))).toBeNull();
  });

  it('gives no new problem for any step of the example', () => {
    const folder = join(import.meta.dirname, '../../../../docs/examples/churn');
    const files = Object.fromEntries(
      readdirSync(folder)
        .filter((name) => /mlops\.yaml$/.test(name))
        .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );
    let tried = 0;
    for (const [name, content] of Object.entries(files)) {
      for (const step of content.matchAll(/^ {2}(?=\w+:$)/gm)) {
        const cursor = `${content.slice(0, step.index + 2)}‸${content.slice(step.index + 2)}`;
        const workspace = {
          [name]: cursor,
          ...Object.fromEntries(Object.entries(files).filter(([each]) => each !== name)),
        };
        if (afterwards(workspace) === null) continue;
        tried++;
        expectNothingNew(workspace);
      }
    }
    expect(tried).toBeGreaterThanOrEqual(4);
  });
});

import { describe, expect, it } from 'vitest';
import { createFile } from '#server/language/features/actions/create-file.ts';
import { checkMeaning } from '#server/language/meaning/check-meaning.ts';
import { marked, model, monitor, pipeline, uriOf } from '../marked.ts';
import { filesAfter, problemsIn } from './applied.ts';

function created(text: string): { uri: string; text: string } | null {
  const workspace = marked(text);
  const { index, uri } = workspace;
  const file = index.get(uri);
  const document = file?.symbols.documents[0];
  if (!file || !document) return null;
  const problem = checkMeaning(file, index, { files: { exists: () => false } }).find(
    ({ code }) => code === 'missing-file',
  );
  const [action] = problem ? createFile({ index, file, document }, problem) : [];
  expect(action?.edits ?? []).toEqual([]);
  return action?.newFiles?.[0] ?? null;
}

describe('create the file that is missing', () => {
  it('writes a function with the arguments of the step', () => {
    const text = `${pipeline}steps:\n  a:\n    entrypoint: src/train.py:fit\n    with: {data: x, depth: 3}\n`;
    expect(created(text)).toEqual({
      uri: uriOf('src/train.py'),
      text: 'def fit(data, depth):\n    raise NotImplementedError\n',
    });
  });

  it('writes a pipeline that takes what the step gives, and gives what others take', () => {
    const text = `${pipeline}steps:
  p:
    run: p
    outputs: {d: {type: dataset, path: d}}
  a:
    uses: ./sub/Evaluate it.mlops.yaml
    with: {data: "\${{ steps.p.outputs.d }}", depth: 3, name: n}
  b:
    run: x \${{ steps.a.outputs.scores }}
`;
    const file = created(text);
    expect(file?.uri).toBe(uriOf('sub/Evaluate%20it.mlops.yaml'));
    expect(file?.text).toBe(`apiVersion: mlops/v1
kind: Pipeline
metadata:
  name: evaluate-it
params:
  depth:
    type: integer
  name:
    type: string
inputs:
  data:
    type: dataset
outputs:
  scores: \${{ steps.main.outputs.scores }}
steps:
  main:
    run: python main.py --depth \${{ params.depth }} --name \${{ params.name }} --data \${{ inputs.data.path }}
    outputs:
      scores:
        type: file
        path: work/scores
`);
    const workspace = marked(text);
    const files = filesAfter(workspace, { title: '', edits: [], preferred: false, newFiles: file ? [file] : [] });
    expect(problemsIn(files)).toEqual([]);
  });

  it('is not offered for data', () => {
    expect(created(`${monitor}drift: {reference: data/train.parquet, current: b.parquet}\n`)).toBeNull();
    expect(created(`${model}`)).toBeNull();
  });
});

import { expect, it } from 'vitest';
import { flatPairs, prettyJson, schemaColumns } from '#webviews/run/dataset-schema.ts';
import { lineNumbers } from '#webviews/run/line-numbers.ts';
import { matchingEntries } from '#webviews/run/matching-entries.ts';
import { sparkHeight, sparkPath, sparkWidth } from '#webviews/shared/spark-path.ts';

it.each([
  ['one line', '1'],
  ['a\nb', '1\n2'],
  ['a\r\nb\r\n', '1\n2'],
  ['\n', '1'],
])('numbers the lines of %j', (text, numbers) => {
  expect(lineNumbers(text)).toBe(numbers);
});

it('finds params by key and value', () => {
  const entries = [
    ['model', 'forest'],
    ['depth', '7'],
  ] as const;
  expect(matchingEntries(entries, 'FOREST mod')).toEqual([['model', 'forest']]);
  expect(matchingEntries(entries, '')).toHaveLength(2);
});

it('draws a course within its box, with a gap where a value is not finite', () => {
  expect(sparkPath([0, 10], [1, 3])).toBe(`M0.0 ${sparkHeight - 2}.0L${sparkWidth}.0 2.0`);
  expect(sparkPath([0, 1, 2, 3], [1, Number.NaN, 2, 1]).match(/M/g)).toHaveLength(2);
  expect(sparkPath([5], [1])).toMatch(/^M60\.0 9\.0h0$/);
  expect(sparkPath([], [])).toBe('');
  expect(sparkPath([1, 2], [Number.NaN, Number.POSITIVE_INFINITY])).toBe('');
});

it('reads the columns of MLflow’s schema', () => {
  const text = JSON.stringify({
    mlflow_colspec: [
      { type: 'long', name: 'tenure', required: true },
      { type: 'string' },
      { name: 'pixels', type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1, 28] } },
    ],
  });
  expect(schemaColumns(text)).toEqual([
    { name: 'tenure', type: 'long', required: true },
    { name: 'column 2', type: 'string', required: null },
    { name: 'pixels', type: 'float32 [-1, 28]', required: null },
  ]);
});

it.each(['', 'not JSON', '[]', '{"other": 1}', '{"mlflow_colspec": [1]}'])('leaves %j as it is', (text) => {
  expect(schemaColumns(text)).toBeNull();
});

it('takes apart a profile and a source of two levels, and nothing deeper', () => {
  expect(flatPairs('{"num_rows": 7, "note": null}')).toEqual([
    ['num_rows', '7'],
    ['note', 'null'],
  ]);
  expect(flatPairs('{"tags": {"mlflow.source.name": "train.py"}, "features": {"rows": 3}}')).toEqual([
    ['mlflow.source.name', 'train.py'],
    ['features.rows', '3'],
  ]);
  expect(flatPairs('{"rows": {"a": [1]}}')).toBeNull();
});

it('writes a schema that it does not know a line for each part', () => {
  expect(prettyJson('{"mlflow_tensorspec":{"targets":null}}')).toBe(
    '{\n  "mlflow_tensorspec": {\n    "targets": null\n  }\n}',
  );
  expect(prettyJson('not JSON')).toBe('not JSON');
});

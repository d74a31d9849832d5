import { describe, expect, it } from 'vitest';
import { pipeline, workspace } from '../marked.ts';
import { fixed, problemsIn } from './applied.ts';

const completed = (text: string) => fixed(text, 'schema-missing-key', 'Add the ');

describe('add missing keys', () => {
  it('adds below the last key of a mapping, past what is nested and before what follows', () => {
    const text = `${pipeline}steps:\n  a:\n    run: x\n    outputs:\n      d:\n        type: dataset # kept\n        columns:\n          a: int64\n        # about e\n\n      e: {path: a, type: file}\n`;
    expect(completed(text)).toBe(
      text.replace('          a: int64\n', '          a: int64\n        path: work/train.parquet\n'),
    );
  });

  it('adds within braces', () => {
    const text = `${pipeline}steps:\n  a: {run: x, outputs: {d: {type: dataset}}} # kept\n`;
    expect(completed(text)).toBe(text.replace('dataset}', 'dataset, path: work/train.parquet}'));
  });

  it('adds within braces over several lines and with a comma at the end', () => {
    const text = `${pipeline}steps:\n  a:\n    run: x\n    outputs: {\n      d: {\n        type: dataset,\n      }\n    }\n`;
    expect(completed(text)).toBe(text.replace('dataset,', 'dataset, path: work/train.parquet'));
  });

  it('adds to an item of a list, whose keys stand behind the dash', () => {
    const text = `${workspace}tracking:\n  - name: local\n    backend: mlflow\n  - name: b\n    uri: x\n`;
    expect(completed(text)).toBe(text.replace('mlflow\n', 'mlflow\n    uri: sqlite:///mlflow.db\n'));
  });

  it('adds to a document what it lacks, before the next document', () => {
    const text = `apiVersion: mlops/v1\nkind: Pipeline\n# the end\n---\n${workspace}`;
    expect(completed(text)).toBe(
      `apiVersion: mlops/v1\nkind: Pipeline\nmetadata:\n  name: churn\nsteps:\n  prepare:\n    run: python prepare.py\n# the end\n---\n${workspace}`,
    );
  });

  it('writes the file’s own line breaks', () => {
    const text =
      `${pipeline}params:\n  lr:\n    default: 1.5\nsteps: {a: {run: x --lr \${{ params.lr }}}}\n`.replaceAll(
        '\n',
        '\r\n',
      );
    expect(completed(text)).toBe(text.replace('1.5\r\n', '1.5\r\n    type: number\r\n'));
  });

  it('gives an empty value the keys that it needs', () => {
    const text = `apiVersion: mlops/v1\nkind: Workspace\nmetadata: # who we are\ntracking: []`;
    expect(fixed(text, 'schema-type', 'Add the ')).toBe(
      `apiVersion: mlops/v1\nkind: Workspace\nmetadata: # who we are\n  name: churn\ntracking: []`,
    );
  });

  it.each([
    ['number', '1'],
    ['number', '0.5'],
    ['boolean', 'true'],
    ['string', 'auc'],
  ])('takes the alternative, %s, that fits a default of %s', (type, value) => {
    expect(completed(`${pipeline}params: {a: {default: ${value}}}\nsteps: {s: {run: x}}\n`)).toContain(
      `{default: ${value}, type: ${type}}`,
    );
  });

  it('leaves nothing missing, whatever a document lacks', () => {
    for (const kind of ['Workspace', 'Pipeline', 'Deployment', 'Monitor', 'Model']) {
      const text = `apiVersion: mlops/v1\nkind: ${kind}\n`;
      const problems = problemsIn({ 'a.mlops.yaml': completed(text) ?? '' });
      expect(problems.filter((each) => /^(?:schema|yaml|document)/.test(each))).toEqual([]);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { summarize } from '#server/language/summarize.ts';

function pythonOf(steps: string): readonly string[] {
  const text = `apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: p}\nsteps:\n${steps}`;
  return summarize('file:///w/p.mlops.yaml', text).python;
}

describe('the summary of a file', () => {
  it('names the Python that its steps may mean, from its folder', () => {
    expect(pythonOf('  a: {entrypoint: "train.py:main"}\n')).toEqual(['train.py']);
    expect(pythonOf('  a: {entrypoint: "lib.train:main"}\n')).toEqual(['lib/train.py', 'lib/train/__init__.py']);
    expect(
      pythonOf('  a:\n    run: |\n      echo x\n      python step.py --n 1\n  b: {run: python step.py}\n'),
    ).toEqual(['step.py']);
  });

  it('names none where none is called, or where it lies elsewhere', () => {
    expect(pythonOf('  a: {run: make}\n')).toEqual([]);
    expect(pythonOf('  a: {run: python /opt/step.py}\n')).toEqual([]);
  });
});

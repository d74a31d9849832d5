import { expect, it } from 'vitest';
import { completePython } from '#server/language/python/complete-python.ts';
import { hoverPython } from '#server/language/python/hover-python.ts';
import { parseSource } from '#server/language/syntax/source.ts';
import { marked } from '../marked.ts';
import { head, pythonModules, yamlUri } from './python-workspace.ts';

const python = [
  'def main(rows: int, *, rate: float = 0.1, out=None) -> dict[str, float]:',
  '    """Train a model.',
  '',
  '    Rows are those of the table.',
  '    """',
  '    return {}',
  '',
  'def _own():',
  '    pass',
  '',
  'async def score():',
  '    pass',
].join('\n');

function at(yaml: string) {
  const { text, position } = marked(head + yaml);
  const modules = pythonModules({ 'train.py': python, 'src/pkg/job.py': 'def run(): pass\n' });
  return { source: parseSource(text), uri: yamlUri, position, modules };
}

const labels = async (yaml: string) =>
  (await completePython(at(yaml))).sort((a, b) => (a.sort < b.sort ? -1 : 1)).map(({ label }) => label);

it('offers the functions of the file behind the colon of an entrypoint, those of its own last', async () => {
  expect(await labels('steps:\n  a:\n    entrypoint: train.py:‸\n')).toEqual(['main', 'score', '_own']);
  expect(await labels('steps:\n  a: {entrypoint: train.py:‸}\n')).toEqual(['main', 'score', '_own']);
});

it('replaces what is typed of the name and nothing else', async () => {
  const [main] = await completePython(at('steps:\n  a:\n    entrypoint: train.py:ma‸\n'));
  expect(main).toMatchObject({ text: 'main', replace: { line: 5, start: 25, end: 27 } });
});

it('finds modules with dots, also in the folder of the step', async () => {
  expect(await labels('steps:\n  a:\n    entrypoint: src.pkg.job:‸\n')).toEqual(['run']);
  expect(await labels('steps:\n  a:\n    workingDirectory: src\n    entrypoint: pkg.job:‸\n')).toEqual(['run']);
});

it('offers the parameters that are not given yet, those that are needed first', async () => {
  const step = 'steps:\n  a:\n    entrypoint: train.py:main\n    with:\n      ';
  expect(await labels(`${step}‸\n`)).toEqual(['rows', 'rate', 'out']);
  expect(await labels(`${step}rows: 1\n      ‸\n`)).toEqual(['rate', 'out']);
  const [rows, rate, out] = await completePython(at(`${step}‸\n`));
  expect([rows?.detail, rate?.detail, out?.detail]).toEqual(['int, required', 'float = 0.1', 'parameter = None']);
});

it('offers nothing for a file that is not there, and nothing elsewhere', async () => {
  expect(await labels('steps:\n  a:\n    entrypoint: other.py:‸\n')).toEqual([]);
  expect(await labels('steps:\n  a:\n    ‸entrypoint: train.py:main\n')).toEqual([]);
});

it('shows the head and the docstring of the function of an entrypoint', async () => {
  const found = await hoverPython(at('steps:\n  a:\n    entrypoint: train.py:ma‸in\n'));
  expect(found?.text).toBe(
    '```python\ndef main(rows: int, *, rate: float = 0.1, out=None) -> dict[str, float]\n```\n\n' +
      'Train a model.\n\nRows are those of the table.',
  );
  expect(found).toMatchObject({ start: { line: 5, character: 16 }, end: { line: 5, character: 29 } });
});

it('shows no docstring of another function, and nothing for a function that is not there', async () => {
  const score = await hoverPython(at('steps:\n  a:\n    entrypoint: train.py:sc‸ore\n'));
  expect(score?.text).toBe('```python\nasync def score()\n```');
  expect(await hoverPython(at('steps:\n  a:\n    entrypoint: train.py:no‸ne\n'))).toBeNull();
});

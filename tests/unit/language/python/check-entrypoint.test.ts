import { describe, expect, it } from 'vitest';
import { ofStep } from './python-workspace.ts';

const main = 'def main(data: str, depth: int = 3, lr=0.1, tags: list[str] | None = None):\n    pass\n';

function call(given: string, name = 'main'): string {
  return `entrypoint: train.py:${name}\nwith: ${given}`;
}

describe('an entrypoint', () => {
  it('may call a function as it is', async () => {
    expect(await ofStep(call('{data: a, depth: 4, lr: 1e-3, tags: [a]}'), main)).toEqual([]);
    expect(await ofStep(call('{data: "${{ env.X }}", depth: "${{ env.X }}", tags: null}'), main)).toEqual([]);
  });

  it('names a function that is there', async () => {
    expect(await ofStep(call('{data: a}', 'mains'), main)).toEqual([
      'python-missing-function: The Python file has no function `mains`. Did you mean `main`?',
    ]);
    expect(await ofStep(call('{data: a}', 'other'), main)).toEqual([
      'python-missing-function: The Python file has no function `other`.',
    ]);
  });

  it.each([
    ['an import', 'from other import main\n'],
    ['anything', 'from other import *\n'],
    ['a class', 'class main: pass\n'],
    ['a value', 'main = partial(f, 1)\n'],
    ['broken code', 'def main(:\n'],
    ['a module’s own look-up', 'def __getattr__(name): ...\n'],
  ])('may name %s', async (_, python) => {
    expect(await ofStep(call('{x: 1}'), python)).toEqual([]);
  });

  it('gives what the function needs', async () => {
    expect(await ofStep(call('{depth: 4}'), main)).toEqual([
      'python-missing-argument: `main` needs `data` (str), and `with` does not give it.',
    ]);
    expect(await ofStep('entrypoint: train.py:main', main)).toHaveLength(1);
    expect(await ofStep(call('{a: 1}'), 'def main(*, a, b): pass\n')).toEqual([
      'python-missing-argument: `main` needs `b`, and `with` does not give it.',
    ]);
  });

  it('gives nothing else', async () => {
    expect(await ofStep(call('{data: a, dept: 4}'), main)).toEqual([
      'python-unknown-argument: `main` takes no `dept`. Did you mean `depth`?',
    ]);
    expect(await ofStep(call('{data: a, zzz: 4}'), 'def main(data): pass\n')).toEqual([
      'python-unknown-argument: `main` takes no `zzz`. It takes `data`.',
    ]);
    expect(await ofStep(call('{data: a, zzz: 4}'), 'def main(data, **rest): pass\n')).toEqual([]);
    expect(await ofStep(call('{zzz: 4}'), 'def main(a, /): pass\n')).toEqual([]);
  });

  it.each([
    ['int', '1', true],
    ['int', '1.5', false],
    ['int', '"1"', false],
    ['int', 'true', true],
    ['int', 'null', false],
    ['int = None', 'null', true],
    ['float', '1', true],
    ['float', 'auto', false],
    ['str', 'auto', true],
    ['str', '1', false],
    ['str', '{a: 1}', false],
    ['bool', 'yes', false],
    ['bool', 'true', true],
    ['Optional[int]', 'null', true],
    ['typing.Optional[int]', 'x', false],
    ['int | None', 'null', true],
    ['Union[int, str]', 'x', true],
    ['Union[int, str]', '[1]', false],
    ['Literal["a", "b"]', 'a', true],
    ['Literal["a", "b"]', 'c', false],
    ['list[int]', '[1, 2]', true],
    ['list[int]', '[1, x]', false],
    ['list[int]', '1', false],
    ['Sequence[str]', 'abc', true],
    ['tuple[int, int]', '[1, 2]', true],
    ['dict[str, int]', '{a: 1}', true],
    ['dict[str, int]', '1', false],
    ['Path', 'a/b', true],
    ['Path', '1', false],
    ['Annotated[int, Gt(0)]', 'x', false],
    ['"int"', 'x', false],
    ['np.ndarray', '1', true],
    ['int | np.ndarray', 'x', true],
    ['Callable[[int], str]', 'x', true],
  ])('that takes %s gets %s', async (type, value, right) => {
    const found = await ofStep(call(`{a: ${value}}`), `def main(a: ${type}): pass\n`);
    expect(found.map((each) => each.split(':')[0])).toEqual(right ? [] : ['python-argument-type']);
  });

  it('is told of a guess by the default, without alarm', async () => {
    expect(await ofStep(call('{data: a, lr: fast}'), main)).toEqual([
      'python-argument-type: `lr` gets the text "fast", but its default is 0.1.',
    ]);
    expect(await ofStep(call('{a: 5}'), 'def main(a="sqrt"): pass\n')).toEqual([]);
  });

  it('says nothing of a function behind a decorator that is not known', async () => {
    expect(await ofStep(call('{x: 1}'), '@hydra.main()\ndef main(cfg): pass\n')).toEqual([]);
    expect(await ofStep(call('{x: 1}'), 'import click\n@click.command()\ndef main(cfg): pass\n')).toEqual([]);
  });

  it('asks for nothing where a merge may bring it', async () => {
    expect(await ofStep('entrypoint: train.py:main\nwith:\n  <<: *base\n  depth: 1', main)).toEqual([]);
    expect(await ofStep('entrypoint: train.py:main\nwith: *base', main)).toEqual([]);
  });
});

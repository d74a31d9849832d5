import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePythonModule } from '#server/language/python/parse-module.ts';

async function parametersOf(text: string, name = 'main'): Promise<string[] | undefined> {
  const { functions } = await parsePythonModule(text);
  return functions
    .get(name)
    ?.parameters.map(
      (each) =>
        `${each.kind} ${each.name}${each.annotation ? `: ${each.annotation}` : ''}${each.default ? ` = ${each.default.text}` : ''}${each.required ? '!' : ''}`,
    );
}

async function reliable(text: string): Promise<boolean | undefined> {
  return (await parsePythonModule(text)).functions.get('main')?.reliable;
}

describe('functions of a Python module', () => {
  it('have parameters with kinds, annotations and defaults', async () => {
    const text = 'def main(a, /, b: int, c: str = "x", *rest: int, d, e: list[int] | None = None, **more): ...\n';
    expect(await parametersOf(text)).toEqual([
      'positionalOnly a!',
      'positionalOrKeyword b: int!',
      'positionalOrKeyword c: str = "x"',
      'variadic rest: int',
      'keywordOnly d!',
      'keywordOnly e: list[int] | None = None',
      'keywords more',
    ]);
  });

  it.each([
    ['async', 'async def main(a): pass\n', ['positionalOrKeyword a!']],
    ['after a bare star', 'def main(*, a, b=1): pass\n', ['keywordOnly a!', 'keywordOnly b = 1']],
    ['generic', 'def main[T: int](a: T) -> T:\n  return a\n', ['positionalOrKeyword a: T!']],
    [
      'over lines with comments',
      'def main(\n    a,  # one\n    b=(1, 2),\n):\n\tpass\n',
      ['positionalOrKeyword a!', 'positionalOrKeyword b = (1, 2)'],
    ],
    ['with lambdas', 'def main(a=lambda x, y: x): pass\n', ['positionalOrKeyword a = lambda x, y: x']],
    ['below a condition', 'if True:\n    def main(a): pass\n', ['positionalOrKeyword a!']],
    [
      'with CRLF and tabs',
      'import os\r\n\r\ndef main(a):\r\n\tif (n := 3) > 2:\r\n\t\tprint(f"{n!r:>{10}}")\r\n',
      ['positionalOrKeyword a!'],
    ],
  ])('are found %s', async (_, text, expected) => {
    expect(await parametersOf(text)).toEqual(expected);
  });

  it('are those of the top level alone', async () => {
    const text = 'class A:\n  def method(self): pass\ndef main():\n  def inner(a): pass\n  return inner\n';
    const { functions, classes } = await parsePythonModule(text);
    expect([...functions.keys()]).toEqual(['main']);
    expect(classes).toEqual(['A']);
  });

  it.each([
    ['a decorator', '@wraps_it\ndef main(a): pass\n', false],
    ['a decorator that hands everything on', 'import torch\n@torch.no_grad()\ndef main(a): pass\n', true],
    ['overloads', '@overload\ndef main(a: int): ...\n@overload\ndef main(a: str): ...\ndef main(a): pass\n', true],
    ['a second definition', 'try:\n  def main(a): pass\nexcept E:\n  def main(b): pass\n', false],
    ['a wrapper', 'def main(a): pass\nmain = wrap(main)\n', false],
    ['an error among the parameters', 'def main(a, =): pass\n', false],
    ['nothing in between', 'def main(a): pass\n', true],
  ])('can be relied on, or not, with %s', async (_, text, expected) => {
    expect(await reliable(text)).toBe(expected);
  });

  it.each([
    ['from x import *\n', true],
    ['def __getattr__(name): pass\n', true],
    ['def broken(:\n', true],
    ['import x\nfrom y import (a,\n  b as c)\n', false],
  ])('may be more than can be seen in %j', async (text, open) => {
    expect((await parsePythonModule(text)).open).toBe(open);
  });

  it('are told from names that get a value elsewhere', async () => {
    const text = 'from y import (a,\n  b as c)\nd, e = 1, 2\nwith f() as g: pass\nfor h in i: pass\nj: int = k\n';
    const { bound } = await parsePythonModule(text);
    for (const name of ['a', 'c', 'd', 'e', 'g', 'h', 'j']) expect(bound).toContain(name);
    expect(bound).not.toContain('k');
  });

  it('are read from any text without failing', { timeout: 30_000 }, async () => {
    const piece = fc.constantFrom(
      ...[
        'def ',
        'main',
        '(',
        ')',
        ':',
        '\n',
        '    ',
        '\t',
        '@',
        'class ',
        '*',
        '**',
        '/',
        ',',
        '=',
        '"',
        "'''",
        'f"{',
      ],
      ...[
        'import argparse\n',
        'parser = argparse.ArgumentParser()\n',
        'parser.add_argument(',
        '"--x"',
        'lambda',
        '[',
        ']',
      ],
      ...[
        'async ',
        'return parser',
        'import click\n',
        '@click.option(',
        'typer.run(main)',
        '}',
        '\\',
        '#',
        '😀',
        '\u0000',
        'if',
      ],
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(text, async (each) => {
        expect((await parsePythonModule(each)).lineStarts[0]).toBe(0);
      }),
      { numRuns: 300 },
    );
    await parsePythonModule('('.repeat(3000));
    await parsePythonModule(`def main(a: ${'list['.repeat(500)}int${']'.repeat(500)}): pass\n`);
  });
});

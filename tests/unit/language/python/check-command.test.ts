import { describe, expect, it } from 'vitest';
import { ofStep } from './python-workspace.ts';

const argparse = `import argparse

def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Trains.")
    parser.add_argument("data", help="folder")
    group = parser.add_argument_group("model")
    group.add_argument("--depth", "-d", type=int, default=3)
    group.add_argument("--metric", choices=["auc", "f1"], required=True)
    group.add_argument("--verbose", "-v", action="count")
    group.add_argument("--shuffle", action=argparse.BooleanOptionalAction)
    group.add_argument("--columns", nargs="*")
    return parser

def main(argv: list[str] | None = None) -> None:
    arguments = build_parser().parse_args(argv)

if __name__ == "__main__":
    main()
`;
const click = `import click

@click.command(help="Trains.")
@click.argument("data", type=click.Path(exists=True))
@click.option("--depth", "-d", default=3, type=int, show_default=True)
@click.option("--metric", type=click.Choice(["auc", "f1"]), required=True)
@click.option("--verbose", "-v", count=True)
@click.option("--shuffle/--no-shuffle", default=True)
def main(data, depth, metric, verbose, shuffle):
    pass

if __name__ == "__main__":
    main()
`;
const typer = `from typing import Annotated, Optional
import typer

app = typer.Typer()

@app.command()
def main(
    data: str,
    metric: Annotated[str, typer.Option("--metric", "-m", help="one")],
    depth: Annotated[int, typer.Option("--depth", "-d")] = 3,
    verbose: bool = typer.Option(False, "--verbose", "-v"),
    shuffle: bool = True,
):
    pass

if __name__ == "__main__":
    app()
`;
const libraries = [
  ['argparse', argparse],
  ['click', click],
  ['typer', typer],
] as const;

const run = (command: string) => `run: ${JSON.stringify(command)}`;
const codes = (found: readonly string[]) => found.map((each) => each.split(':')[0]);

describe.each(libraries)('a command of a script with %s', (_, script) => {
  it.each([
    'python train.py a --metric f1',
    'python3 -u train.py --metric=f1 --depth 5 -v a --shuffle',
    'TZ=UTC python train.py "${{ inputs.data.path }}" --metric $METRIC -d7 --no-shuffle',
    'python train.py --help',
    'python train.py $OPTIONS',
    'python train.py --metric auc ${{ inputs.data.path }} --depth ${{ params.depth }}',
    'python train.py a --unknown x | tee log',
    'cd train && python train.py --unknown',
    'python -m train --unknown',
    'torchrun train.py --unknown',
    'python other.py --unknown',
    'set -e\n# python train.py --unknown\npython train.py \\\n  --metric f1 a',
  ])('may be %s', async (command) => {
    const known = command.replace('-v ', script === typer ? '-v ' : '-v ');
    expect(await ofStep(run(known), script)).toEqual([]);
  });

  it('has options that are there', async () => {
    expect(
      await ofStep(run('python train.py a --metric f1 --dept 5'), argparse.replace('"--depth"', '"--deep"')),
    ).toEqual(['python-unknown-option: The script has no option `--dept`. Did you mean `--deep`?']);
    expect(codes(await ofStep(run('python train.py a --metric f1 --zzz 5'), script))).toEqual([
      'python-unknown-option',
    ]);
  });

  it('has those that are needed', async () => {
    const [option, argument] = await ofStep(run('python train.py'), script);
    expect(option).toMatch(/^python-missing-option: The script needs the option `(?:--metric|-m)`\.$/);
    expect(argument).toBe('python-missing-option: The script needs the argument `data`.');
  });

  it('has values that they take', async () => {
    expect(await ofStep(run('python train.py a --metric f1 --depth deep'), script)).toEqual([
      expect.stringMatching(/^python-argument-type: `(?:--depth|-d)` takes a whole number; not `deep`\.$/),
    ]);
  });
});

describe('a command of a Python script', () => {
  it('has one of the choices', async () => {
    for (const script of [argparse, click]) {
      expect(await ofStep(run('python train.py a --metric f2'), script)).toEqual([
        'python-argument-type: `--metric` takes one of `auc`, `f1`; not `f2`.',
      ]);
    }
  });

  it('may abbreviate options of argparse, but of no other', async () => {
    expect(await ofStep(run('python train.py a --metr f1'), argparse)).toEqual([]);
    expect(codes(await ofStep(run('python train.py a --metr f1'), click))).toContain('python-unknown-option');
    const strict = argparse.replace('description="Trains."', 'allow_abbrev=False');
    expect(codes(await ofStep(run('python train.py a --metr f1'), strict))).toContain('python-unknown-option');
  });

  it.each([
    ['parse_known_args', argparse.replace('parse_args(', 'parse_known_args(')],
    ['sub-commands', argparse.replace('return parser', 'parser.add_subparsers()\n    return parser')],
    ['a loop', argparse.replace('return parser', 'for n in N:\n        parser.add_argument(n)\n    return parser')],
    ['a condition', argparse.replace('return parser', 'if N:\n        parser.add_argument("--n")\n    return parser')],
    ['a helper', argparse.replace('return parser', 'add_more(parser)\n    return parser')],
    ['an alias', argparse.replace('return parser', 'p = parser\n    p.add_argument("--x")\n    return parser')],
    ['files of arguments', argparse.replace('description="Trains."', 'fromfile_prefix_chars="@"')],
    ['parents', argparse.replace('description="Trains."', 'parents=[common]')],
    ['a second parser', `${argparse}\nother = argparse.ArgumentParser()\n`],
    ['computed names', argparse.replace('"--depth", "-d"', 'f"--{NAME}"')],
    ['spread settings', argparse.replace('required=True', '**settings')],
    ['arguments of its own', argparse.replace('    main()', '    main(["a", "--zzz"])')],
    ['a subclass', argparse.replace('import argparse\n', 'import argparse\nclass P(argparse.ArgumentParser): pass\n')],
    ['sys.argv', `${argparse}\nimport sys\nsys.argv.remove("--zzz")\n`],
    ['fire', 'import fire\nimport argparse\nfire.Fire()\n'],
    ['hydra', 'import hydra\n@hydra.main()\ndef main(cfg): pass\nmain()\n'],
    ['broken code', `${argparse}\ndef (\n`],
    ['no options at all', 'print(1)\n'],
    ['a click group', click.replace('click.command(help="Trains.")', 'click.group()')],
    ['a decorator of its own', click.replace('@click.argument', '@common_options\n@click.argument')],
    ['loose click settings', click.replace('help="Trains."', 'context_settings={"ignore_unknown_options": True}')],
    ['two typer commands', typer.replace('if __name__', '@app.command()\ndef other(): pass\n\nif __name__')],
    ['a typer callback', typer.replace('if __name__', '@app.callback()\ndef other(): pass\n\nif __name__')],
  ])('is left alone with %s', async (_, script) => {
    expect(await ofStep(run('python train.py --zzz'), script)).toEqual([]);
  });

  it('finds the script from the folder it runs in', async () => {
    const step = `${run('python train.py --zzz')}\nworkingDirectory: sub`;
    expect(codes(await ofStep(step, { 'sub/train.py': argparse }))).toEqual(['python-unknown-option']);
    expect(await ofStep(step, { 'train.py': argparse })).toEqual([]);
  });

  it('is left alone in another shell', async () => {
    expect(await ofStep(`${run('python train.py --zzz')}\nshell: pwsh`, argparse)).toEqual([]);
  });
});

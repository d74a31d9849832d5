import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { diagnosticCodes } from '#server/language/diagnostics/diagnostic.ts';
import { checkPython } from '#server/language/python/check-python.ts';
import { entrypointReferences, pythonDefinition } from '#server/language/python/navigate.ts';
import { PythonModules } from '#server/language/python/python-modules.ts';
import { parseSource } from '#server/language/syntax/source.ts';
import { validateFiles } from '#server/language/validate-files.ts';
import { checked, head, pythonModules, yamlUri } from './python-workspace.ts';

const docs = join(import.meta.dirname, '../../../../docs');
const codes = Object.keys(diagnosticCodes).filter((code) => code.startsWith('python-'));

function edited(
  text: string,
  at: { range: { startLine: number; startCharacter: number; endLine: number; endCharacter: number }; newText: string },
): string {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const start = (starts[at.range.startLine] ?? text.length) + at.range.startCharacter;
  const end = (starts[at.range.endLine] ?? text.length) + at.range.endCharacter;
  return text.slice(0, start) + at.newText + text.slice(end);
}

describe('Python that a pipeline calls', () => {
  it.each(codes)('is described on the page of %s', async (code) => {
    const page = readFileSync(join(docs, 'diagnostics', `${code}.md`), 'utf8');
    const block = (kind: string) => new RegExp(`\`\`\`${kind}\\n([^\`]*)\`\`\``).exec(page)?.[1] ?? '';
    const python = block('python');
    expect((await checked(block('yaml\n# wrong'), python)).map((each) => each.code)).toEqual([code]);
    expect(await checked(block('yaml\n# right'), python)).toEqual([]);
  });

  it('gives no alarm in the example workspace', async () => {
    const folder = join(docs, 'examples/churn');
    const reads: string[] = [];
    const modules = new PythonModules({
      read: async (uri) => {
        reads.push(uri);
        return readFileSync(new URL(uri), 'utf8');
      },
    });
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.mlops.yaml'))) {
      const path = join(folder, name);
      const source = parseSource(readFileSync(path, 'utf8'));
      expect(await checkPython({ source, uri: pathToFileURL(path).href, modules })).toEqual([]);
    }
    expect(reads.map((uri) => uri.slice(uri.lastIndexOf('/') + 1)).sort()).toEqual([
      'evaluate.py',
      'prepare.py',
      'report.py',
      'train.py',
    ]);
    for (const uri of new Set(reads)) {
      const module = (await modules.load(uri))?.module;
      if (!uri.endsWith('/train.py')) expect(module?.command?.options.length).toBeGreaterThan(1);
    }
  });

  it('is checked by the command line', async () => {
    const result = await validateFiles({ paths: ['train.mlops.yaml'], cwd: join(docs, 'examples/churn') });
    expect(result.diagnostics).toEqual([]);
  });

  it('is pointed at where it stands, in the YAML and in the Python file', async () => {
    const yaml = `${head}steps:\n  train:\n    run: |\n      # train.py --dept\n      python train.py \\\n        --dept 1\n`;
    const python = 'import argparse\np = argparse.ArgumentParser()\np.add_argument("--x", type=int)\np.parse_args()\n';
    const [found] = await checked(yaml, python);
    expect(found?.range).toEqual({ startLine: 8, startCharacter: 8, endLine: 8, endCharacter: 14 });
    const [wrong] = await checked(`${head}steps:\n  train: {run: python train.py --x y}\n`, python);
    expect(wrong?.related[0]).toMatchObject({ uri: 'file:///ws/train.py', range: { startLine: 2, startCharacter: 0 } });
  });

  it('can be kept quiet by a comment', async () => {
    const yaml = `${head}steps:\n  a:\n    entrypoint: train.py:x # mlops-ignore: python-missing-function\n`;
    expect(await checked(yaml, 'def main(): pass\n')).toEqual([]);
  });

  it.each([
    [
      'a block',
      'entrypoint: train.py:main\n    with:\n      lr: 1\n',
      'entrypoint: train.py:main\n    with:\n      lr: 1\n      depth: 0\n',
    ],
    [
      'braces',
      'entrypoint: train.py:main\n    with: {lr: 1}\n',
      'entrypoint: train.py:main\n    with: {lr: 1, depth: 0}\n',
    ],
    ['empty braces', 'entrypoint: train.py:main\n    with: {}\n', 'entrypoint: train.py:main\n    with: {depth: 0}\n'],
    [
      'nothing',
      'entrypoint: train.py:main\n    timeout: 1m\n',
      'entrypoint: train.py:main\n    with:\n      depth: 0\n    timeout: 1m\n',
    ],
    [
      'nothing at the end of a file',
      'entrypoint: train.py:main',
      'entrypoint: train.py:main\n    with:\n      depth: 0',
    ],
  ])('gets a missing argument into %s', async (_, before, after) => {
    const yaml = `${head}steps:\n  train:\n    ${before}`;
    const [found] = await checked(yaml, 'def main(depth: int, lr=0): pass\n');
    expect(found?.fixes.map((fix) => edited(yaml, fix))).toEqual([`${head}steps:\n  train:\n    ${after}`]);
  });

  it.each([
    ['with:\n      zzz: 1\n      a: 1\n', 'with:\n      a: 1\n'],
    ['with:\n      a: 1\n      zzz:\n        - 1\n', 'with:\n      a: 1\n'],
    ['with: {zzz: 1, a: 1}\n', 'with: {a: 1}\n'],
    ['with: {a: 1, zzz: 1}\n', 'with: {a: 1}\n'],
  ])('loses an argument from %j, or takes it', async (before, after) => {
    const start = `${head}steps:\n  train:\n    entrypoint: train.py:main\n    `;
    const python = 'def main(a, b: int = 3): pass\n';
    const [found] = await checked(start + before, python);
    const [remove, add] = found?.fixes ?? [];
    expect(remove && edited(start + before, remove)).toBe(start + after);
    expect(add?.uri).toBe('file:///ws/train.py');
    expect(add && edited(python, add)).toBe('def main(a, b: int = 3, zzz=None): pass\n');
  });

  it('is renamed to what was meant', async () => {
    const yaml = `${head}steps:\n  train:\n    entrypoint: train.py:main\n    with: {dept: 1}\n`;
    const [found] = await checked(yaml, 'def main(depth=1): pass\n');
    expect(found?.replacements).toEqual(['depth']);
    expect(found?.fixes[0] && edited(yaml, found.fixes[0])).toContain('with: {depth: 1}');
  });

  it.each([
    ['entrypoint: tra|in.py:main\n    with: {depth: 1}', 1, 4],
    ['entrypoint: train.py:ma|in\n    with: {depth: 1}', 1, 4],
    ['entrypoint: train.py:main\n    with: {de|pth: 1}', 1, 9],
    ['entrypoint: train.py:main\n    with:\n      x: 1\n      |depth: 1', 1, 9],
    ['entrypoint: train.py:main\n    with: {depth: |1}', null, null],
    ['entrypoint: pkg.tra|in:main', 0, 4],
    ['entrypoint: nothing.py:ma|in', null, null],
  ])('is gone to from %j', async (step, line, character) => {
    const text = `${head}steps:\n  train:\n    ${step}\n`;
    const source = parseSource(text.replace('|', ''));
    const modules = pythonModules({ 'train.py': '\ndef main(depth): pass\n', 'pkg/train.py': 'def main(): pass\n' });
    const found = await pythonDefinition({ source, uri: yamlUri, offset: text.indexOf('|'), modules });
    expect(found?.range.startLine ?? null).toBe(line);
    expect(found?.range.startCharacter ?? null).toBe(character);
  });

  it('knows the entrypoints that call it', () => {
    const source = parseSource(
      `${head}steps:\n  a: {entrypoint: "train.py:main"}\n  b: {entrypoint: train.py:other}\n  c: {entrypoint: sub/train.py:main}\n`,
    );
    const found = entrypointReferences({ uri: 'file:///ws/train.py', functionName: 'main' }, [
      { uri: yamlUri, source },
    ]);
    expect(found).toEqual([
      { uri: yamlUri, range: { startLine: 4, startCharacter: 28, endLine: 4, endCharacter: 32 } },
    ]);
  });
});

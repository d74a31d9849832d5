import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { isMlopsFile } from '#server/language/find-files.ts';

const root = join(import.meta.dirname, '../../..');
const manifest = z
  .object({ bin: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
const hooks = z
  .array(z.object({ id: z.string(), entry: z.string(), language: z.literal('node'), files: z.string() }))
  .parse(parse(readFileSync(join(root, '.pre-commit-hooks.yaml'), 'utf8')));

describe('the hooks for pre-commit', () => {
  it.each(hooks)('$id starts a command of the package', ({ entry }) => {
    expect(Object.keys(manifest.bin)).toContain(entry.split(' ')[0]);
  });

  // pre-commit hands on the paths from the repository's root, with slashes.
  it.each([
    'mlops.yaml',
    'mlops.yml',
    'a/mlops.yaml',
    'a/b.mlops.yaml',
    'b.mlops.yml',
    'xmlops.yaml',
    'mlops.yaml.txt',
    'a.yaml',
  ])('mlops-validate takes %s where the language server does', (path) => {
    const { files } = hooks.find(({ id }) => id === 'mlops-validate') ?? { files: '$^' };
    expect(new RegExp(files).test(path)).toBe(isMlopsFile(path));
  });
});

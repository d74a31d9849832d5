import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');

it('loads nothing but registration to activate', async () => {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['client/src/extension.ts'],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'cjs',
    platform: 'node',
    external: ['vscode', './client-main.cjs'],
  });
  // What tells other tools' YAML from all the rest, for which nothing is loaded: patterns alone.
  const recognition = 'schemas/src/domain/ecosystem.ts';
  expect(Object.keys(metafile.inputs).filter((path) => !path.startsWith('client/src/'))).toEqual([recognition]);
  // A tenth of what is allowed: whoever comes near it loads something that can wait.
  expect(outputFiles[0]?.contents.length).toBeLessThan(20_000);
});

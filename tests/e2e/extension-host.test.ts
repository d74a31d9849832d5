import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyOf, onDesktop, repository } from '../testbeds/vscode.ts';

/** What is tested inside the extension host, through VS Code's own API, is in in-host/. */
const bundles = join(repository, 'out', 'in-host');
const launcher = join(import.meta.dirname, 'launcher', 'vscode.ts');

let workspace: Awaited<ReturnType<typeof copyOf>>;

beforeAll(async () => {
  workspace = await copyOf('docs/examples/churn');
  await build({
    absWorkingDir: repository,
    entryPoints: { activation: 'tests/e2e/in-host/activation.ts' },
    outdir: bundles,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    external: ['vscode'],
  });
});

afterAll(() => workspace?.dispose());

function runInHost(name: string): Promise<number> {
  return runTests({
    ...(onDesktop ? {} : { vscodeExecutablePath: launcher }),
    extensionDevelopmentPath: repository,
    extensionTestsPath: join(bundles, `${name}.cjs`),
    launchArgs: [workspace.folder, '--disable-extensions'],
  });
}

it('activates, and every command of the manifest has something that answers to it', async () => {
  expect(await runInHost('activation')).toBe(0);
});

import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const here = import.meta.dirname;
const server = join(here, '../../../server/src/server.ts');
const isMissing = spawnSync('nvim', ['--version']).error !== undefined;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlops-neovim-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

// Where nobody looks on, a Neovim that is not there is a failure.
describe.skipIf(isMissing && !process.env.CI)('Neovim', () => {
  it('shows what is wrong with a document', async () => {
    const file = join(folder, 'train.mlops.yaml');
    const head = 'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: train}\n';
    await writeFile(file, `${head}steps:\n  a:\n    run: x\n    tiemout: 5m\n`);
    const script = join(here, 'neovim-diagnostics.lua');
    const { stdout } = await promisify(execFile)(
      'nvim',
      ['--headless', '-u', 'NONE', '-i', 'NONE', '-n', '-c', `luafile ${script}`],
      {
        env: { ...process.env, HOME: folder, MLOPS_FILE: file, MLOPS_NODE: process.execPath, MLOPS_SERVER: server },
        timeout: 25_000,
      },
    );
    expect(JSON.parse(stdout)).toEqual([
      { line: 6, column: 4, code: 'schema-unknown-key', message: expect.stringContaining('`timeout`') },
    ]);
  });
});

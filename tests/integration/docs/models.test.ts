import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { ecKey } from '../../testbeds/certificates.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');

test('the page on models works as it is written, from the first command to the last', async () => {
  const page = await readFile(join(root, 'docs/guide/models.md'), 'utf8');
  const cwd = await mkdtemp(join(tmpdir(), 'mlops-guide-'));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  for (const [, name = '', text = ''] of page.matchAll(/^```yaml\n# (\S+)\n([\s\S]*?)^```/gm)) {
    await writeFile(join(cwd, name), text);
  }
  const key = await ecKey();
  await mkdir(join(cwd, 'keys'));
  await mkdir(join(cwd, 'model'));
  await writeFile(join(cwd, 'ana.pem'), key.privatePem);
  await writeFile(join(cwd, 'keys', 'ana.pub'), key.publicPem);
  await writeFile(join(cwd, 'model', 'weights.bin'), 'weights');

  const lines = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.trim().split('\n'));
  expect(lines.length).toBeGreaterThan(12);
  for (const line of lines) {
    const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((found) => found[1] ?? found[2] ?? '').slice(1);
    const { stdout, stderr } = await run(process.execPath, [join(root, 'server/src/cli.ts'), ...args], {
      cwd,
      env: { ...process.env, MLOPS_ACTOR: 'ana' },
    });
    expect(stdout.length + stderr.length, line).toBeGreaterThan(0);
  }
  expect(await readFile(join(cwd, 'served', 'weights.bin'), 'utf8')).toBe('weights');
});

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const page = await readFile(join(root, 'docs/guide/drift.md'), 'utf8');
const [, commands = ''] = /^```sh\n([\s\S]*?)^```/m.exec(page) ?? [];
const [, monitor = ''] = /^```yaml\n([\s\S]*?)^```/m.exec(page) ?? [];

let cwd: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'mlops-guide-drift-'));
  await mkdir(join(cwd, 'live'));
  const table = (rows: number, shift: number) => {
    const line = (_: unknown, i: number) =>
      `${20 + (i % 40) + shift},${i % 3 < 2 - shift / 20 ? 'free' : 'pro'},${i % 7}`;
    return `${['age,plan,region', ...Array.from({ length: rows }, line)].join('\n')}\n`;
  };
  await writeFile(join(cwd, 'train.csv'), table(900, 0));
  for (const day of [1, 2]) await writeFile(join(cwd, 'live', `${day}.csv`), table(300, 20));
  await writeFile(join(cwd, 'churn.mlops.yaml'), monitor);
  await mkdir(join(cwd, 'bin'));
  const mlops = `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'server/src/cli.ts')}" "$@"\n`;
  await writeFile(join(cwd, 'bin', 'mlops'), mlops, { mode: 0o755 });
  env = { ...process.env, PATH: `${join(cwd, 'bin')}${delimiter}${process.env.PATH}` };
});

afterAll(() => rm(cwd, { recursive: true, force: true }));

test.each(commands.trim().split('\n'))('%s', async (line) => {
  const code = await run('sh', ['-c', line], { cwd, env }).then(
    () => 0,
    (error: { readonly code: number }) => error.code,
  );
  expect(code).toBe(line.endsWith('# drift') ? 1 : line.endsWith('# fails') ? 2 : 0);
});

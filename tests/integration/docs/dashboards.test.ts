import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exported } from '#server/monitoring/dashboards/prometheus-names.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const page = await readFile(join(root, 'docs/guide/dashboards.md'), 'utf8');
const [, commands = ''] = /^```sh\n([\s\S]*?)^```/m.exec(page) ?? [];
const [, monitor = ''] = /^```yaml\n([\s\S]*?)^```/m.exec(page) ?? [];

let cwd: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'mlops-guide-dashboards-'));
  await writeFile(join(cwd, 'churn.mlops.yaml'), monitor);
  await mkdir(join(cwd, 'bin'));
  const mlops = `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'server/src/cli.ts')}" "$@"\n`;
  await writeFile(join(cwd, 'bin', 'mlops'), mlops, { mode: 0o755 });
  env = { ...process.env, PATH: `${join(cwd, 'bin')}${delimiter}${process.env.PATH}` };
});

afterAll(() => rm(cwd, { recursive: true, force: true }));

test.each(commands.trim().split('\n'))('%s', async (line) => {
  await run('sh', ['-c', line], { cwd, env });
});

test('the page names every metric that a check exports', () => {
  for (const name of Object.values(exported)) expect(page).toContain(`\`${name}\``);
});

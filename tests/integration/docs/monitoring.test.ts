import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, test } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const page = await readFile(join(root, 'docs/guide/monitoring.md'), 'utf8');
const [, commands = ''] = /^```sh\n([\s\S]*?)^```/m.exec(page) ?? [];
const [monitor = '', metrics = ''] = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);

let cwd: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'mlops-guide-monitoring-'));
  const write = (name: string, head: string, line: (row: number) => string) =>
    writeFile(join(cwd, name), `${[head, ...Array.from({ length: 200 }, (_, row) => line(row))].join('\n')}\n`);
  const plan = (row: number) => (row % 3 === 0 ? 'pro' : 'free');
  await write('train.csv', 'age,plan', (row) => `${20 + (row % 40)},${plan(row)}`);
  await write('live.csv', 'age,plan', (row) => `${20 + ((row * 7) % 40)},${plan(row)}`);
  await write('scored.csv', 'customer,plan,prediction', (row) => `${row},${plan(row)},${row % 2}`);
  await write('labels.csv', 'customer,label', (row) => `${row},${row % 11 === 0 ? 1 - (row % 2) : row % 2}`);
  await writeFile(join(cwd, 'churn.mlops.yaml'), monitor);
  await writeFile(join(cwd, 'metrics.mlops.yaml'), `${monitor.replace('name: churn', 'name: live')}${metrics}`);
  await mkdir(join(cwd, 'bin'));
  const mlops = `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'server/src/cli.ts')}" "$@"\n`;
  await writeFile(join(cwd, 'bin', 'mlops'), mlops, { mode: 0o755 });
  env = { ...process.env, PATH: `${join(cwd, 'bin')}${delimiter}${process.env.PATH}` };
});

afterAll(() => rm(cwd, { recursive: true, force: true }));

test.each([...commands.trim().split('\n'), 'mlops validate metrics.mlops.yaml'])('%s', async (line) => {
  await run('sh', ['-c', line], { cwd, env });
});

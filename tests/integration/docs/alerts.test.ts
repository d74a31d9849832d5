import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendJson, startHttpServer } from '../../testbeds/http-server.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const page = await readFile(join(root, 'docs/guide/alerts.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);

let cwd: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'mlops-guide-alerts-'));
  await mkdir(join(cwd, 'bin'));
  const mlops = `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'server/src/cli.ts')}" "$@"\n`;
  await writeFile(join(cwd, 'bin', 'mlops'), mlops, { mode: 0o755 });
  const [monitor = '', workspace = ''] = blocks('yaml');
  await writeFile(join(cwd, 'churn.mlops.yaml'), monitor);
  await writeFile(join(cwd, 'mlops.yaml'), workspace);
  await writeFile(join(cwd, 'check.mjs'), blocks('js').join('\n'));
  await writeFile(join(cwd, 'check.py'), blocks('python').join('\n'));
  env = { ...process.env, PATH: `${join(cwd, 'bin')}${delimiter}${process.env.PATH}` };
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

describe('the page on alerts', () => {
  it('has documents without a mistake', async () => {
    const { stdout } = await run('mlops', ['validate', '--json'], { cwd, env });
    const { diagnostics }: { diagnostics: { severity: string; code: string }[] } = JSON.parse(stdout);
    // The data of the example are not there.
    expect(diagnostics.filter(({ severity, code }) => severity === 'error' && code !== 'missing-file')).toEqual([]);
  });

  it('has commands that run', async () => {
    const lines = blocks('sh').flatMap((block) => block.trim().split('\n'));
    expect(lines).toHaveLength(5);
    const said: string[] = [];
    for (const line of lines) said.push((await run('sh', ['-c', line], { cwd, env })).stderr);
    expect(said.join('')).toContain('This is a test of the channel “editor”');
  });

  it('has checks of a signature that take what is sent and nothing else', async () => {
    await using receiver = await startHttpServer((_, response) => sendJson(response, {}));
    const secrets = { HOOK_URL: receiver.url, HOOK_SECRET: 'a secret – with ünicode' };
    await run('mlops', ['alerts', 'test', 'hook'], { cwd, env: { ...env, ...secrets } });
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.seen;
    expect(JSON.parse(body)).toMatchObject({ version: 1, status: 'firing', kind: 'test' });

    const cases = [
      { headers, body, secret: secrets.HOOK_SECRET, late: 0 },
      { headers, body: `${body} `, secret: secrets.HOOK_SECRET, late: 0 },
      { headers, body, secret: 'another', late: 0 },
      { headers, body, secret: secrets.HOOK_SECRET, late: 301 },
    ];
    await writeFile(join(cwd, 'cases.json'), JSON.stringify(cases));
    const javascript = `import { readFileSync } from 'node:fs';
import { isGenuine } from './check.mjs';
for (const { headers, body, secret, late } of JSON.parse(readFileSync('cases.json', 'utf8')))
  console.log(isGenuine(headers, body, secret, Date.now() + late * 1000));`;
    const python = `import json, time
from check import is_genuine
for one in json.load(open("cases.json", encoding="utf-8")):
    print(is_genuine(one["headers"], one["body"].encode(), one["secret"], time.time() + one["late"]))`;
    const node = await run(process.execPath, ['--input-type=module', '-e', javascript], { cwd, env });
    expect(node.stdout).toBe('true\nfalse\nfalse\nfalse\n');
    const py = await run('python3', ['-c', python], { cwd, env });
    expect(py.stdout).toBe('True\nFalse\nFalse\nFalse\n');
  });
});

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RefusalReason } from '#server/models/signing/verify-model.ts';
import { ecKey } from '../../testbeds/certificates.ts';
import { testPython } from '../../testbeds/python.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const page = await readFile(join(root, 'docs/guide/signing.md'), 'utf8');

async function folderWithModel(): Promise<string> {
  const cwd = await mkdtemp(join(tmpdir(), 'mlops-guide-signing-'));
  await mkdir(join(cwd, 'model', 'data'), { recursive: true });
  await writeFile(join(cwd, 'model', 'MLmodel'), 'flavors: {}\n');
  await writeFile(join(cwd, 'model', 'data', 'weights.bin'), 'weights');
  await writeFile(join(cwd, 'other.pub'), (await ecKey()).publicPem);
  return cwd;
}

/** A folder with the commands `mlops` and `model_signing`. */
async function programs(cwd: string): Promise<string> {
  const folder = join(cwd, 'bin');
  await mkdir(folder);
  const mlops = `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'server/src/cli.ts')}" "$@"\n`;
  await writeFile(join(folder, 'mlops'), mlops, { mode: 0o755 });
  await symlink(join(dirname(await testPython()), 'model_signing'), join(folder, 'model_signing'));
  return folder;
}

const sections = page.split(/^## /m).flatMap((section) => {
  const lines = [...section.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.trim().split('\n'));
  return lines.length === 0 ? [] : [{ title: section.slice(0, section.indexOf('\n')), lines }];
});

describe('the page on signing works as it is written, with openssl and model-signing', () => {
  let cwd: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    cwd = await folderWithModel();
    const PATH = `${await programs(cwd)}${delimiter}${process.env.PATH}`;
    env = { ...process.env, PATH, MLOPS_SIGNING_PASSPHRASE: 'sesame' };
  });
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  /** Each goes on with the files of those before it. */
  test.each(sections)('$title', async ({ lines }) => {
    for (const line of lines) {
      const ended = run('sh', ['-c', line], { cwd, env }).then(
        () => 'done',
        (error: unknown) => `failed: ${error instanceof Error ? error.message : error}`,
      );
      expect(await ended, line).toMatch(line.endsWith('# fails') ? /^failed: / : /^done$/);
    }
  });

  test('from the first section to the last', () => {
    expect(sections.length).toBe(3);
  });
});

test('the page on signing explains every reason', () => {
  const reasons: Readonly<Record<RefusalReason | 'no-signature', true>> = {
    'no-signature': true,
    'malformed-bundle': true,
    'wrong-payload-type': true,
    'malformed-statement': true,
    'wrong-key': true,
    'no-certificate': true,
    'malformed-certificate': true,
    'untrusted-chain': true,
    'expired-certificate': true,
    'not-yet-valid-certificate': true,
    'wrong-usage': true,
    'unsupported-method': true,
    'unsafe-path': true,
    'duplicate-path': true,
    'wrong-root-digest': true,
    'changed-file': true,
    'missing-file': true,
    'extra-file': true,
  };
  const table = page.slice(page.indexOf('## Why a signature is refused'));
  const explained = [...table.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(([, reason]) => reason);
  expect(explained.toSorted()).toEqual(Object.keys(reasons).toSorted());
});

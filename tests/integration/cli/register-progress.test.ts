import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { run } from '#server/cli/main.ts';
import { fakeTerminal } from '../../unit/cli/fake-terminal.ts';

it.skipIf(process.platform === 'win32')('registering shows how far it is on a terminal', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'mlops-progress-'));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  await mkdir(join(cwd, 'm'));
  // A hole that takes longer to hash than anybody waits: it is interrupted as soon as its progress was seen.
  await writeFile(join(cwd, 'm/weights.bin'), '');
  await truncate(join(cwd, 'm/weights.bin'), 1024 ** 4);

  const { terminal, stdout } = fakeTerminal(['model', 'register', 'm', '--name', 'churn'], { cwd });
  const interrupted = new AbortController();
  let seen = '';
  const stderr = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      seen += String(chunk);
      if (seen.includes('Reading files')) interrupted.abort();
      done();
    },
  });
  const screen = { ...terminal, env: { MLOPS_ACTOR: 'ana' }, stderr: Object.assign(stderr, { isTTY: true }) };
  expect(await run(screen, interrupted.signal)).toBe(130);
  expect(seen).toMatch(/Reading files ░+ {3}0 % {2}\S+ [kMG]?B of 1\.1 TB/);
  expect(stdout.text).toBe('');
});

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const example = join(root, 'docs/examples/churn');

/** The commands of the guide's page, without what the shell would do with their output. */
function commands(): string[] {
  const page = readFileSync(join(root, 'docs/guide/cli.md'), 'utf8');
  const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap((found) => (found[1] ?? '').split('\n'));
  return blocks
    .filter((line) => line.startsWith('mlops '))
    .map((line) =>
      line
        .replace(/\s+#.*$/, '')
        .replace(/\s+> \S+$/, '')
        .slice('mlops '.length),
    );
}

/** Splits as a POSIX shell does, as far as the guide needs it. */
function words(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map((found) => found[1] ?? found[2] ?? '');
}

function mlops(args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, [join(root, 'server/src/cli.ts'), ...args], { cwd: example });
}

test('every command of the guide runs in the example', async () => {
  const list: { runs: { id: string }[] } = JSON.parse((await mlops(['runs', 'list', '--limit', '2', '--json'])).stdout);
  const ids = list.runs.map(({ id }) => id);
  const lines = commands();
  expect(lines.length).toBeGreaterThan(6);
  for (const line of lines) {
    let next = 0;
    const args = words(line).map((word) => (word === 'RUN' ? (ids[next++] ?? '') : word));
    // `health` also tells of clusters and servers that this machine may not have.
    if (args[0] === 'health') continue;
    const { stdout, stderr } = await mlops(args);
    expect(stdout.length + stderr.length, line).toBeGreaterThan(0);
  }
});

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const cli = join(import.meta.dirname, '../../../server/src/cli.ts');
const megabyte = 1024 ** 2;

/** A small disk needs a mount, which a namespace of its own gives; where that can't be had, only CI insists. */
const mayMount = process.platform === 'linux' && (await run('unshare', ['-rm', 'true']).then(Boolean, () => false));

/** Runs a script in a workspace on a disk of 12 MB, beside the models `small` and `large`; answers what it printed. */
async function onSmallDisk(script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-full-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, size] of [['small', 10] as const, ['large', 20 * megabyte] as const]) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'weights.bin'), Buffer.alloc(size, 7));
  }
  await mkdir(join(folder, 'disk'));
  const mounted = `mount -t tmpfs -o size=12m tmpfs disk && cd disk
mlops() { "$NODE" "$CLI" "$@" 2>&1; echo "($?)"; }
${script}`;
  const env = { ...process.env, NODE: process.execPath, CLI: cli, MLOPS_ACTOR: 'ana', NO_COLOR: '1' };
  return (await run('unshare', ['-rm', 'sh', '-c', mounted], { cwd: folder, env })).stdout;
}

describe.skipIf(!mayMount && !process.env.CI)('a full disk', () => {
  it('keeps a large model out, and what was there as it was', async () => {
    const printed = await onSmallDisk(`mlops model register ../small --name churn
mlops model register ../large --name churn
mlops audit verify
ls -A .mlops/artifacts/.unfinished
mlops model download churn@latest -o copy`);
    expect(printed).toMatch(
      /churn@1\.0\.0[\s\S]*can’t be written: the disk is full\. Free some space, then try again\.\n\(2\)/,
    );
    expect(printed).toContain('The one entry is as it was written.\n(0)\n');
    expect(printed.trim().split('\n').at(-1)).toBe('(0)');
    expect(printed).not.toContain('staging-');
  });

  it('keeps the registry from changing, and what failed can be done once there is room', async () => {
    const printed = await onSmallDisk(`mlops model register ../small --name churn
dd if=/dev/zero of=fill bs=1k 2>/dev/null
mlops model register ../small --name other
rm fill
mlops model register ../small --name other
mlops audit verify`);
    expect(printed).toMatch(
      /There is no room left on the disk for .*models\.db\. Free some space and try again[\s\S]*\n\(2\)/,
    );
    expect(printed).toContain('other@1.0.0');
    expect(printed).toContain('All 2 entries are as they were written.');
  });
});

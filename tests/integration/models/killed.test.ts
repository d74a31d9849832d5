import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '#schemas/domain/audit.ts';
import { readAuditEntries } from '#server/models/audit/read-entries.ts';
import { downloadVersion } from '#server/models/download-version.ts';
import { openModels } from './model-workspace.ts';

const cli = join(import.meta.dirname, '../../../server/src/cli.ts');
const killAt = join(import.meta.dirname, 'kill-at.mjs');
const atOnce = 3;

let parent: string;
let before: string;

/** Runs the command line, killed at a point of its work; answers whether it came to its end. */
async function mlops(cwd: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<boolean> {
  const child = spawn(process.execPath, ['--import', killAt, cli, ...args], {
    cwd,
    stdio: 'ignore',
    env: { ...process.env, MLOPS_ACTOR: 'ana', ...variables },
  });
  const [code] = await once(child, 'exit');
  return code === 0;
}

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'mlops-killed-'));
  before = join(parent, 'before');
  await mkdir(join(before, 'm'), { recursive: true });
  await writeFile(join(before, 'm', 'weights.bin'), 'one');
  expect(await mlops(before, ['model', 'register', 'm', '--name', 'churn'])).toBe(true);
  await writeFile(join(before, 'm', 'weights.bin'), 'two');
  await writeFile(join(before, 'm', 'more.bin'), 'more');
});

afterAll(() => rm(parent, { recursive: true, force: true }));

/** A copy of the workspace in which a command was killed at its n-th step, for each n there is. */
async function killedEverywhere(
  args: readonly string[],
  check: (folder: string) => Promise<void>,
  done: (folder: string) => Promise<void>,
): Promise<number> {
  const whole = join(parent, `whole-${args.length}`);
  await cp(before, whole, { recursive: true });
  const counted = join(parent, 'count');
  expect(await mlops(whole, args, { KILL_COUNT: counted })).toBe(true);
  await check(whole);
  const points = Number(await readFile(counted, 'utf8'));
  let next = 1;
  const worker = async () => {
    while (next <= points) {
      const point = next;
      next += 1;
      const folder = join(parent, `at-${args.length}-${point}`);
      await cp(before, folder, { recursive: true });
      expect(await mlops(folder, args, { KILL_AT: String(point) }), `killed at ${point}`).toBe(false);
      await check(folder);
      // What was interrupted can be done again; what was done before the end came says so.
      await mlops(folder, args);
      await check(folder);
      await done(folder);
      await rm(folder, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return points;
}

/** Every version of the registry can be had whole, and the audit log tells of it and of its stage. */
async function agrees(folder: string): Promise<void> {
  const models = await openModels(folder, 'ana');
  const entries = readAuditEntries(models.audit);
  const versions = await models.registry.listVersions('churn');
  const registered = entries.filter(({ action }) => action === 'register').map(({ target }) => target);
  expect(registered.sort()).toEqual(versions.map(({ version }) => `churn@${version}`).sort());
  for (const { version, stage } of versions) {
    await downloadVersion(models, { model: 'churn', selector: version, target: join(folder, `copy-${version}`) });
    expect(stage, version).toBe(lastStage(entries, version));
  }
}

function lastStage(entries: readonly AuditEntry[], version: string): string | null {
  const stages = entries.flatMap(({ after }): (string | null)[] => {
    if (typeof after !== 'object' || after === null || Array.isArray(after)) return [];
    const stage = after[`stage of ${version}`];
    return stage === undefined ? [] : [typeof stage === 'string' ? stage : null];
  });
  return stages.at(-1) ?? null;
}

describe('a process that is killed at any step', () => {
  it('of a registration leaves store and audit log that agree', async () => {
    const registered = async (folder: string) => {
      const { registry } = await openModels(folder, 'ana');
      expect((await registry.listVersions('churn')).length).toBeGreaterThan(1);
    };
    expect(await killedEverywhere(['model', 'register', 'm', '--name', 'churn'], agrees, registered)).toBeGreaterThan(
      15,
    );
  }, 120_000);

  it('of a promotion does so too', async () => {
    const promoted = async (folder: string) => {
      const { registry } = await openModels(folder, 'ana');
      expect((await registry.listVersions('churn'))[0]?.stage).toBe('production');
    };
    const promote = ['model', 'promote', 'churn@1.0.0', '--to', 'production'];
    expect(await killedEverywhere(promote, agrees, promoted)).toBeGreaterThan(5);
  }, 120_000);
});

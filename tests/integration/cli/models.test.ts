import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { type AuditEntry, auditEntry } from '#schemas/domain/audit.ts';
import { chained } from '#server/models/audit/chain.ts';
import { ecKey } from '../../testbeds/certificates.ts';
import { runMlops } from './run-mlops.ts';

const run = promisify(execFile);

const gates = `apiVersion: mlops/v1
kind: Model
metadata: {name: churn}
validation: {gates: [{maxSize: 1MB}, {card: [Limits]}]}
stages: [{name: staging, requireGates: false}, {name: production, alias: champion}]
`;

const team = `apiVersion: mlops/v1
kind: Workspace
metadata: {name: churn}
access:
  roles: {maintainer: [register, sign], reader: []}
  members: [{name: ana, role: maintainer, publicKey: ana.pub}, {name: ben, role: reader}]
`;

async function folderWithModel(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-cli-models-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'm'));
  await writeFile(join(folder, 'm', 'weights.bin'), 'abc');
  await writeFile(join(folder, 'm', 'README.md'), '# Churn\n\n## Limits\n\nNone known.\n');
  return folder;
}

/** Runs a command in a folder with `--json`, and reads its answer. */
async function json(cwd: string, args: readonly string[], code = 0): Promise<unknown> {
  const finished = await runMlops(['--json', ...args], { cwd, env: { MLOPS_ACTOR: 'ana' } });
  expect({ code: finished.code, stderr: finished.stderr }).toEqual({ code, stderr: '' });
  return JSON.parse(finished.stdout);
}

async function failure(cwd: string, args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const { code, stderr, stdout } = await runMlops(args, { cwd, env: { MLOPS_ACTOR: 'ana' } });
  expect(stdout).toBe('');
  return { code, stderr: stderr.trim() };
}

const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);

describe('models on the command line', () => {
  it('are shown with all that is known of them, and with the versions that they were made from', async () => {
    const cwd = await folderWithModel();
    await json(cwd, ['model', 'register', 'm', '--name', 'base']);
    await json(cwd, ['model', 'alias', 'base@1.0.0', 'stable']);
    const columns = '[{"name": "tenure", "type": "long", "required": false}]';
    await writeFile(join(cwd, 'm', 'MLmodel'), `flavors: {sklearn: {}}\nsignature: {inputs: '${columns}'}\n`);
    await writeFile(join(cwd, 'm', 'requirements.txt'), 'scikit-learn==1.9.1\n');
    const parents = ['--parent', 'base@stable', '--parent', 'base@^1'];
    await json(cwd, ['model', 'register', 'm', '--name', 'churn', '--tag', 'team=a', ...parents]);
    expect(await json(cwd, ['model', 'show', 'churn@latest'])).toMatchObject({
      ...{ name: 'churn', version: '1.0.0', createdBy: 'ana', manifestDigest: sha256, signed: false },
      ...{ parents: ['base@1.0.0'], tags: { team: 'a' }, requirements: ['scikit-learn==1.9.1'] },
      files: [
        { path: 'MLmodel', size: 102, sha256 },
        { path: 'README.md', size: 32, sha256 },
        { path: 'requirements.txt', size: 20, sha256 },
        { path: 'weights.bin', size: 3, sha256 },
      ],
    });
    const { stdout } = await runMlops(['model', 'show', 'churn@1.0.0'], { cwd, env: {} });
    expect(stdout.replace(/[0-9a-f]{64}|\d{4}-.*\d\d:\d\d/g, '…')).toBe(`churn@1.0.0

Version
  framework   sklearn
  signed      no
  registered  … by ana
  digest      …

Made from
  versions  base@1.0.0

Inputs and outputs
  input tenure  long, optional

Tags
  team  a

Requirements
  scikit-learn==1.9.1

4 files, 157 B
  MLmodel           102 B
  README.md         32 B
  requirements.txt  20 B
  weights.bin       3 B
`);
    const made = await failure(cwd, ['model', 'register', 'm', '--name', 'churn', '--parent', 'base@2.0.0']);
    expect(made).toMatchObject({ code: 2, stderr: expect.stringContaining('base@2.0.0') });
  });

  it('are registered, listed, validated, promoted, rolled back and audited', async () => {
    const cwd = await folderWithModel();
    await writeFile(join(cwd, 'churn.mlops.yaml'), gates);
    expect(await json(cwd, ['models', 'list'])).toEqual({ models: [] });
    expect(await json(cwd, ['audit', 'verify'])).toMatchObject({ intact: true, entries: 0, brokenAt: null });
    expect(await json(cwd, ['audit', 'list'])).toEqual({ entries: [] });
    // Looking makes nothing.
    expect(await readdir(cwd)).toEqual(['churn.mlops.yaml', 'm']);

    const register = ['model', 'register', 'm', '--name', 'churn'];
    expect(await json(cwd, register)).toMatchObject({ name: 'churn', version: '1.0.0', rootDigest: sha256 });
    expect(await json(cwd, [...register, '--bump', 'minor', '--tag', 'team=a'])).toMatchObject({ version: '1.1.0' });

    expect(await json(cwd, ['model', 'validate', 'churn@1.0.0'])).toMatchObject({
      passed: true,
      gates: [
        { name: 'size ≤ 1MB', passed: true, value: 35, bound: 1_000_000 },
        { name: 'card', passed: true, value: true, bound: 'Limits' },
      ],
    });
    expect(await json(cwd, ['model', 'promote', 'churn@1.1.0', '--to', 'production'], 1)).toMatchObject({
      done: false,
      problems: [expect.stringContaining('mlops model validate churn@1.1.0')],
    });
    expect(await json(cwd, ['model', 'promote', 'churn@1.0.0', '--to', 'production', '--dry-run'])).toMatchObject({
      done: false,
      problems: [],
    });
    expect(await json(cwd, ['model', 'promote', 'churn@1.0.0', '--to', 'production'])).toMatchObject({
      model: 'churn',
      version: '1.0.0',
      stage: 'production',
      done: true,
      steps: [
        { what: 'stage of churn@1.0.0', before: null, after: 'production' },
        { what: 'churn@champion', before: null, after: '1.0.0' },
      ],
    });
    await json(cwd, ['model', 'validate', 'churn@1.1.0']);
    await json(cwd, ['model', 'promote', 'churn@1.1.0', '--to', 'production']);
    const back = ['model', 'rollback', 'churn', '--to', '1.0.0', '--reason', 'slow'];
    expect(await json(cwd, back)).toMatchObject({ version: '1.0.0', stage: 'production', done: true });

    const { models } = z
      .object({ models: z.array(z.object({ name: z.string(), versions: z.array(z.record(z.string(), z.unknown())) })) })
      .parse(await json(cwd, ['models', 'list']));
    expect(models).toMatchObject([
      {
        name: 'churn',
        versions: [
          { version: '1.1.0', stage: null, aliases: [], rootDigest: sha256, signed: false },
          { version: '1.0.0', stage: 'production', aliases: ['champion'], rootDigest: sha256, signed: false },
        ],
      },
    ]);
    const { entries } = z
      .object({ entries: z.array(z.record(z.string(), z.unknown())) })
      .parse(await json(cwd, ['audit', 'list']));
    expect(entries.map(({ action }) => action)).toEqual([
      ...['register', 'register', 'validate', 'promote', 'validate', 'promote', 'rollback'],
    ]);
    expect(entries.at(-1)).toMatchObject({ actor: 'ana', target: 'churn@1.0.0', reason: 'slow' });
    expect(await json(cwd, ['audit', 'verify'])).toMatchObject({ intact: true, entries: 7 });
    expect(await json(cwd, ['audit', 'list', '--action', 'rollback'])).toMatchObject({ entries: [{ seq: 7 }] });
  });

  it('are signed and verified, with the reason where that fails', async () => {
    const cwd = await folderWithModel();
    const [key, other] = [await ecKey(), await ecKey('P-521')];
    await writeFile(join(cwd, 'key.pem'), key.privatePem);
    await writeFile(join(cwd, 'key.pub'), key.publicPem);
    await writeFile(join(cwd, 'other.pub'), other.publicPem);
    expect(await json(cwd, ['model', 'sign', 'm', '--key', 'key.pem'])).toEqual({
      signature: join(cwd, 'm', 'model.sig'),
      rootDigest: sha256,
      files: 2,
    });
    const verify = ['model', 'verify', 'm', '--key'];
    expect(await json(cwd, [...verify, 'key.pub'])).toMatchObject({ verified: true, reason: null });
    expect(await json(cwd, [...verify, 'other.pub'], 1)).toMatchObject({ verified: false, reason: 'wrong-key' });
    await writeFile(join(cwd, 'm', 'weights.bin'), 'abd');
    expect(await json(cwd, [...verify, 'key.pub'], 1)).toMatchObject({ verified: false, reason: 'changed-file' });
    await rm(join(cwd, 'm', 'model.sig'));
    expect(await json(cwd, [...verify, 'key.pub'], 1)).toMatchObject({ verified: false, reason: 'no-signature' });
    const elsewhere = ['--signature', 'out.sig'];
    await json(cwd, ['model', 'sign', 'm', '--key', 'key.pem', ...elsewhere]);
    expect(await json(cwd, [...verify, 'key.pub', ...elsewhere])).toMatchObject({ verified: true });
  });

  it('are signed where they are registered, their files being elsewhere', async () => {
    const cwd = await folderWithModel();
    const key = await ecKey();
    await writeFile(join(cwd, 'key.pem'), key.privatePem);
    await json(cwd, ['model', 'register', 'm', '--name', 'churn']);
    await rm(join(cwd, 'm'), { recursive: true });
    const sign = ['model', 'sign', 'churn@1.0.0', '--key', 'key.pem'];
    expect(await json(cwd, sign)).toMatchObject({ version: 'churn@1.0.0', signer: expect.stringMatching(/^the key /) });
    expect(await json(cwd, ['models', 'list'])).toMatchObject({ models: [{ versions: [{ signed: true }] }] });
    expect(await failure(cwd, [...sign, '--signature', 'out.sig'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--signature is for directories'),
    });
    expect(await failure(cwd, ['model', 'sign', 'churn@9.0.0', '--key', 'key.pem'])).toMatchObject({ code: 2 });
  });

  it('open encrypted keys by the passphrase of the environment', async () => {
    const cwd = await folderWithModel();
    const { privateKey, publicPem } = await ecKey('P-384');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'sesame' });
    await writeFile(join(cwd, 'key.pem'), pem);
    await writeFile(join(cwd, 'key.pub'), publicPem);
    const sign = ['model', 'sign', 'm', '--key', 'key.pem'];
    const wrong = await runMlops(sign, { cwd, env: { MLOPS_SIGNING_PASSPHRASE: 'other' } });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('the passphrase is wrong') });
    expect(await failure(cwd, sign)).toEqual({
      code: 2,
      stderr: `error: ${join(cwd, 'key.pem')} is encrypted, and there is no passphrase for it. Set MLOPS_SIGNING_PASSPHRASE in the environment.`,
    });
    expect((await runMlops(sign, { cwd, env: { MLOPS_SIGNING_PASSPHRASE: 'sesame' } })).code).toBe(0);
    expect(await json(cwd, ['model', 'verify', 'm', '--key', 'key.pub'])).toMatchObject({ verified: true });
  });

  it('are approved by keys of members, and show what approvals are worth', async () => {
    const cwd = await folderWithModel();
    const key = await ecKey();
    await writeFile(join(cwd, 'ana.pem'), key.privatePem);
    await writeFile(join(cwd, 'ana.pub'), key.publicPem);
    await writeFile(
      join(cwd, 'mlops.yaml'),
      `apiVersion: mlops/v1
kind: Workspace
metadata: {name: churn}
access:
  roles: {maintainer: [register, approve, promote]}
  members: [{name: ana, role: maintainer, publicKey: ana.pub}]
---
apiVersion: mlops/v1
kind: Model
metadata: {name: churn}
stages: [{name: production, approvals: 1}]
`,
    );
    await json(cwd, ['model', 'register', 'm', '--name', 'churn']);
    const change = ['churn@1.0.0', '--to', 'production'];
    expect(await json(cwd, ['model', 'approvals', ...change], 1)).toEqual({ needed: 1, valid: 0, approvals: [] });
    expect(await json(cwd, ['model', 'request-approval', ...change, '--comment', 'please'])).toMatchObject({
      needed: 1,
    });
    const asked = { model: 'churn', version: '1.0.0', to: 'production', comment: 'please', needed: 1 };
    expect(await json(cwd, ['model', 'approvals'])).toEqual({
      requests: [expect.objectContaining({ ...asked, valid: 0 })],
    });
    expect(await failure(cwd, ['model', 'approvals', 'churn@1.0.0'])).toEqual({
      code: 2,
      stderr: expect.stringContaining('--to'),
    });
    const approved = await json(cwd, ['model', 'approve', ...change, '--key', 'ana.pem', '--expires', '2d']);
    expect(approved).toMatchObject({
      approver: 'ana',
      model: 'churn',
      version: '1.0.0',
      to: 'production',
      approvals: 1,
    });
    const { approval } = z.object({ approval: z.string() }).parse(approved);
    expect(JSON.parse(await readFile(approval, 'utf8'))).toMatchObject({ payloadType: 'application/vnd.in-toto+json' });
    expect(await json(cwd, ['model', 'approvals', ...change])).toMatchObject({ valid: 1 });
    expect(await failure(cwd, ['model', 'approve', ...change, '--key', 'ana.pem', '--expires', 'soon'])).toEqual({
      code: 2,
      stderr: expect.stringContaining('soon'),
    });
    expect(await json(cwd, ['model', 'approvals'])).toMatchObject({ requests: [{ ...asked, valid: 1 }] });
    expect(await json(cwd, ['model', 'promote', ...change])).toMatchObject({ done: true });
    expect(await json(cwd, ['model', 'approvals', ...change], 1)).toMatchObject({ valid: 0 });
    // It asked for the way that was gone since.
    expect(await json(cwd, ['model', 'approvals'])).toEqual({ requests: [] });
  });

  it('are aliased, archived, downloaded and deleted', async () => {
    const cwd = await folderWithModel();
    await json(cwd, ['model', 'register', 'm', '--name', 'churn', '--as', '0.1.0']);
    expect(await json(cwd, ['model', 'alias', 'churn@0.1.0', 'champion'])).toEqual({
      ...{ model: 'churn', alias: 'champion', before: null, after: '0.1.0' },
    });
    expect(await json(cwd, ['model', 'download', 'churn@champion', '-o', 'out'])).toMatchObject({ files: 2 });
    expect(await readFile(join(cwd, 'out', 'weights.bin'), 'utf8')).toBe('abc');
    expect(await failure(cwd, ['model', 'archive', 'churn@0.1.0'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('@champion'),
    });
    await json(cwd, ['model', 'alias', 'churn@champion', 'champion', '--remove']);
    expect(await json(cwd, ['model', 'archive', 'churn@0.1.0'])).toEqual({ version: 'churn@0.1.0', archived: true });
    expect(await json(cwd, ['models', 'list'])).toEqual({ models: [] });
    expect(await json(cwd, ['models', 'list', '--archived'])).toMatchObject({ models: [{ name: 'churn' }] });
    expect(await json(cwd, ['model', 'delete', 'churn@0.1.0'], 1)).toEqual({ version: 'churn@0.1.0', deleted: false });
    expect(await json(cwd, ['model', 'delete', 'churn@0.1.0', '--yes'])).toMatchObject({ deleted: true });
    expect(await json(cwd, ['models', 'list', '--archived'])).toEqual({ models: [] });
  });

  it('have an audit log whose end can be noted in Git, so that cutting it shows', async () => {
    const cwd = await folderWithModel();
    const git = (...args: string[]) => run('git', args, { cwd });
    await json(cwd, ['model', 'register', 'm', '--name', 'churn']);
    expect(await failure(cwd, ['audit', 'anchor'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Git') });
    await git('init', '-q');
    await git('config', 'user.name', 'ana');
    await git('config', 'user.email', 'ana@example.com');
    await git('commit', '-q', '--allow-empty', '-m', 'first');
    await json(cwd, ['model', 'register', 'm', '--name', 'churn']);
    const anchored = await runMlops(['--json', 'audit', 'anchor'], { cwd, env: { MLOPS_ACTOR: 'ana' } });
    expect(JSON.parse(anchored.stdout)).toMatchObject({ seq: 2, hash: sha256 });
    expect(await json(cwd, ['audit', 'verify'])).toMatchObject({ intact: true, entries: 2 });
    const database = new DatabaseSync(join(cwd, '.mlops', 'models.db'));
    database.exec('DELETE FROM audit WHERE seq = 2');
    database.close();
    expect(await json(cwd, ['audit', 'verify'], 1)).toMatchObject({
      ...{ intact: false, brokenAt: 2, problem: 'anchor' },
      detail: expect.stringMatching(/^The log ends at entry 1, but the Git note on [0-9a-f]{12} knows entry 2/),
    });
  });

  it('have an audit log whose end is signed by a member, so that a log that is written anew shows', async () => {
    const cwd = await folderWithModel();
    const [ana, other] = [await ecKey(), await ecKey()];
    const pems = { 'ana.pem': ana.privatePem, 'ana.pub': ana.publicPem, 'other.pub': other.publicPem };
    for (const [name, pem] of Object.entries(pems)) await writeFile(join(cwd, name), pem);
    await writeFile(join(cwd, 'mlops.yaml'), team);
    const checkpoint = ['audit', 'checkpoint', '--key', 'ana.pem'];
    expect(await failure(cwd, checkpoint)).toMatchObject({ code: 2, stderr: expect.stringContaining('no entry yet') });
    await json(cwd, ['model', 'register', 'm', '--name', 'churn']);
    const signed = await runMlops(['--json', ...checkpoint], { cwd, env: { MLOPS_ACTOR: 'ana' } });
    const file = z.object({ checkpoint: z.string() }).parse(JSON.parse(signed.stdout)).checkpoint;
    expect(JSON.parse(signed.stdout)).toMatchObject({ seq: 1, hash: sha256, signer: 'ana' });
    expect(relative(cwd, file)).toMatch(/^audit.000001-[0-9a-f]{12}-[0-9a-f]{8}\.checkpoint\.json$/);
    expect(await runMlops(checkpoint, { cwd, env: { MLOPS_ACTOR: 'ben' } })).toMatchObject({
      stderr: expect.stringContaining('ben'),
    });

    const holds = { intact: true, checkpoints: [{ seq: 1, signer: 'ana', problem: null }] };
    expect(await json(cwd, ['audit', 'verify'])).toMatchObject(holds);
    expect(await json(cwd, ['audit', 'verify', '--key', 'ana.pub'])).toMatchObject(holds);
    expect(await json(cwd, ['audit', 'verify', '--key', 'other.pub'], 1)).toMatchObject({
      ...{ intact: false, entries: 1, brokenAt: null, problem: 'checkpoint' },
      detail: 'No checkpoint in audit/ is signed by other.pub.',
    });
    const shown = await runMlops(['audit', 'verify'], { cwd });
    expect(shown.stdout).toMatch(/^✓ The one entry[^\n]*\n {2}✓ audit\/000001-\S+: entry 1, signed by ana at \d{4}-/);

    // The same registry, written anew: its chain is whole by itself.
    const database = new DatabaseSync(join(cwd, '.mlops', 'models.db'));
    const entry: AuditEntry = JSON.parse(String(database.prepare('SELECT entry FROM audit').get()?.entry));
    const { seq: _, previous: __, hash: ___, ...record } = entry;
    const anew = chained({ ...record, actor: 'eve' }, null);
    database.prepare('UPDATE audit SET hash = ?, entry = ?').run(anew.hash, JSON.stringify(anew));
    database.close();
    expect(await json(cwd, ['audit', 'verify'], 1)).toMatchObject({
      ...{ intact: false, entries: 1, brokenAt: 1, problem: 'checkpoint' },
      checkpoints: [{ problem: { reason: 'rewritten' } }],
    });
    const told = await runMlops(['audit', 'verify'], { cwd });
    expect(told).toMatchObject({ code: 1, stdout: expect.stringContaining('(rewritten)') });
    expect(await runMlops(checkpoint, { cwd, env: { MLOPS_ACTOR: 'ana' } })).toMatchObject({
      stderr: expect.stringContaining('The audit log is not what was written'),
    });
  });

  it('say in one line what is wrong', async () => {
    const cwd = await folderWithModel();
    expect(await failure(cwd, ['model', 'register', 'nowhere', '--name', 'churn'])).toMatchObject({ code: 2 });
    expect(await failure(cwd, ['model', 'register', 'm', '--name', 'a/b'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: “a\/b” is no name of a model\./),
    });
    expect(await failure(cwd, ['model', 'validate', 'churn'])).toEqual({
      code: 2,
      stderr: 'error: “churn” names a model without a version. Write churn@1.2.0, churn@champion or churn@latest.',
    });
    expect(await failure(cwd, ['model', 'promote', 'churn@1.0.0', '--to', 'production'])).toEqual({
      code: 2,
      stderr: 'error: There is no model churn in this registry.',
    });
    expect(await failure(cwd, ['model', 'verify', 'm'])).toEqual({
      code: 2,
      stderr: 'error: Name what you trust: either --key or --certificate-chain.',
    });
    expect(await failure(cwd, ['model', 'register', 'm', '--name', 'x', '--tag', 'team'])).toMatchObject({ code: 2 });
  });

  it('are shown in tables to people', async () => {
    const cwd = await folderWithModel();
    await writeFile(join(cwd, 'churn.mlops.yaml'), gates);
    await json(cwd, ['model', 'register', 'm', '--name', 'churn']);
    const list = await runMlops(['models', 'list'], { cwd });
    expect(list.stdout).toMatch(/^MODEL +VERSION +STAGE[^\n]*\nchurn +1\.0\.0/);
    const validated = await runMlops(['model', 'validate', 'churn@latest'], { cwd });
    expect(validated.stdout).toMatch(/GATE +RESULT[^\n]*\nsize ≤ 1MB +passed/);
    expect(validated.stderr).toBe('churn@1.0.0 passed all 2 gates.\n');
    const promoted = await runMlops(['model', 'promote', 'churn@1.0.0', '--to', 'staging'], { cwd });
    expect(promoted.stdout).toMatch(/CHANGE +BEFORE +AFTER\nstage of churn@1\.0\.0 +– +staging/);
    expect(promoted.stderr).toBe('✓ churn@1.0.0 is in staging.\n');
    const audit = await runMlops(['audit', 'list'], { cwd });
    expect(audit.stdout).toMatch(/stage of 1\.0\.0: – → staging/);
  });

  it('have an audit log that is narrowed, and written as CSV and JSON', async () => {
    const cwd = await folderWithModel();
    await json(cwd, ['model', 'register', 'm', '--name', 'churn']);
    await json(cwd, ['model', 'alias', 'churn@1.0.0', 'champion', '--reason', '=1+1, "so"']);
    const listed = async (...flags: string[]) =>
      z.object({ entries: z.array(auditEntry) }).parse(await json(cwd, ['audit', 'list', ...flags])).entries;
    const all = await listed();
    const actions = async (...flags: string[]) => (await listed(...flags)).map(({ action }) => action);
    const [first, second] = all.map(({ action }) => action);
    expect(await actions('--text', 'champion SO')).toEqual([second]);
    expect(await actions('--since', '1h', '--until', new Date().toLocaleDateString('sv'))).toEqual([first, second]);
    expect(await actions('--until', '2020-01-31')).toEqual([]);
    expect(await actions('--since', '2999-01-01')).toEqual([]);
    expect(await actions('--until', new Date(all[0]?.time ?? 0).toISOString())).toEqual([first]);
    expect(await failure(cwd, ['audit', 'list', '--since', 'lately'])).toMatchObject({ code: 2 });

    const written = async (format: string) => (await runMlops(['audit', 'list', '--format', format], { cwd })).stdout;
    expect(JSON.parse(await written('json'))).toEqual({ entries: all });
    const lines = (await written('csv')).split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe('seq,time,actor,action,target,before,after,reason,previous,hash');
    const time = new Date(all[0]?.time ?? 0).toISOString();
    expect(lines[1]).toContain(`1,${time},ana,${first},churn@1.0.0,,"{""manifestDigest"":`);
    // No formula of anybody's runs in a spreadsheet.
    expect(lines[2]).toContain(`,"'=1+1, ""so""",`);
  });
});

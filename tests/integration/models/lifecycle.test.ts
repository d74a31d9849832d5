import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readApprovalRequests } from '#server/models/approvals/approval-folder.ts';
import { approvalState, approveVersion, requestApproval } from '#server/models/approve-version.ts';
import { readAuditEntries } from '#server/models/audit/read-entries.ts';
import { downloadVersion } from '#server/models/download-version.ts';
import { archiveVersion, deleteVersion, setAlias } from '#server/models/manage-versions.ts';
import { carryOut, planStagePromotion, planStageRollback } from '#server/models/promote.ts';
import { registerVersion } from '#server/models/register-version.ts';
import { signVersion } from '#server/models/sign-version.ts';
import { readPublicKey } from '#server/models/signing/keys.ts';
import { signDirectory } from '#server/models/signing/sign-directory.ts';
import { verifyModel } from '#server/models/signing/verify-model.ts';
import { validateVersion } from '#server/models/validate-version.ts';
import { fetchVersionFile } from '#server/models/version-file.ts';
import { ecKey } from '../../testbeds/certificates.ts';
import { type ModelWorkspace, mlmodel, modelWorkspace, registration } from './model-workspace.ts';

const tenure = { name: 'tenure', type: 'long' };
const card = '---\nlicense: apache-2.0\n---\n# Churn\n\n## Intended use\n\nCalls.\n';

const files = {
  'm/MLmodel': mlmodel([tenure]),
  'm/requirements.txt': 'scikit-learn==1.9.1\n# nothing else\n',
  'm/README.md': card,
  'm/data/weights.bin': new Uint8Array([1, 2, 3]),
};

const contentPath = (sha256: string) => `sha256/${sha256.slice(0, 2)}/${sha256}`;

const promote = async (models: ModelWorkspace['models'], selector: string, stage: string) => {
  const proposal = await planStagePromotion(models, { model: 'churn', selector, stage });
  await carryOut(models, proposal, null);
  return proposal;
};

describe('registering', () => {
  it('keeps what the files say of the model, and its contents once', async () => {
    const { folder, models } = await modelWorkspace(files);
    const { version, notes } = await registerVersion(models, registration(join(folder, 'm'), { tags: { team: 'a' } }));
    expect(notes).toEqual([]);
    expect(version).toMatchObject({
      version: '1.0.0',
      signed: false,
      fileCount: 4,
      framework: 'sklearn',
      createdBy: 'ana',
    });
    const details = await models.registry.version('churn', '1.0.0');
    expect(details.metadata).toMatchObject({
      flavors: ['python_function', 'sklearn'],
      requirements: ['scikit-learn==1.9.1'],
      licence: 'Apache-2.0',
      card: '# Churn\n\n## Intended use\n\nCalls.\n',
      tags: { team: 'a' },
      signature: { inputs: [{ name: 'tenure', type: 'long', shape: null, required: true }] },
    });
    const target = join(folder, 'copy');
    expect(await downloadVersion(models, { model: 'churn', selector: 'latest', target })).toEqual({
      version: 'churn@1.0.0',
      files: 4,
      bytes: version.size,
    });
    expect(await readFile(join(target, 'data', 'weights.bin'))).toEqual(Buffer.from([1, 2, 3]));
    expect(await readFile(join(target, 'README.md'), 'utf8')).toBe(card);
    const shown = await fetchVersionFile(models, { model: 'churn', selector: '1.0.0', path: 'README.md' });
    expect(await readFile(shown, 'utf8')).toBe(card);
  });

  it('reads a large model once, keeps what another version has already, and leaves nothing half stored', async () => {
    const large = randomBytes(17 * 1024 ** 2);
    const { folder, models, write } = await modelWorkspace({ ...files, 'm/data/large.bin': large });
    const stored = async () => (await readdir(join(folder, '.mlops/artifacts'), { recursive: true })).sort();
    await registerVersion(models, registration(join(folder, 'm')));
    const inodeOf = async () =>
      (await stat(join(folder, '.mlops/artifacts', contentPath(createHash('sha256').update(large).digest('hex'))))).ino;
    const before = await inodeOf();
    await write('m/data/weights.bin', 'other');
    await registerVersion(models, registration(join(folder, 'm')));
    expect(await inodeOf()).toBe(before);
    const whole = await stored();
    expect(whole.filter((path) => path.startsWith('.unfinished/'))).toEqual([]);
    await write('m/evil.pkl', "cos\nsystem\n(S'true'\ntR.");
    await write('m/data/large.bin', randomBytes(18 * 1024 ** 2));
    await expect(registerVersion(models, registration(join(folder, 'm')))).rejects.toThrow('It is not registered');
    expect(await stored()).toEqual(whole);
    const target = join(folder, 'copy');
    await downloadVersion(models, { model: 'churn', selector: '1.0.0', target });
    expect((await readFile(join(target, 'data', 'large.bin'))).equals(large)).toBe(true);
  });

  it.each([
    ['the same inputs', [tenure], '1.0.1'],
    ['one more that nobody has to give', [tenure, { name: 'fee', type: 'double', required: false }], '1.1.0'],
    ['one more that everybody has to give', [tenure, { name: 'fee', type: 'double' }], '2.0.0'],
    ['another type', [{ name: 'tenure', type: 'string' }], '2.0.0'],
  ])('goes as far as the change: %s', async (_, inputs, expected) => {
    const { folder, models, write } = await modelWorkspace(files);
    await registerVersion(models, registration(join(folder, 'm')));
    await write('m/MLmodel', mlmodel(inputs));
    const { version } = await registerVersion(models, registration(join(folder, 'm')));
    expect(version.version).toBe(expected);
  });

  it('goes as far as one says, and takes a version by its name once', async () => {
    const { folder, models } = await modelWorkspace(files);
    const request = registration(join(folder, 'm'));
    expect((await registerVersion(models, { ...request, version: '2.0.0-rc.1' })).version.version).toBe('2.0.0-rc.1');
    expect((await registerVersion(models, { ...request, bump: 'major' })).version.version).toBe('2.0.0');
    await expect(registerVersion(models, { ...request, version: '2.0.0' })).rejects.toMatchObject({ reason: 'input' });
    await expect(registerVersion(models, { ...request, version: 'two' })).rejects.toMatchObject({
      message: '“two” is no semantic version such as 1.2.0 or 2.0.0-rc.1.',
    });
    await expect(registerVersion(models, { ...request, model: '../evil' })).rejects.toMatchObject({ reason: 'input' });
  });

  it('keeps contents where mlops.yaml says, and nowhere else where it can’t', async () => {
    const storage = (entry: string) =>
      `apiVersion: mlops/v1\nkind: Workspace\nmetadata: {name: w}\nstorage: ${entry}\n`;
    const { folder, models, write, as } = await modelWorkspace({
      ...files,
      'mlops.yaml': storage('{type: local, path: kept}'),
    });
    await registerVersion(models, registration(join(folder, 'm')));
    expect(models.contents.uri).toBe(join(folder, 'kept'));
    await write('mlops.yaml', storage('{type: s3, bucket: "${{ env.NOWHERE }}"}'));
    await expect(as('ana')).rejects.toMatchObject({ reason: 'input' });
  });

  it('refuses a damaged MLmodel file and says where', async () => {
    const { folder, models, write } = await modelWorkspace(files);
    await write('m/MLmodel', "signature: {inputs: '[{', outputs: null}\n");
    await expect(registerVersion(models, registration(join(folder, 'm')))).rejects.toMatchObject({
      reason: 'input',
      message: expect.stringContaining('signature.inputs: it is no JSON'),
    });
    expect(await models.registry.listVersions('churn')).toEqual([]);
  });

  it('refuses a pickle that would run something, unless the document allows it', async () => {
    const { folder, models, write } = await modelWorkspace(files);
    await write('m/model.pkl', "cposix\nsystem\n(S'true'\ntR.");
    const refused = { reason: 'input', message: expect.stringContaining('posix.system') };
    await expect(registerVersion(models, registration(join(folder, 'm')))).rejects.toMatchObject(refused);
    await write('mlops.yaml', document('pickle: allow'));
    expect((await registerVersion(models, registration(join(folder, 'm')))).version.version).toBe('1.0.0');
  });

  it('refuses any pickle where the document forbids them', async () => {
    const { folder, models, write } = await modelWorkspace({ ...files, 'mlops.yaml': document('pickle: forbid') });
    await write('m/model.pkl', new Uint8Array([0x80, 4, 0x4e, 0x2e]));
    await expect(registerVersion(models, registration(join(folder, 'm')))).rejects.toMatchObject({
      message: 'It is not registered: It has pickles: model.pkl.',
    });
  });

  it('refuses what is not validly signed where the document asks for it', async () => {
    const key = await ecKey();
    const { folder, models } = await modelWorkspace({
      ...files,
      'keys/ci.pub': key.publicPem,
      'mlops.yaml': document('signing: {verifyOn: [register], keys: [keys/ci.pub]}'),
    });
    await expect(registerVersion(models, registration(join(folder, 'm')))).rejects.toMatchObject({
      message: 'It is not registered: its signature is not valid. It is not signed.',
    });
  });

  it('fails where a key that the document trusts can’t be read: it must not count as none', async () => {
    const { folder, models } = await modelWorkspace({
      ...files,
      'mlops.yaml': document('signing: {verifyOn: [register], keys: [keys/ci.pub]}'),
    });
    const [directory, { privateKey: key }] = [join(folder, 'm'), await ecKey()];
    await signDirectory({ directory, signature: join(directory, 'model.sig'), key, certificates: [] });
    await expect(registerVersion(models, registration(join(folder, 'm')))).rejects.toMatchObject({
      reason: 'input',
      message: `The public key ${join(folder, 'keys/ci.pub')} can’t be read.`,
      remedy: 'mlops.yaml or a Model document names it.',
    });
  });
});

function document(...lines: string[]): string {
  return `apiVersion: mlops/v1\nkind: Model\nmetadata: {name: churn}\n${lines.join('\n')}\n`;
}

describe('a policy that nobody can read', () => {
  it.each([
    ['a key that there is not', document('stagess: []'), 'stagess'],
    ['syntax', `${document()}stages: [}\n`, 'can’t be read'],
    ['two documents', `${document()}---\n${document()}`, 'twice in'],
    ['a file that is too large', `${document()}${'#'.repeat(2 * 1024 ** 2)}`, 'larger than 2 MB'],
    ['a kind with a tag', document('stagess: []').replace('kind:', 'kind: !!str'), 'stagess'],
    ['a kind with an anchor', document('stagess: []').replace('kind:', 'kind: &kind'), 'stagess'],
    ['a kind on a line of its own', document('stagess: []').replace('kind:', 'kind: # which\n '), 'stagess'],
  ])('lets nothing through: %s', async (_, yaml, problem) => {
    const { folder, models } = await modelWorkspace({ ...files, 'churn.mlops.yaml': yaml });
    await expect(registerVersion(models, registration(join(folder, 'm')))).rejects.toMatchObject({
      reason: 'input',
      message: expect.stringContaining(problem),
    });
  });

  it('is followed through a link, and lets nothing through where that leads nowhere', async () => {
    const { folder, models } = await modelWorkspace({ ...files, 'shared/policy.txt': document('stagess: []') });
    const link = join(folder, 'churn.mlops.yaml');
    await symlink('shared/policy.txt', link);
    const register = () => registerVersion(models, registration(join(folder, 'm')));
    await expect(register()).rejects.toMatchObject({ message: expect.stringContaining('stagess') });
    await rm(join(folder, 'shared/policy.txt'));
    await expect(register()).rejects.toMatchObject({ reason: 'permission' });
    await rm(link);
    await register();
  });

  it('holds nothing up where a large file is about something else', async () => {
    const other = `apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: churn}\n${'#'.repeat(2 * 1024 ** 2)}`;
    const { folder, models } = await modelWorkspace({ ...files, 'churn.mlops.yaml': other });
    await registerVersion(models, registration(join(folder, 'm')));
  });
});

const access = (members: string) => `apiVersion: mlops/v1
kind: Workspace
metadata: {name: churn}
access:
  roles: {maintainer: [register, validate, sign, approve, promote, rollback], developer: [register]}
  members: [${members}]
`;
const stages = document(
  'validation: {gates: [{card: [Intended use]}, {schemaCompatible: true}, {safePickle: true}, {command: "test $MLOPS_MODEL_VERSION != 9.9.9 && test -f $MLOPS_MODEL_PATH/MLmodel", name: there}]}',
  'stages: [{name: staging, requireGates: false}, {name: production, approvals: 2, approvers: [maintainer], requireSignature: true, alias: champion}]',
);

async function team() {
  const [ana, ben, eve] = [await ecKey(), await ecKey('P-384'), await ecKey('P-521')];
  const workspace = await modelWorkspace({
    ...files,
    'keys/ana.pub': ana.publicPem,
    'keys/ben.pub': ben.publicPem,
    'keys/cem.pub': eve.publicPem,
    'mlops.yaml': access(
      '{name: ana, role: maintainer, publicKey: keys/ana.pub}, {name: ben, role: maintainer, publicKey: keys/ben.pub}, {name: cem, role: developer, publicKey: keys/cem.pub}, {name: anna, role: maintainer, publicKey: keys/ana.pub}',
    ),
    'churn.mlops.yaml': stages,
  });
  return { ...workspace, ana, ben, eve };
}

describe('promotion', () => {
  it('asks for gates, signature and approvals, and moves the alias along', async () => {
    const { folder, models, ana, ben, as } = await team();
    await registerVersion(models, registration(join(folder, 'm')));
    const change = { model: 'churn', selector: '1.0.0', stage: 'production' };
    const first = await planStagePromotion(models, change);
    expect(first.plan.problems).toEqual([
      'Its gates were not asked, or have changed since: run mlops model validate churn@1.0.0.',
      'It is not signed, and the stage asks for a signature.',
      '2 approvals are needed, 0 are there.',
    ]);
    await expect(carryOut(models, first, null)).rejects.toMatchObject({ reason: 'input' });

    const { report } = await validateVersion(models, change);
    expect(report.gates.map(({ name, passed }) => [name, passed])).toEqual([
      ['card', true],
      ['schema compatible', true],
      ['safe pickle', true],
      ['there', true],
    ]);
    await signVersion(models, { ...change, signer: { key: ana.privateKey, certificates: [] } });
    await requestApproval(models, { ...change, comment: 'for the spring campaign' });
    expect(await readApprovalRequests(folder)).toMatchObject([
      { version: '1.0.0', to: 'production', requestedBy: 'ana' },
    ]);
    await approveVersion(models, { ...change, key: ana.privateKey });
    await approveVersion(models, { ...change, key: ana.privateKey });
    const half = await approvalState(models, change);
    expect(half.valid).toHaveLength(1);
    expect(half.approvals.map((one) => one.void?.reason ?? null).sort()).toEqual(['duplicate-key', null].sort());
    await approveVersion(await as('ben'), { ...change, key: ben.privateKey });

    const { plan } = await promote(models, '1.0.0', 'production');
    expect(plan.steps).toEqual([
      { what: 'stage of churn@1.0.0', before: null, after: 'production' },
      { what: 'churn@champion', before: null, after: '1.0.0' },
    ]);
    expect(await models.registry.listVersions('churn')).toMatchObject([{ stage: 'production', aliases: ['champion'] }]);
    // Used up: they say nothing about doing it again.
    const after = await approvalState(models, change);
    expect(after.valid).toEqual([]);
    const entry = readAuditEntries(models.audit).at(-1);
    expect(entry).toMatchObject({ action: 'promote', actor: 'ana', target: 'churn@1.0.0' });
  });

  it('voids approvals of a way that the version is no longer on', async () => {
    const { folder, models, ana } = await team();
    await registerVersion(models, registration(join(folder, 'm')));
    const change = { model: 'churn', selector: '1.0.0', stage: 'production' };
    await validateVersion(models, change);
    await approveVersion(models, { ...change, key: ana.privateKey });
    expect((await approvalState(models, change)).valid).toHaveLength(1);
    await promote(models, '1.0.0', 'staging');
    expect((await approvalState(models, change)).approvals[0]?.void?.reason).toBe('other-target');
  });

  it('takes no approval by a key that is nobody’s, or of a role that may not', async () => {
    const { folder, models, eve, as } = await team();
    await registerVersion(models, registration(join(folder, 'm')));
    const change = { model: 'churn', selector: '1.0.0', stage: 'production' };
    const stranger = await ecKey();
    await expect(approveVersion(models, { ...change, key: stranger.privateKey })).rejects.toMatchObject({
      reason: 'permission',
      message: 'This key is no member’s: an approval by it would count nothing.',
    });
    await expect(approveVersion(models, { ...change, key: eve.privateKey })).rejects.toMatchObject({
      reason: 'permission',
    });
    await expect(approveVersion(await as('cem'), { ...change, key: eve.privateKey })).rejects.toMatchObject({
      reason: 'permission',
      message: 'cem may not approve: mlops.yaml does not allow it.',
    });
  });

  it('counts no approvals where a member’s key can’t be read', async () => {
    const { folder, models } = await team();
    await registerVersion(models, registration(join(folder, 'm')));
    await rm(join(folder, 'keys/ben.pub'));
    await expect(
      approvalState(models, { model: 'churn', selector: '1.0.0', stage: 'production' }),
    ).rejects.toMatchObject({
      reason: 'input',
      message: `The public key of ben, ${join(folder, 'keys/ben.pub')}, can’t be read.`,
      remedy: null,
    });
  });

  it('is refused to who may not, and to a stage that there is not', async () => {
    const { folder, models, as } = await team();
    await registerVersion(models, registration(join(folder, 'm')));
    await expect(promote(await as('cem'), '1.0.0', 'staging')).rejects.toMatchObject({ reason: 'permission' });
    await expect(promote(models, '1.0.0', 'prod')).rejects.toMatchObject({
      message: 'churn has no stage “prod”.',
      remedy: 'Its Model document has: staging, production.',
    });
  });

  it('changes nothing where the registry changed since the plan was made', async () => {
    const { folder, models } = await modelWorkspace(files);
    await registerVersion(models, registration(join(folder, 'm')));
    const proposal = await planStagePromotion(models, { model: 'churn', selector: '1.0.0', stage: 'production' });
    await promote(models, '1.0.0', 'staging');
    await expect(carryOut(models, proposal, null)).rejects.toMatchObject({ reason: 'busy' });
    expect(await models.registry.listVersions('churn')).toMatchObject([{ stage: 'staging' }]);
  });
});

describe('rolling back', () => {
  it('goes to a version that was in the stage, with a reason', async () => {
    const { folder, models, write } = await modelWorkspace(files);
    await registerVersion(models, registration(join(folder, 'm')));
    await promote(models, '1.0.0', 'production');
    await write('m/data/weights.bin', 'other');
    await registerVersion(models, registration(join(folder, 'm')));
    await registerVersion(models, registration(join(folder, 'm')));
    await promote(models, '1.0.1', 'production');
    const request = { model: 'churn', selector: '1.0.0', stage: null };
    const proposal = await planStageRollback(models, request);
    await expect(carryOut(models, proposal, ' ')).rejects.toMatchObject({ message: expect.stringContaining('reason') });
    await carryOut(models, proposal, 'it was wrong about cats');
    const versions = await models.registry.listVersions('churn');
    expect(versions.map(({ version, stage }) => [version, stage])).toEqual([
      ['1.0.2', null],
      ['1.0.1', null],
      ['1.0.0', 'production'],
    ]);
    const never = await planStageRollback(models, { ...request, selector: '1.0.2', stage: 'production' });
    expect(never.plan.problems).toEqual(['churn@1.0.2 was never in production: promote it, with gates and approvals.']);
    await expect(planStageRollback(models, { ...request, selector: '1.0.2' })).rejects.toMatchObject({
      reason: 'input',
    });
  });
});

describe('care', () => {
  it('sets and removes aliases, but not those that stages move', async () => {
    const { folder, models } = await team();
    await registerVersion(models, registration(join(folder, 'm')));
    const alias = { model: 'churn', alias: 'challenger', selector: '1.0.0', reason: null };
    expect(await setAlias(models, alias)).toEqual({ before: null, after: '1.0.0' });
    expect(await setAlias(models, { ...alias, selector: null })).toEqual({ before: '1.0.0', after: null });
    await expect(setAlias(models, { ...alias, alias: 'champion' })).rejects.toMatchObject({
      message: 'The alias champion of churn moves with the stage production.',
    });
    await expect(setAlias(models, { ...alias, alias: 'v2' })).rejects.toMatchObject({ reason: 'input' });
  });

  it('deletes only what was confirmed by its name', async () => {
    const { folder, models } = await modelWorkspace(files);
    await registerVersion(models, registration(join(folder, 'm')));
    const request = { model: 'churn', selector: 'latest', reason: null };
    await expect(deleteVersion(models, { ...request, confirmed: 'churn@1.0.1' })).rejects.toMatchObject({
      reason: 'input',
    });
    expect(await archiveVersion(models, { ...request, archived: true })).toBe('churn@1.0.0');
    expect(await deleteVersion(models, { ...request, selector: '1.0.0', confirmed: 'churn@1.0.0' })).toBe(
      'churn@1.0.0',
    );
    expect(await models.registry.listVersions('churn')).toEqual([]);
  });
});

describe('signing a registered version', () => {
  it('gives what verifies against the downloaded files', async () => {
    const { folder, models } = await modelWorkspace(files);
    const key = await ecKey('P-384');
    await registerVersion(models, registration(join(folder, 'm')));
    await signVersion(models, { model: 'churn', selector: '1.0.0', signer: { key: key.privateKey, certificates: [] } });
    const { files: stored, bundle } = await models.registry.version('churn', '1.0.0');
    const trust = { type: 'keys', keys: [readPublicKey(key.publicPem, 'key')] } as const;
    expect(verifyModel(stored, bundle ?? '', trust)).toMatchObject({ verified: true, name: 'churn' });
    const target = join(folder, 'copy');
    await downloadVersion(models, { model: 'churn', selector: '1.0.0', target });
    expect(await readFile(join(target, 'model.sig'), 'utf8')).toBe(bundle);
  });

  it('is looked at before a download where the document asks for it', async () => {
    const { folder, models } = await modelWorkspace({
      ...files,
      'mlops.yaml': document('signing: {verifyOn: [download], keys: []}'),
    });
    await registerVersion(models, registration(join(folder, 'm')));
    const target = join(folder, 'copy');
    await expect(downloadVersion(models, { model: 'churn', selector: '1.0.0', target })).rejects.toMatchObject({
      message: 'churn@1.0.0 is not brought here: its signature is not valid. It is not signed.',
    });
  });
});

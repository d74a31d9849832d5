import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { downloadVersion } from '#server/models/download-version.ts';
import { carryOut, planStagePromotion, planStageRollback } from '#server/models/promote.ts';
import { registerVersion } from '#server/models/register-version.ts';
import { signVersion } from '#server/models/sign-version.ts';
import { verifyDirectory } from '#server/models/signing/sign-directory.ts';
import { modelWorkspace, registration } from '../integration/models/model-workspace.ts';
import { ecKey } from '../testbeds/certificates.ts';

const files = { 'm/weights.bin': 'abc' };
const secret = 'a secret of the person';
const version = { model: 'churn', selector: '1.0.0' };

/** What can lie where a model's signature should be. */
const places: [string, (file: string, folder: string) => Promise<void>, RegExp][] = [
  [
    'a link out of the model',
    async (file, folder) => {
      await writeFile(join(folder, 'secret'), secret);
      await symlink(join(folder, 'secret'), file);
    },
    /model\.sig” is a symbolic link/,
  ],
  ['a link to nothing', (file, folder) => symlink(join(folder, 'nothing'), file), /model\.sig” is a symbolic link/],
  ['a folder', async (file) => void (await mkdir(file)), /model\.sig can’t be read: it is no regular file/],
  ['what is no signature', (file) => writeFile(file, secret), /model\.sig” is no signature of a model: it is no JSON/],
];
if (process.platform !== 'win32') {
  places.push([
    'a pipe that nobody writes to',
    async (file) => void execFileSync('mkfifo', [file]),
    /model\.sig can’t be read: it is no regular file/,
  ]);
}

describe('where a model’s signature should be', () => {
  it.each(places)('%s is refused when the model is registered', async (_, place, message) => {
    const { folder, models } = await modelWorkspace(files);
    await place(join(folder, 'm', 'model.sig'), folder);
    await expect(registerVersion(models, registration(join(folder, 'm')))).rejects.toMatchObject({
      message: expect.stringMatching(message),
      remedy: expect.any(String),
    });
    expect(await models.registry.listVersions('churn')).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('a pipe is no signature to verify by', async () => {
    const { folder } = await modelWorkspace(files);
    const signature = join(folder, 'm', 'model.sig');
    execFileSync('mkfifo', [signature]);
    const trust = { type: 'keys', keys: [(await ecKey()).publicKey] } as const;
    await expect(verifyDirectory({ directory: join(folder, 'm'), signature, trust })).rejects.toThrow(
      'it is no regular file',
    );
  });
});

describe('a download', () => {
  const signed = async () => {
    const { folder, models } = await modelWorkspace(files);
    await registerVersion(models, registration(join(folder, 'm')));
    const { privateKey: key } = await ecKey();
    await signVersion(models, { ...version, signer: { key, certificates: [] } });
    const target = join(folder, 'copy');
    await mkdir(target);
    return { folder, models, target, key };
  };

  it('writes no signature through a link', async () => {
    const { folder, models, target } = await signed();
    await writeFile(join(folder, 'secret'), secret);
    await symlink(join(folder, 'secret'), join(target, 'model.sig'));
    await expect(downloadVersion(models, { ...version, target })).rejects.toMatchObject({ reason: 'input' });
    expect(await readFile(join(folder, 'secret'), 'utf8')).toBe(secret);
    expect(await readdir(target)).toEqual(['model.sig']);
  });

  it('writes no signature over another, and leaves its own as it is', async () => {
    const { models, target, key } = await signed();
    await downloadVersion(models, { ...version, target });
    await downloadVersion(models, { ...version, target });
    const first = await readFile(join(target, 'model.sig'), 'utf8');
    await signVersion(models, { ...version, signer: { key, certificates: [] } });
    await expect(downloadVersion(models, { ...version, target })).rejects.toMatchObject({
      reason: 'input',
      message: expect.stringContaining('is there already, with another content'),
    });
    expect(await readFile(join(target, 'model.sig'), 'utf8')).toBe(first);
    await rm(join(target, 'model.sig'));
    await downloadVersion(models, { ...version, target });
    expect((await readdir(target)).sort()).toEqual(['model.sig', 'weights.bin']);
  });
});

describe('a signature that has to be verified on promotion', () => {
  const document = `apiVersion: mlops/v1
kind: Model
metadata: {name: churn}
signing: {verifyOn: [promote], keys: [keys/ci.pub]}
`;
  const problems = ['Its signature is not valid: It is not signed.'];

  it('has to be there', async () => {
    const key = await ecKey();
    const { folder, models, write } = await modelWorkspace({ ...files, 'keys/ci.pub': key.publicPem });
    await registerVersion(models, registration(join(folder, 'm')));
    await carryOut(models, await planStagePromotion(models, { ...version, stage: 'production' }), null);
    await carryOut(models, await planStagePromotion(models, { ...version, stage: 'staging' }), null);
    await write('mlops.yaml', document);
    const unsigned = await planStagePromotion(models, { ...version, stage: 'production' });
    expect(unsigned.plan.problems).toEqual(problems);
    await expect(carryOut(models, unsigned, null)).rejects.toMatchObject({ reason: 'input' });
    const back = { ...version, stage: 'production' };
    expect((await planStageRollback(models, back)).plan.problems).toEqual(problems);
    await signVersion(models, { ...version, signer: { key: key.privateKey, certificates: [] } });
    expect((await planStagePromotion(models, { ...version, stage: 'production' })).plan.problems).toEqual([]);
  });
});

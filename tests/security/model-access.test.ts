import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Operation } from '#schemas/config/access.ts';
import { approveVersion } from '#server/models/approve-version.ts';
import { readAuditEntries } from '#server/models/audit/read-entries.ts';
import { archiveVersion, deleteVersion, setAlias } from '#server/models/manage-versions.ts';
import type { ModelContext } from '#server/models/model-context.ts';
import { carryOut, planStagePromotion, planStageRollback } from '#server/models/promote.ts';
import { registerVersion } from '#server/models/register-version.ts';
import { signVersion } from '#server/models/sign-version.ts';
import { validateVersion } from '#server/models/validate-version.ts';
import { signAuditLog } from '#server/models/verify-audit.ts';
import { modelWorkspace, registration } from '../integration/models/model-workspace.ts';
import { ecKey } from '../testbeds/certificates.ts';

const { privateKey: key } = await ecKey('P-256');
const version = { model: 'churn', selector: '1.0.0', reason: null };
const everything: readonly Operation[] = [
  ...(['register', 'validate', 'sign', 'approve', 'promote', 'rollback', 'archive', 'delete'] as const),
];

type Change = (models: ModelContext, folder: string) => Promise<unknown>;

/** Every way to change something, as the editor and the command line take it, with what has to be allowed for it. */
const changes: Readonly<Record<string, readonly [Operation, Change]>> = {
  register: ['register', (models, folder) => registerVersion(models, registration(join(folder, 'm')))],
  validate: ['validate', (models) => validateVersion(models, version)],
  sign: ['sign', (models) => signVersion(models, { ...version, signer: { key, certificates: [] } })],
  'sign the audit log': ['sign', (models) => signAuditLog(models, key)],
  approve: ['approve', (models) => approveVersion(models, { ...version, stage: 'production', key })],
  promote: [
    'promote',
    async (models) => carryOut(models, await planStagePromotion(models, { ...version, stage: 'staging' }), null),
  ],
  'roll back': [
    'rollback',
    async (models) => {
      const back = { model: 'churn', selector: '1.0.0', stage: 'production' };
      await carryOut(models, await planStageRollback(models, back), 'slow');
    },
  ],
  'set an alias': ['promote', (models) => setAlias(models, { ...version, alias: 'challenger' })],
  'remove an alias': ['promote', (models) => setAlias(models, { ...version, alias: 'old', selector: null })],
  archive: ['archive', (models) => archiveVersion(models, { ...version, selector: '1.1.0', archived: true })],
  unarchive: ['archive', (models) => archiveVersion(models, { ...version, selector: '1.2.0', archived: false })],
  delete: ['delete', (models) => deleteVersion(models, { ...version, selector: '1.1.0', confirmed: 'churn@1.1.0' })],
};

const policyOf = (operations: readonly Operation[]) => `apiVersion: mlops/v1
kind: Workspace
metadata: {name: churn}
access:
  roles: {worker: [${operations.join(', ')}]}
  members: [{name: ana, role: worker}]
`;

/** Versions 1.0.0 (was in production, with the alias `old`), 1.1.0 and the archived 1.2.0; then the policy. */
async function restricted(operations: readonly Operation[]) {
  const { folder, models, write, as } = await modelWorkspace({ 'm/weights.bin': 'abc' });
  for (const bump of ['major', 'minor', 'minor'] as const)
    await registerVersion(models, registration(join(folder, 'm'), { bump }));
  await setAlias(models, { ...version, alias: 'old' });
  for (const selector of ['1.0.0', '1.1.0'])
    await carryOut(models, await planStagePromotion(models, { ...version, selector, stage: 'production' }), null);
  await carryOut(models, await planStagePromotion(models, { ...version, selector: '1.1.0', stage: 'staging' }), null);
  await archiveVersion(models, { ...version, selector: '1.2.0', archived: true });
  await write('mlops.yaml', policyOf(operations));
  return { folder, ana: await as('ana'), eve: await as('eve') };
}

describe('what roles of mlops.yaml do not allow', () => {
  it.each(Object.entries(changes))('is refused: %s', async (_, [operation, change]) => {
    const { folder, ana } = await restricted(everything.filter((one) => one !== operation));
    const before = readAuditEntries(ana.audit).length;
    await expect(change(ana, folder)).rejects.toMatchObject({
      reason: 'permission',
      message: `ana may not ${operation}: mlops.yaml does not allow it.`,
    });
    expect(readAuditEntries(ana.audit)).toHaveLength(before);
  });

  it.each(Object.entries(changes))('is refused to who is no member: %s', async (_, [operation, change]) => {
    const { folder, eve } = await restricted([operation]);
    await expect(change(eve, folder)).rejects.toMatchObject({ reason: 'permission' });
  });

  it.each([
    ['is a folder', (file: string) => mkdir(file)],
    ['is a link that leads nowhere', (file: string) => symlink('gone.yaml', file)],
  ])('is refused where mlops.yaml %s', async (_, make) => {
    const { folder, as } = await modelWorkspace({ 'm/weights.bin': 'abc' });
    await make(join(folder, 'mlops.yaml'));
    const models = await as('ana');
    await expect(registerVersion(models, registration(join(folder, 'm')))).rejects.toMatchObject({
      reason: 'permission',
    });
  });
});

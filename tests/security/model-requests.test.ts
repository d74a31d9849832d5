import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import * as protocol from '#schemas/protocol/models.ts';
import { readAuditEntries } from '#server/models/audit/read-entries.ts';
import { carryOut, planStagePromotion } from '#server/models/promote.ts';
import { registerVersion } from '#server/models/register-version.ts';
import { modelWorkspace, registration } from '../integration/models/model-workspace.ts';
import { startLanguageProcess } from '../integration/rpc/language-process.ts';
import { ecKey } from '../testbeds/certificates.ts';

const policy = `apiVersion: mlops/v1
kind: Workspace
metadata: {name: churn}
access:
  roles: {maintainer: [register, validate, sign, approve, promote, rollback, archive, delete]}
  members: [{name: ana, role: maintainer}]
`;
const gates = `apiVersion: mlops/v1
kind: Model
metadata: {name: churn}
validation: {gates: [{maxSize: 1MB}]}
`;

/** What changes neither the registry nor who vouches for it. */
const free = new Set<string>(
  [
    ...[protocol.listModels, protocol.listVersions, protocol.getVersion, protocol.knownModels, protocol.proposeVersion],
    ...[protocol.listRunModels, protocol.verifyVersion, protocol.getReport, protocol.planStage, protocol.listStages],
    ...[protocol.listApprovals, protocol.requestApproval, protocol.downloadVersion, protocol.versionFile],
    ...[protocol.compareVersions, protocol.listAudit, protocol.auditFacets, protocol.exportAudit, protocol.verifyAudit],
    protocol.watchRegistry,
  ].map(({ method }) => method),
);

const everyRequest = Object.values(protocol).flatMap((one) =>
  typeof one === 'object' && 'method' in one && 'result' in one ? [one.method] : [],
);

it('a person without a role changes nothing by any request of the editor', async () => {
  const { folder, models, write } = await modelWorkspace({ 'm/weights.bin': 'abc', 'churn.mlops.yaml': gates });
  for (const bump of ['major', 'minor'] as const)
    await registerVersion(models, registration(join(folder, 'm'), { bump }));
  for (const selector of ['1.0.0', '1.1.0'])
    await carryOut(models, await planStagePromotion(models, { model: 'churn', selector, stage: 'production' }), null);
  await write('mlops.yaml', policy);
  const key = join(folder, 'eve.pem');
  await writeFile(key, (await ecKey()).privatePem);

  const server = startLanguageProcess({ MLOPS_ACTOR: 'eve', MLFLOW_TRACKING_URI: '' });
  onTestFinished(() => server.stop());
  server.connection.listen();
  const uri = pathToFileURL(folder).href;
  await server.connection.sendRequest('initialize', {
    ...{ processId: process.pid, rootUri: uri, capabilities: {} },
    workspaceFolders: [{ uri, name: 'churn' }],
    initializationOptions: { trusted: true },
  });
  await server.connection.sendNotification('initialized', {});

  const ask = (method: string, params: object) => server.connection.sendRequest(method, { folder: uri, ...params });
  const version = { model: 'churn', selector: '1.0.0' };
  const moved = async (change: { action: 'promote' | 'rollback'; stage: string }) => {
    const { steps } = protocol.planStage.result.parse(await ask(protocol.planStage.method, { ...version, ...change }));
    return { ...version, ...change, reason: 'why not', seen: steps };
  };
  const refused: [{ readonly method: string }, object][] = [
    [protocol.registerModel, { model: 'churn', directory: join(folder, 'm') }],
    [protocol.registerRunModel, { model: 'churn', run: { tracker: 'local', runId: 'a'.repeat(32) }, path: 'model' }],
    [protocol.signVersion, { ...version, key }],
    [protocol.validateVersion, version],
    [protocol.changeStage, await moved({ action: 'promote', stage: 'staging' })],
    [protocol.changeStage, await moved({ action: 'rollback', stage: 'production' })],
    [protocol.approveVersion, { ...version, stage: 'staging', key }],
    [protocol.setAlias, { model: 'churn', alias: 'best', selector: '1.0.0', reason: null }],
    [protocol.archiveVersion, { ...version, archived: true, reason: null }],
    [protocol.deleteVersion, { ...version, confirmed: 'churn@1.0.0', reason: null }],
    [protocol.signAuditLog, { key }],
  ];
  // A request that is new has to be put to one side or the other.
  expect([...free, ...new Set(refused.map(([{ method }]) => method))].sort()).toEqual(everyRequest.toSorted());

  const before = readAuditEntries(models.audit).length;
  for (const [{ method }, params] of refused) {
    await expect(ask(method, params), method).rejects.toMatchObject({
      message: expect.stringMatching(/^eve may not \w+: mlops\.yaml does not allow it\.$/),
      data: { reason: 'permission' },
    });
  }
  expect(readAuditEntries(models.audit)).toHaveLength(before);
  expect((await readdir(folder)).filter((name) => name === 'approvals' || name === 'audit')).toEqual([]);
});

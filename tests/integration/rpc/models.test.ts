import { createPrivateKey } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublishDiagnosticsParams } from 'vscode-languageserver/node';
import * as protocol from '#schemas/protocol/models.ts';
import type { ParamsOf, RequestDefinition, ResultOf } from '#schemas/protocol/request.ts';
import { ecKey, type TestKey } from '../../testbeds/certificates.ts';
import { mlmodel } from '../models/model-workspace.ts';
import { type LanguageProcess, startLanguageProcess } from './language-process.ts';

let parent: string;
let root: string;
let folder: string;
let server: LanguageProcess;
let key: TestKey;
const changes: number[] = [];

/** Asks as the editor does: through the language process, which starts the backend. */
async function ask<D extends RequestDefinition>(
  definition: D,
  params: Omit<ParamsOf<D>, 'folder'>,
): Promise<ResultOf<D>>;
async function ask(definition: RequestDefinition, params: object): Promise<unknown> {
  return definition.result.parse(await server.connection.sendRequest(definition.method, { folder, ...params }));
}

async function write(path: string, content: string): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}

const model = `apiVersion: mlops/v1
kind: Model
metadata: {name: churn}
validation: {gates: [{maxSize: 1MB}]}
stages: [{name: staging, requireGates: false}, {name: production, approvals: 1, alias: champion}]
`;
const access = `apiVersion: mlops/v1
kind: Workspace
metadata: {name: churn}
access:
  roles: {maintainer: [register, validate, sign, approve, promote, rollback, archive, delete]}
  members: [{name: ana, role: maintainer, publicKey: keys/ana.pub}]
`;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'mlops-rpc-models-'));
  root = join(parent, 'ws');
  folder = pathToFileURL(root).href;
  key = await ecKey();
  await write('churn.mlops.yaml', model);
  await write('mlops.yaml', access);
  await write('keys/ana.pub', key.publicPem);
  await writeFile(join(parent, 'ana.pem'), key.privatePem);
  await write('m/weights.bin', 'one');
  await write('m/README.md', card);
  server = startLanguageProcess({
    ...{ MLOPS_ACTOR: 'ana', MLFLOW_TRACKING_URI: '', MLOPS_SIGNING_PASSPHRASE: 'sesame' },
  });
  server.connection.onNotification(protocol.modelsChanged.method, ({ revision }) => {
    changes.push(revision);
  });
  server.connection.listen();
  await server.connection.sendRequest('initialize', {
    ...{ processId: process.pid, rootUri: folder, capabilities: {} },
    workspaceFolders: [{ uri: folder, name: 'churn' }],
    initializationOptions: { trusted: true },
  });
  await server.connection.sendNotification('initialized', {});
});

afterAll(async () => {
  await server.stop();
  await rm(parent, { recursive: true, force: true });
});

const card = '# Churn <script>alert(1)</script>\n\n[site](javascript:alert(1))\n';
const version = (selector: string) => ({ model: 'churn', selector });

describe('the editor’s requests about models', () => {
  it('register a folder, with what would be the next version', async () => {
    expect(await ask(protocol.listModels, {})).toMatchObject({
      models: [],
      total: 0,
      registry: { backend: 'sqlite', guarantees: { uniqueVersions: true, atomicChanges: true, writable: true } },
    });
    const directory = join(root, 'm');
    expect(await ask(protocol.proposeVersion, { model: 'churn', directory })).toMatchObject({
      ...{ proposed: 'patch', current: null, next: { patch: '1.0.0' } },
    });
    const first = await ask(protocol.registerModel, { model: 'churn', directory });
    expect(first.version.version).toBe('1.0.0');
    await write('m/weights.bin', 'two!');
    await ask(protocol.registerModel, { model: 'churn', directory, bump: 'minor', tags: { team: 'a' } });
    expect(await ask(protocol.listModels, { text: 'team' })).toMatchObject({
      models: [{ name: 'churn', versions: 1, latest: { version: '1.1.0' } }],
    });
    expect(await ask(protocol.listVersions, { model: 'churn', start: 1 })).toMatchObject({
      versions: [{ version: '1.0.0' }],
      total: 2,
    });
    expect(await ask(protocol.listVersions, { model: 'churn', text: 'team' })).toMatchObject({ total: 1 });
    expect(changes.length).toBeGreaterThanOrEqual(2);
  });

  it.skipIf(process.platform === 'win32')('propose without reading what is large', async () => {
    // A hole of a terabyte, which nobody hashes in the time that a test has.
    await write('large/weights.bin', '');
    await truncate(join(root, 'large/weights.bin'), 1024 ** 4);
    await write('large/MLmodel', mlmodel([{ name: 'tenure', type: 'long' }]));
    const directory = join(root, 'large');
    expect(await ask(protocol.proposeVersion, { model: 'churn', directory })).toMatchObject({
      proposed: 'patch',
      current: '1.1.0',
      because: ['The earlier version does not say what goes in and what comes out.'],
    });
  });

  it('compare two versions, down to their files, and show cards that run nothing', async () => {
    const comparison = await ask(protocol.compareVersions, { model: 'churn', before: '1.0.0', after: 'latest' });
    expect(comparison.files).toEqual([
      { name: 'README.md', before: String(card.length), after: String(card.length), change: 'same', differs: false },
      { name: 'weights.bin', before: '3', after: '4', change: 'changed', differs: true },
    ]);
    expect(comparison.cards.after).toContain('Churn');
    expect(comparison.cards.after).not.toMatch(/script|javascript/);
    expect(comparison.cards.before).toBe(comparison.cards.after);
    const { file } = await ask(protocol.versionFile, { ...version('1.0.0'), path: 'weights.bin' });
    expect(await readFile(file, 'utf8')).toBe('one');
    const target = join(parent, 'copy');
    expect(await ask(protocol.downloadVersion, { ...version('1.0.0'), target })).toMatchObject({ files: 2 });
  });

  it('sign and verify, validate, approve and promote by the plan that was seen', async () => {
    const path = join(parent, 'ana.pem');
    expect(await ask(protocol.verifyVersion, version('1.0.0'))).toEqual({ valid: false, detail: 'It is not signed.' });
    await ask(protocol.signVersion, { ...version('1.0.0'), key: path });
    expect(await ask(protocol.verifyVersion, version('1.0.0'))).toMatchObject({ valid: true });

    const { report, digest } = await ask(protocol.validateVersion, version('1.0.0'));
    expect(report.passed).toBe(true);
    expect((await ask(protocol.getReport, { digest })).report).toEqual(report);
    expect((await ask(protocol.getVersion, version('1.0.0'))).reports).toMatchObject([{ digest, passed: true }]);

    const change = { ...version('1.0.0'), stage: 'production' };
    expect(await ask(protocol.listStages, { model: 'churn' })).toEqual({
      stages: [
        { name: 'staging', approvals: 0, alias: null },
        { name: 'production', approvals: 1, alias: 'champion' },
      ],
    });
    const approvals = async () => (await ask(protocol.listVersions, { model: 'churn' })).approvals;
    expect(await approvals()).toEqual([]);
    expect(await ask(protocol.requestApproval, change)).toMatchObject({ needed: 1 });
    expect(await approvals()).toEqual([{ version: '1.0.0', stage: 'production', valid: 0, needed: 1 }]);
    const plan = await ask(protocol.planStage, { ...change, action: 'promote' });
    expect(plan.problems).toEqual(['1 approval is needed, 0 are there.']);
    expect(await ask(protocol.approveVersion, { ...change, key: path })).toMatchObject({ approver: 'ana', valid: 1 });
    expect(await ask(protocol.listApprovals, change)).toMatchObject({
      ...{ needed: 1, valid: 1, directory: join(root, 'approvals') },
      approvals: [{ approver: 'ana', void: null }],
    });
    expect(await approvals()).toEqual([{ version: '1.0.0', stage: 'production', valid: 1, needed: 1 }]);
    const go = { ...change, action: 'promote' } as const;
    await expect(ask(protocol.changeStage, { ...go, seen: [] })).rejects.toMatchObject({ data: { reason: 'busy' } });
    const { steps } = await ask(protocol.planStage, go);
    await ask(protocol.changeStage, { ...go, seen: steps });
    expect(await approvals()).toEqual([]);
    expect((await ask(protocol.getVersion, version('champion'))).version).toMatchObject({
      ...{ version: '1.0.0', stage: 'production', signed: true },
    });
  });

  it('open an encrypted key by the passphrase of the environment, unless another one is sent', async () => {
    const encrypted = createPrivateKey(key.privatePem).export({
      ...{ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'sesame' },
    });
    const path = join(parent, 'encrypted.pem');
    await writeFile(path, encrypted);
    await expect(
      ask(protocol.signVersion, { ...version('1.1.0'), key: path, passphrase: 'wrong' }),
    ).rejects.toMatchObject({ data: { reason: 'input', message: expect.stringContaining('passphrase') } });
    await ask(protocol.signVersion, { ...version('1.1.0'), key: path });
    expect(await ask(protocol.verifyVersion, version('1.1.0'))).toMatchObject({ valid: true });
  });

  it('care for aliases, the archive and the end of a version', async () => {
    const alias = { model: 'churn', alias: 'challenger' };
    expect(await ask(protocol.setAlias, { ...alias, selector: 'latest' })).toEqual({ before: null, after: '1.1.0' });
    expect(await ask(protocol.setAlias, { ...alias, selector: null })).toEqual({ before: '1.1.0', after: null });
    expect(await ask(protocol.archiveVersion, { ...version('1.1.0'), archived: true })).toEqual({
      version: 'churn@1.1.0',
    });
    expect(await ask(protocol.listVersions, { model: 'churn' })).toMatchObject({ total: 1 });
    expect(await ask(protocol.deleteVersion, { ...version('1.1.0'), confirmed: 'churn@1.1.0' })).toEqual({
      version: 'churn@1.1.0',
    });
  });

  it('read the audit log, newest first', async () => {
    const { entries, total } = await ask(protocol.listAudit, { count: 2 });
    expect(entries.map(({ action }) => action)).toEqual(['delete', 'archive']);
    expect(total).toBeGreaterThan(6);
    expect((await ask(protocol.listAudit, { action: 'promote' })).entries).toMatchObject([{ target: 'churn@1.0.0' }]);
    expect((await ask(protocol.listAudit, { target: 'churn', text: 'champion' })).total).toBe(1);
    expect((await ask(protocol.listAudit, { since: Date.now() + 1_000 })).total).toBe(0);
    expect(await ask(protocol.verifyAudit, {})).toMatchObject({ intact: true, entries: total });
    expect(await ask(protocol.auditFacets, {})).toMatchObject({
      actors: ['ana'],
      actions: expect.arrayContaining(['promote', 'register', 'sign']),
      models: ['churn'],
    });
    const path = join(parent, 'audit.json');
    expect(await ask(protocol.exportAudit, { action: 'promote', format: 'json', path })).toEqual({ entries: 1, path });
    const written = JSON.parse(await readFile(path, 'utf8'));
    expect(written).toEqual({ entries: (await ask(protocol.listAudit, { action: 'promote' })).entries });
    const nowhere = join(parent, 'nowhere', 'audit.csv');
    await expect(ask(protocol.exportAudit, { format: 'csv', path: nowhere })).rejects.toMatchObject({
      data: { reason: 'input' },
    });
    const signed = await ask(protocol.signAuditLog, { key: join(parent, 'ana.pem') });
    expect(signed).toMatchObject({ seq: total, hash: entries[0]?.hash, signer: 'ana' });
    expect((await ask(protocol.verifyAudit, {})).checkpoints).toMatchObject([{ seq: total, problem: null }]);
  });

  it('name what the registry has to the language server, which tells of versions that are not there', async () => {
    expect(await ask(protocol.knownModels, {})).toEqual({
      models: [{ name: 'churn', versions: ['1.0.0'], aliases: [{ name: 'champion', version: '1.0.0' }] }],
    });
    const uri = pathToFileURL(join(root, 'deploy.mlops.yaml')).href;
    const told = new Promise<PublishDiagnosticsParams>((resolve) => {
      server.connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
        if (params.uri === uri && params.diagnostics.some(({ code }) => code === 'unknown-model-version'))
          resolve(params);
      });
    });
    const text = 'apiVersion: mlops/v1\nkind: Monitor\nmetadata: {name: m}\nmodel: churn@1.9.9\n';
    const textDocument = { uri, languageId: 'mlops', version: 1, text };
    await server.connection.sendNotification('textDocument/didOpen', { textDocument });
    const { diagnostics } = await told;
    expect(diagnostics.find(({ code }) => code === 'unknown-model-version')?.message).toBe(
      'The registry has no `churn@1.9.9`; it has champion (1.0.0), 1.0.0.',
    );
  });

  it('fail with what to do', async () => {
    await expect(ask(protocol.getVersion, version('9.9.9'))).rejects.toMatchObject({
      data: { reason: 'not-found', remedy: 'The registry has 1.0.0.' },
    });
    await expect(ask(protocol.signVersion, { ...version('1.0.0'), key: '/nowhere.pem' })).rejects.toMatchObject({
      data: { reason: 'input', remedy: 'Choose a PEM file.' },
    });
    await expect(
      ask(protocol.planStage, { ...version('1.0.0'), action: 'promote', stage: null }),
    ).rejects.toMatchObject({
      data: { reason: 'input' },
    });
  });
});

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type AuditEntry, auditEntry } from '#schemas/domain/audit.ts';
import { verifyChain } from '#server/models/audit/chain.ts';
import { AuditDatabase } from '#server/models/backends/audit-database/audit-database.ts';
import { MlflowRestRegistry } from '#server/models/backends/mlflow-rest/registry.ts';
import { auditTables } from '#server/models/backends/shared/audit-table.ts';
import { anchorAuditLog, verifyAuditLog } from '#server/models/verify-audit.ts';
import { createHttpClient } from '#server/platform/http.ts';
import { type MlflowServer, startMlflowServer } from '../../testbeds/mlflow-server.ts';
import { act, draft } from './drafts.ts';
import { startGateway } from './gateway.ts';

let folder: string;
let server: MlflowServer;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlops-registry-'));
  server = await startMlflowServer({ backendStore: `sqlite:///${join(folder, 'mlflow.db')}` });
}, 120_000);
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true });
});

const named = () => `model-${++count}`;

/** The registry as one machine sees it: with an audit log of its own. */
function machine(url = server.url, path = join(folder, `audit-${++count}.db`)) {
  const http = createHttpClient({ retries: 0 });
  const audit = new AuditDatabase(path);
  const registry = new MlflowRestRegistry({ url, http, credentials: async () => null, audit, tracker: null });
  onTestFinished(async () => {
    await registry.cleanup();
    await http.close();
  });
  return registry;
}

function told(registry: MlflowRestRegistry): AuditEntry[] {
  expect(verifyChain(registry.entries())).toMatchObject({ intact: true });
  return [...registry.entries()].map((entry) => auditEntry.parse(entry));
}

const alias = { type: 'alias', alias: 'champion', from: null, to: '1.0.0' } as const;
const stage = { type: 'stage', version: '1.0.0', from: null, to: 'production' } as const;

describe('an MLflow server that several write to', () => {
  it('gives machines that register at once a version each', async () => {
    const model = named();
    const machines = [machine(), machine(), machine()];
    const register = (registry: MlflowRestRegistry) => registry.register(draft({ model }), act('register'));
    const made = await Promise.all([...machines, ...machines].map(register));
    const versions = made.map(({ version }) => version).sort();
    expect(versions).toEqual(['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.4.0', '1.5.0']);
    expect((await machine().listVersions(model)).map(({ version }) => version)).toEqual(versions.toReversed());
  });

  it('leaves one version of a number that machines register at once', async () => {
    const model = named();
    const register = () => machine().register(draft({ model, version: '2.0.0' }), act('register'));
    const results = await Promise.allSettled([register(), register(), register()]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ reason: 'input' });
    }
    expect(await machine().listVersions(model)).toMatchObject([{ version: '2.0.0' }]);
  });

  it('knows an approval that another machine used', async () => {
    const model = named();
    const nonces = ['f'.repeat(32)];
    await machine().register(draft({ model }), act('register'));
    await machine().change(model, [stage], act('promote', { nonces }));
    const other = machine();
    expect(await other.isConsumed('f'.repeat(32))).toBe(true);
    await expect(other.change(model, [alias], act('promote', { nonces }))).rejects.toThrow('used before');
    expect(told(other)).toEqual([]);
  });

  it('says where somebody else wrote the same at the same time', async () => {
    const model = named();
    const direct = machine();
    await direct.register(draft({ model }), act('register'));
    await direct.register(draft({ model }), act('register'));
    const gateway = await startGateway(server.url, async ({ method, path }, pass) => {
      const answer = await pass();
      // Right after our write, and before it is read back.
      if (method === 'POST' && path.endsWith('registered-models/alias')) {
        const body = JSON.stringify({ name: model, alias: 'champion', version: '2' });
        await fetch(`${server.url}${path}`, { method, body, headers: { 'content-type': 'application/json' } });
      }
      return answer;
    });
    const registry = machine(gateway.url);
    await expect(registry.change(model, [alias], act('promote'))).rejects.toMatchObject({
      reason: 'busy',
      message: expect.stringContaining(`${model}@champion is 1.1.0, not 1.0.0`),
    });
    expect(told(registry)).toMatchObject([
      { action: 'intent', after: { action: 'promote', what: ['alias champion: none → 1.0.0'] } },
      { action: 'promote', after: { intent: 1, incomplete: expect.stringContaining('at the same time') } },
    ]);
  });

  it('tells of a change that broke off in the middle what of it was done', async () => {
    const model = named();
    await machine().register(draft({ model }), act('register'));
    const gateway = await startGateway(server.url, ({ method, path }, pass) =>
      method === 'POST' && path.endsWith('registered-models/alias')
        ? Promise.resolve(new Response('out of order', { status: 500 }))
        : pass(),
    );
    const registry = machine(gateway.url);
    await expect(registry.change(model, [stage, alias], act('promote'))).rejects.toMatchObject({ reason: 'remote' });
    expect(told(registry)[1]).toMatchObject({
      action: 'promote',
      after: { 'stage of 1.0.0': 'production', incomplete: expect.stringContaining('HTTP 500') },
    });
    expect(told(registry)[1]?.after).not.toHaveProperty('alias champion');
    expect(await registry.listVersions(model)).toMatchObject([{ stage: 'production', aliases: [] }]);
  });

  it('tells of a version that could not be registered, and leaves none', async () => {
    const model = named();
    const gateway = await startGateway(server.url, ({ path }, pass) =>
      path.endsWith('model-versions/create') ? Promise.resolve(new Response('', { status: 500 })) : pass(),
    );
    const registry = machine(gateway.url);
    await expect(registry.register(draft({ model }), act('register'))).rejects.toMatchObject({ reason: 'remote' });
    expect(await registry.listVersions(model)).toEqual([]);
    expect(told(registry)).toMatchObject([{ action: 'intent' }, { action: 'register', after: { intent: 1 } }]);
  });

  it('writes nothing where the audit log can’t be', async () => {
    const model = named();
    const http = createHttpClient({ retries: 0 });
    const path = join(folder, 'no-audit.db');
    await writeFile(path, 'this is no database at all, and so it takes no entries');
    const audit = new AuditDatabase(path);
    const options = { url: server.url, http, credentials: async () => null, audit, tracker: null };
    const registry = new MlflowRestRegistry(options);
    onTestFinished(() => http.close());
    await expect(registry.register(draft({ model }), act('register'))).rejects.toMatchObject({ reason: 'corrupt' });
    expect(await registry.listVersions(model)).toEqual([]);
  });
});

describe('the audit log of a machine, noted on an MLflow server', () => {
  /** A machine as verifying sees it: in a folder that is no Git repository and has no checkpoints. */
  async function noted(url = server.url) {
    const path = join(folder, `audit-${++count}.db`);
    const registry = machine(url, path);
    const place = await mkdtemp(join(folder, 'machine-'));
    const people = { members: [], folder: place, roleAllows: () => true, actor: async () => 'ana' };
    const authorize = async () => 'ana';
    return { path, registry, audit: registry, folder: place, people: { ...people, authorize }, now: Date.now };
  }

  it('shows that its end was cut off, and grows', async () => {
    const model = named();
    const context = await noted();
    await context.registry.register(draft({ model }), act('register'));
    expect(await anchorAuditLog(context)).toMatchObject({ seq: 2, model, commit: null, warning: expect.any(String) });
    await context.registry.change(model, [stage], act('promote'));
    expect(await verifyAuditLog(context)).toMatchObject({
      ...{ intact: true, entries: 4, anchors: [{ place: 'mlflow', seq: 2 }], warnings: [] },
    });
    const database = new DatabaseSync(context.path);
    database.exec('DELETE FROM audit WHERE seq > 1');
    database.close();
    // Else the note of what is left would take the place of the one that tells of the cut.
    await expect(anchorAuditLog(context)).rejects.toMatchObject({ reason: 'corrupt' });
    expect(await verifyAuditLog(context)).toMatchObject({
      ...{ intact: false, entries: 1, brokenAt: 2, problem: 'anchor' },
      detail: `The log ends at entry 1, but a tag of the model ${model} knows entry 2: its end was cut off.`,
    });
  });

  it('is not taken for that of another machine', async () => {
    const model = named();
    const [one, other] = [await noted(), await noted()];
    await one.registry.register(draft({ model }), act('register'));
    await anchorAuditLog(one);
    expect(await one.audit.logId()).not.toBe(await other.audit.logId());
    await other.registry.change(model, [stage], act('promote', { actor: 'ben' }));
    await anchorAuditLog(other);
    for (const context of [one, other]) {
      expect(await verifyAuditLog(context)).toMatchObject({ intact: true, anchors: [{ place: 'mlflow', seq: 2 }] });
    }
  });

  it('that the server can’t be asked about is told of', async () => {
    const model = named();
    let isDown = false;
    const gateway = await startGateway(server.url, (_, pass) =>
      isDown ? Promise.resolve(new Response('', { status: 500 })) : pass(),
    );
    const context = await noted(gateway.url);
    await context.registry.register(draft({ model }), act('register'));
    isDown = true;
    const verdict = await verifyAuditLog(context);
    expect(verdict).toMatchObject({ intact: true, anchors: [] });
    expect(verdict.warnings).toEqual([expect.stringMatching(/^What the server knows of the log could not be asked: /)]);
    await expect(anchorAuditLog(context)).rejects.toMatchObject({ reason: 'remote' });
  });

  it('of an older version gets an id that stays', async () => {
    const path = join(folder, `audit-${++count}.db`);
    const database = new DatabaseSync(path);
    database.exec(`${auditTables} PRAGMA user_version = 1; PRAGMA application_id = ${0x6d6c6175}`);
    database.close();
    const [first, second] = [new AuditDatabase(path), new AuditDatabase(path)];
    onTestFinished(async () => void (await Promise.all([first.close(), second.close()])));
    expect(await first.logId()).toMatch(/^audit:[0-9a-f]{32}$/);
    expect(await second.logId()).toBe(await first.logId());
    expect(await new AuditDatabase(join(folder, 'none.db')).logId()).toBeNull();
  });
});

describe('evidence on an MLflow server', () => {
  it('is refused where somebody changed it', async () => {
    const model = named();
    const registry = machine();
    const bundle = JSON.stringify({ of: model });
    await registry.register(draft({ model, bundle }), act('register'));
    const place = join(server.artifacts, 'mlops-evidence');
    const files = (await readdir(place, { recursive: true })).filter((name) => name.endsWith('.json'));
    for (const file of files) await writeFile(join(place, file), '{"files":[],"metadata":{}}');
    await expect(registry.version(model, '1.0.0')).rejects.toMatchObject({
      reason: 'corrupt',
      message: expect.stringContaining('was changed'),
    });
    await rm(place, { recursive: true });
    await expect(registry.version(model, '1.0.0')).rejects.toThrow('is gone from the server');
  });

  it('is needed: a server that keeps no artifacts takes no versions', async () => {
    const gateway = await startGateway(server.url, ({ method }, pass) =>
      method === 'PUT'
        ? Promise.resolve(new Response('Endpoint: … disabled: --no-serve-artifacts', { status: 503 }))
        : pass(),
    );
    const registry = machine(gateway.url);
    await expect(registry.register(draft({ model: named() }), act('register'))).rejects.toMatchObject({
      reason: 'unsupported',
      remedy: expect.stringContaining('--no-serve-artifacts'),
    });
    expect(told(registry)).toEqual([]);
  });
});

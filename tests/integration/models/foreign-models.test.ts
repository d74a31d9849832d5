import { createHash } from 'node:crypto';
import { copyFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditDatabase } from '#server/models/backends/audit-database/audit-database.ts';
import { openMlflowFolder } from '#server/models/backends/mlflow-file/store.ts';
import { MlflowRestRegistry } from '#server/models/backends/mlflow-rest/registry.ts';
import { openMlflowDatabase } from '#server/models/backends/mlflow-sqlite/store.ts';
import { ReadOnlyRegistry } from '#server/models/backends/shared/read-only-registry.ts';
import { findVersion } from '#server/models/find-version.ts';
import type { ModelRegistry } from '#server/models/model-registry.ts';
import { registerVersion } from '#server/models/register-version.ts';
import { createHttpClient } from '#server/platform/http.ts';
import { mlflowRegistries } from '../../testbeds/mlflow-registries.ts';
import { startMlflowServer } from '../../testbeds/mlflow-server.ts';
import { act, draft } from './drafts.ts';
import { modelWorkspace, registration } from './model-workspace.ts';

interface Opened {
  readonly registry: ModelRegistry;
  readonly close: () => Promise<void>;
}

const everything = { text: '', archived: true };

/** A copy of the database in which MLflow's version 2 of `staged` is pending and 4 failed. */
async function databaseCopy(folder: string): Promise<string> {
  const path = join(folder, 'mlflow.db');
  await copyFile((await mlflowRegistries()).sqlite, path);
  const database = new DatabaseSync(path);
  const set = database.prepare(`UPDATE model_versions SET status = ? WHERE name = 'staged' AND version = ?`);
  set.run('PENDING_REGISTRATION', 2);
  set.run('FAILED_REGISTRATION', 4);
  database.close();
  return path;
}

const openers: Record<string, () => Promise<Opened>> = {
  async 'MLflow’s database'() {
    const folder = await mkdtemp(join(tmpdir(), 'mlops-foreign-'));
    const registry = new ReadOnlyRegistry(openMlflowDatabase(await databaseCopy(folder)), 'local');
    return { registry, close: () => rm(folder, { recursive: true }) };
  },
  async 'MLflow’s folder'() {
    const folder = await mkdtemp(join(tmpdir(), 'mlops-foreign-'));
    const path = join(folder, 'mlruns');
    await cp((await mlflowRegistries()).files, path, { recursive: true });
    for (const [number, status] of [
      ['2', 'PENDING_REGISTRATION'],
      ['4', 'FAILED_REGISTRATION'],
    ] as const) {
      const meta = join(path, 'models', 'staged', `version-${number}`, 'meta.yaml');
      await writeFile(meta, (await readFile(meta, 'utf8')).replace('status: READY', `status: ${status}`));
    }
    const warnings: string[] = [];
    const store = openMlflowFolder({ path, onWarning: (message) => warnings.push(message) });
    const close = async () => {
      await rm(folder, { recursive: true });
      expect(warnings).toEqual([]);
    };
    return { registry: new ReadOnlyRegistry(store, 'local'), close };
  },
  async 'an MLflow server'() {
    const folder = await mkdtemp(join(tmpdir(), 'mlops-foreign-'));
    const server = await startMlflowServer({ backendStore: `sqlite:///${await databaseCopy(folder)}` });
    const http = createHttpClient();
    const audit = new AuditDatabase(join(folder, 'audit.db'));
    const options = { url: server.url, http, credentials: async () => null, audit, tracker: 'local' };
    const close = async () => {
      await http.close();
      await server.stop();
      await rm(folder, { recursive: true });
    };
    return { registry: new MlflowRestRegistry(options), close };
  },
};

describe.each(Object.entries(openers))('models that MLflow wrote, in %s', (_, open) => {
  let registry: ModelRegistry;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ registry, close } = await open());
    await registry.initialize();
  }, 180_000);
  afterAll(async () => {
    await registry?.cleanup();
    await close?.();
  });

  it('shows all of them, whatever their names, and no prompts', async () => {
    const models = await registry.listModels(everything);
    expect(models.map(({ name }) => name)).toEqual(
      ['.dot', 'a@b', 'churn', 'empty', 'gone', 'größe æ 模型', "it's", 'many', 'staged', 'with space'].sort((a, b) =>
        a < b ? -1 : 1,
      ),
    );
    for (const name of ['größe æ 模型', "it's", '.dot']) {
      expect(await registry.listVersions(name), name).toMatchObject([{ model: name, version: '1.0.0' }]);
    }
    expect(await registry.listVersions('gone')).toEqual([]);
  });

  it('names versions by their tag, and those without one of their own by MLflow’s number', async () => {
    const versions = await registry.listVersions('churn');
    expect(versions.map(({ version }) => version)).toEqual([
      ...['1.10.0', '1.9.0', '1.0.0', '0.0.0-mlflow.6', '0.0.0-mlflow.5', '0.0.0-mlflow.2'],
    ]);
    expect(versions[2]).toMatchObject({ stage: 'production', manifestDigest: null, size: 0, fileCount: 0 });
    expect(versions[0]).toMatchObject({ framework: 'sklearn', aliases: ['champion'] });
    expect(versions[1]).toMatchObject({ archived: true });
    expect([...(await registry.aliases('churn'))]).toEqual([
      ['Best-1', '0.0.0-mlflow.2'],
      ['champion', '1.10.0'],
    ]);
  });

  it('resolves ranges and latest among declared versions alone', async () => {
    const resolved = async (text: string) => (await findVersion(registry, text)).version.version;
    expect(await resolved('churn@latest')).toBe('1.10.0');
    expect(await resolved('churn@^1.0')).toBe('1.10.0');
    expect(await resolved('churn@champion')).toBe('1.10.0');
    expect(await resolved('churn@0.0.0-mlflow.5')).toBe('0.0.0-mlflow.5');
    await expect(resolved('churn@^0')).rejects.toMatchObject({ reason: 'not-found' });
  });

  it('takes MLflow’s own stages where no tag says another, and only what is ready for usable', async () => {
    const versions = await registry.listVersions('staged');
    expect(versions.map(({ version, stage, archived, state }) => [version, stage, archived, state])).toEqual([
      ['0.0.0-mlflow.4', null, false, 'failed'],
      ['0.0.0-mlflow.3', null, true, undefined],
      ['0.0.0-mlflow.2', 'staging', false, 'pending'],
      ['0.0.0-mlflow.1', 'production', false, undefined],
    ]);
    expect((await findVersion(registry, 'staged@latest')).version.version).toBe('0.0.0-mlflow.1');
  });

  it('finds words in names, tags and descriptions', async () => {
    const find = async (text: string) =>
      (await registry.listModels({ text, archived: false })).flatMap(({ versions }) =>
        versions.map(({ model, version }) => `${model}@${version}`),
      );
    expect(await find('growth leaves')).toEqual(['churn@1.0.0']);
    expect(await find('größe')).toEqual(['größe æ 模型@1.0.0']);
  });

  it('tells what is known of a version', async () => {
    const details = await registry.version('churn', '1.0.0');
    expect(details).toMatchObject({ files: [], bundle: null, reports: [] });
    expect(details.metadata).toMatchObject({ description: 'Who leaves', tags: { team: 'Growth' }, run: null });
    await expect(registry.version('churn', '7.0.0')).rejects.toMatchObject({ reason: 'not-found' });
  });

  it('shows each of many versions once, in order', async () => {
    const versions = (await registry.listVersions('many')).map(({ version }) => version);
    expect(versions.length).toBe(registry.backend === 'mlflow-file' ? 20 : 1_000);
    expect(versions).toEqual(versions.map((_version, index) => `1.${versions.length - 1 - index}.0`));
  });

  it('says how it is written to, where it is not', async () => {
    if (registry.guarantees.writable) {
      const change = { type: 'stage', version: '0.0.0-mlflow.4', from: null, to: 'staging' } as const;
      await expect(registry.change('staged', [change], act('promote'))).rejects.toThrow('is not ready');
      expect(await registry.register(draft({ model: 'staged' }), act('register'))).toMatchObject({ version: '1.0.0' });
      return;
    }
    const refusal = { reason: 'unsupported', remedy: expect.stringContaining('mlflow server') };
    await expect(registry.register(draft(), act('register'))).rejects.toMatchObject(refusal);
    await expect(registry.change('churn', [], act('x'))).rejects.toMatchObject(refusal);
    expect(await registry.changeToken()).toBe(await registry.changeToken());
  });
});

it('takes no files for a registry that is only read', async () => {
  const { sqlite } = await mlflowRegistries();
  const workspace = `apiVersion: mlops/v1
kind: Workspace
metadata: {name: w}
registry: {backend: mlflow, uri: "sqlite:///${sqlite}"}
`;
  const { folder, models } = await modelWorkspace({ 'm/weights.bin': 'abc', 'mlops.yaml': workspace });
  await expect(registerVersion(models, registration(join(folder, 'm')))).rejects.toMatchObject({
    reason: 'unsupported',
    remedy: expect.stringContaining('mlflow server'),
  });
  expect(await readdir(join(folder, '.mlops', 'artifacts')).catch(() => [])).toEqual([]);
});

it('leaves MLflow’s database as it was, also in write-ahead logging', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-foreign-'));
  const path = await databaseCopy(folder);
  const writer = new DatabaseSync(path);
  writer.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
    UPDATE model_versions SET status = 'READY' WHERE name = 'staged'`);
  const state = async () =>
    Promise.all(
      (await readdir(folder))
        .filter((name) => !name.endsWith('-shm'))
        .map(async (name) => [
          name,
          createHash('sha256')
            .update(await readFile(join(folder, name)))
            .digest('hex'),
        ]),
    );
  const before = await state();
  const registry = new ReadOnlyRegistry(openMlflowDatabase(path), null);
  expect((await registry.listVersions('staged')).filter(({ state: told }) => told !== undefined)).toEqual([]);
  await registry.cleanup();
  expect(await state()).toEqual(before);
  writer.close();
  await rm(folder, { recursive: true });
});

it('says what is wrong with a store that is none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-foreign-'));
  const path = join(folder, 'other.db');
  const database = new DatabaseSync(path);
  database.exec('CREATE TABLE runs (id INTEGER)');
  database.close();
  for (const store of [
    openMlflowDatabase(path),
    openMlflowDatabase(join(folder, 'absent.db')),
    openMlflowFolder({ path: join(folder, 'absent'), onWarning: () => undefined }),
  ]) {
    const registry = new ReadOnlyRegistry(store, null);
    expect(await registry.healthCheck()).toMatchObject({ healthy: false });
    await expect(registry.listModels(everything)).rejects.toMatchObject({
      reason: store.path === path ? 'corrupt' : 'not-found',
    });
    await registry.cleanup();
  }
  await rm(folder, { recursive: true });
});

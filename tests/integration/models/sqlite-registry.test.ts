import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { verifyChain } from '#server/models/audit/chain.ts';
import { SqliteRegistry } from '#server/models/backends/sqlite/registry.ts';
import { act, draft } from './drafts.ts';

const execute = promisify(execFile);
let folder: string;
let path: string;
let time = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlops-registry-'));
  path = join(folder, 'below', 'models.db');
  time = 1_000;
  return () => rm(folder, { recursive: true });
});

function open(): SqliteRegistry {
  const registry = new SqliteRegistry({ path, now: () => time++ });
  onTestFinished(() => registry.cleanup());
  return registry;
}

describe('a registry in SQLite', () => {
  it('is empty, well and not made before something is written', async () => {
    const registry = open();
    await registry.initialize();
    expect(await registry.listModels({ text: '', archived: true })).toEqual([]);
    expect(await registry.healthCheck()).toMatchObject({
      healthy: true,
      detail: expect.stringContaining('will be made'),
    });
    await expect(registry.version('churn', '1.0.0')).rejects.toMatchObject({ reason: 'not-found' });
    expect(await registry.id()).toBeNull();
    expect([...registry.entries()]).toEqual([]);
    expect(await readdir(folder)).toEqual([]);

    await registry.register(draft(), act('register'));
    const id = await registry.id();
    expect(id).toMatch(/^sqlite:[0-9a-f]{32}$/);
    expect(await open().id()).toBe(id);
  });

  it('gives numbers by bump and shows versions from the highest down', async () => {
    const registry = open();
    for (const bump of ['minor', 'minor', 'patch', 'major'] as const)
      await registry.register(draft({ bump }), act('register'));
    await registry.register(draft({ version: '2.0.0-rc.1' }), act('register'));
    const versions = await registry.listVersions('churn');
    expect(versions.map(({ version }) => version)).toEqual(['2.0.0', '2.0.0-rc.1', '1.1.1', '1.1.0', '1.0.0']);
    expect(versions[0]).toMatchObject({
      size: 10,
      fileCount: 1,
      signed: false,
      createdBy: 'ana',
      framework: 'sklearn',
    });
  });

  it('refuses a version that there is, or was', async () => {
    const registry = open();
    await registry.register(draft({ version: '1.0.0' }), act('register'));
    await expect(registry.register(draft({ version: '1.0.0' }), act('register'))).rejects.toThrow('exists already');
    await registry.change('churn', [{ type: 'delete', version: '1.0.0' }], act('delete'));
    await expect(registry.register(draft({ version: '1.0.0' }), act('register'))).rejects.toThrow('was deleted');
    expect(await registry.register(draft(), act('register'))).toMatchObject({ version: '1.1.0' });
  });

  it('finds models by words in their names, tags and descriptions', async () => {
    const registry = open();
    const metadata = { ...draft().metadata, description: 'Who leaves', tags: { team: 'Growth' } };
    await registry.register(draft({ metadata }), act('register'));
    await registry.register(draft({ model: 'fraud' }), act('register'));
    const find = async (text: string) => (await registry.listModels({ text, archived: false })).map(({ name }) => name);
    expect(await find('')).toEqual(['churn', 'fraud']);
    expect(await find('growth LEAVES')).toEqual(['churn']);
    expect(await find('sklearn')).toEqual(['churn', 'fraud']);
    expect(await find('100%')).toEqual([]);
  });

  it('changes stage and alias together or not at all', async () => {
    const registry = open();
    await registry.register(draft(), act('register'));
    await registry.change(
      'churn',
      [
        { type: 'stage', version: '1.0.0', from: null, to: 'production' },
        { type: 'alias', alias: 'champion', from: null, to: '1.0.0' },
      ],
      act('promote', { reason: 'better' }),
    );
    await registry.register(draft(), act('register'));
    const stale = registry.change(
      'churn',
      [
        { type: 'stage', version: '1.1.0', from: null, to: 'production' },
        { type: 'alias', alias: 'champion', from: null, to: '1.1.0' },
      ],
      act('promote'),
    );
    await expect(stale).rejects.toMatchObject({ reason: 'busy', message: expect.stringContaining('became 1.0.0') });
    expect((await registry.listVersions('churn')).map(({ stage, aliases }) => ({ stage, aliases }))).toEqual([
      { stage: null, aliases: [] },
      { stage: 'production', aliases: ['champion'] },
    ]);
    expect([...registry.entries()]).toMatchObject([
      { action: 'register', target: 'churn@1.0.0' },
      {
        action: 'promote',
        target: 'churn@1.0.0',
        reason: 'better',
        before: { 'alias champion': null },
        after: { 'alias champion': '1.0.0', 'stage of 1.0.0': 'production' },
      },
      { action: 'register', target: 'churn@1.1.0' },
    ]);
  });

  it('keeps what is in use out of the archive and from deletion', async () => {
    const registry = open();
    await registry.register(draft(), act('register'));
    const alias = (from: string | null, to: string | null) => ({ type: 'alias', alias: 'champion', from, to }) as const;
    await registry.change('churn', [alias(null, '1.0.0')], act('alias'));
    for (const change of [
      { type: 'delete', version: '1.0.0' },
      { type: 'archive', version: '1.0.0', archived: true },
    ] as const) {
      await expect(registry.change('churn', [change], act('x'))).rejects.toThrow('is @champion');
    }
    await registry.change(
      'churn',
      [alias('1.0.0', null), { type: 'archive', version: '1.0.0', archived: true }],
      act('archive'),
    );
    expect(await registry.listModels({ text: '', archived: false })).toEqual([]);
    await expect(registry.change('churn', [alias(null, '1.0.0')], act('alias'))).rejects.toThrow('is archived');
  });

  it('uses an approval once', async () => {
    const registry = open();
    await registry.register(draft(), act('register'));
    const change = (to: string | null, from: string | null) =>
      registry.change(
        'churn',
        [{ type: 'stage', version: '1.0.0', from, to }],
        act('promote', { nonces: ['n1', 'n2'] }),
      );
    await change('production', null);
    expect(await registry.isConsumed('n2')).toBe(true);
    await expect(change('archive', 'production')).rejects.toThrow('used before');
    expect((await registry.listVersions('churn'))[0]?.stage).toBe('production');
  });

  it('keeps reports by their digest', async () => {
    const registry = open();
    await registry.register(draft(), act('register'));
    const report = { digest: 'd'.repeat(64), passed: true, content: '{"gates":[]}' };
    await registry.change('churn', [{ type: 'report', version: '1.0.0', report }], act('validate'));
    expect(await registry.report(report.digest)).toEqual(report);
    expect((await registry.version('churn', '1.0.0')).reports).toMatchObject([{ digest: report.digest, passed: true }]);
  });

  it('refuses the file of another program, of a newer version, and one that is damaged', async () => {
    const registry = open();
    await registry.register(draft(), act('register'));
    await registry.cleanup();
    const database = new DatabaseSync(path);
    // A newer version may have other reasons than ours for how it keeps the file.
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA user_version = 99');
    database.close();
    const before = await readFile(path);
    const remedy = 'Update MLOps Workbench: the registry is left as it is.';
    await expect(open().initialize()).rejects.toMatchObject({
      ...{ reason: 'corrupt', message: expect.stringContaining('written by a newer version'), remedy },
    });
    expect(await readFile(path)).toEqual(before);
    expect(await readdir(dirname(path))).toEqual([basename(path)]);

    path = join(folder, 'foreign.db');
    const foreign = new DatabaseSync(path);
    foreign.exec('CREATE TABLE runs (id INTEGER)');
    foreign.close();
    await expect(open().initialize()).rejects.toThrow('database of another program');

    path = join(folder, 'damaged.db');
    await writeFile(path, 'this is no database, whatever its name says');
    await expect(open().initialize()).rejects.toMatchObject({ reason: 'corrupt' });
  });

  it('gives 8 processes that register and promote at once each a version of its own, and loses no entry', async () => {
    const script = join(import.meta.dirname, 'registering-process.ts');
    const names = Array.from({ length: 8 }, (_, index) => `writer-${index}`);
    await Promise.all(names.map((name) => execute(process.execPath, [script, path, name, '13'])));
    const registry = open();
    const versions = await registry.listVersions('churn');
    expect(versions).toHaveLength(104);
    expect(new Set(versions.map(({ version }) => version)).size).toBe(104);
    expect(versions.filter(({ aliases }) => aliases.includes('champion'))).toHaveLength(1);
    expect(verifyChain(registry.entries())).toMatchObject({ intact: true, entries: 208 });
  });
});

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditEntry } from '#schemas/domain/audit.ts';
import type { AuditLog } from '#server/models/audit/audit-log.ts';
import { verifyChain } from '#server/models/audit/chain.ts';
import type { ModelRegistry, VersionChange } from '#server/models/model-registry.ts';
import { act, draft } from './drafts.ts';

export interface RegistryUnderTest {
  readonly registry: ModelRegistry & AuditLog;
  /** Turns the registry's clock back, by milliseconds. */
  readonly turnBack: (by: number) => void;
  readonly close?: () => Promise<void>;
}

/** What every registry that takes changes does, whatever keeps it. It begins empty. */
export function describeRegistry(name: string, makeRegistry: () => Promise<RegistryUnderTest>): void {
  describe(`${name} as a registry of models`, () => {
    let registry: ModelRegistry & AuditLog;
    let close: (() => Promise<void>) | undefined;
    let turnBack: RegistryUnderTest['turnBack'];
    let count = 0;
    /** A model of the test's own. */
    const named = () => `model-${++count}`;

    beforeAll(async () => {
      ({ registry, turnBack, close } = await makeRegistry());
      await registry.initialize();
    }, 120_000);
    afterAll(async () => {
      await registry?.cleanup();
      await close?.();
    });

    const versionsOf = async (model: string) => (await registry.listVersions(model)).map(({ version }) => version);
    const change = (model: string, ...changes: VersionChange[]) => registry.change(model, changes, act('change'));
    const alias = (from: string | null, to: string | null, label = 'champion'): VersionChange => ({
      type: 'alias',
      alias: label,
      from,
      to,
    });
    const stage = (version: string, from: string | null, to: string | null): VersionChange => ({
      type: 'stage',
      version,
      from,
      to,
    });

    it('is well, takes changes and keeps its name', async () => {
      await registry.register(draft({ model: named() }), act('register'));
      expect(await registry.healthCheck()).toMatchObject({ healthy: true });
      expect(registry.guarantees.writable).toBe(true);
      const id = await registry.id();
      expect(id).toEqual(expect.any(String));
      expect(await registry.id()).toBe(id);
    });

    it('knows nothing of what it was not told', async () => {
      expect(await registry.listVersions('nobody')).toEqual([]);
      expect([...(await registry.aliases('nobody'))]).toEqual([]);
      await expect(registry.version('nobody', '1.0.0')).rejects.toMatchObject({ reason: 'not-found' });
      await expect(registry.report('e'.repeat(64))).rejects.toMatchObject({ reason: 'not-found' });
      await expect(change('nobody', stage('1.0.0', null, 'staging'))).rejects.toMatchObject({ reason: 'not-found' });
      expect(await registry.isConsumed('0'.repeat(32))).toBe(false);
    });

    it('gives back all that a version was registered with', async () => {
      const model = named();
      const metadata = {
        ...draft().metadata,
        description: 'Größe 模型\nof two lines',
        params: { depth: '5' },
        metrics: { auc: 0.9, loss: 'NaN' as const },
        requirements: ['scikit-learn==1.9.1'],
        card: `# Card\n${'long '.repeat(2_000)}`,
        licence: 'MIT',
        tags: { team: 'Growth', 'odd key: ü': 'kept', empty: '' },
        parents: ['base@1.0.0'],
      };
      const bundle = JSON.stringify({ signature: 'x'.repeat(9_000) });
      const given = draft({ model, metadata, bundle });
      const version = await registry.register(given, act('register', { actor: 'ana' }));
      expect(version).toMatchObject({
        ...{ model, version: '1.0.0', stage: null, aliases: [], size: 10, fileCount: 1, signed: true, archived: false },
        ...{ manifestDigest: given.manifestDigest, rootDigest: given.rootDigest },
        ...{ createdBy: 'ana', framework: 'sklearn' },
      });
      expect(version.state).toBeUndefined();
      const { files } = given;
      expect(await registry.version(model, '1.0.0')).toEqual({ version, files, metadata, bundle, reports: [] });
    });

    it('gives numbers by bump and shows versions as semantic versions rank', async () => {
      const model = named();
      for (const bump of ['minor', 'minor', 'patch', 'major'] as const)
        await registry.register(draft({ model, bump }), act('register'));
      for (const version of ['2.0.0-rc.2', '2.0.0-rc.10', '1.10.0'])
        await registry.register(draft({ model, version }), act('register'));
      expect(await versionsOf(model)).toEqual([
        ...['2.0.0', '2.0.0-rc.10', '2.0.0-rc.2', '1.10.0', '1.1.1', '1.1.0', '1.0.0'],
      ]);
    });

    it('refuses a version that there is, or was', async () => {
      const model = named();
      const register = (version: string | null) => registry.register(draft({ model, version }), act('register'));
      await register('1.0.0');
      await expect(register('1.0.0')).rejects.toMatchObject({
        reason: 'input',
        message: expect.stringContaining('exists already'),
      });
      await change(model, { type: 'delete', version: '1.0.0' });
      expect(await versionsOf(model)).toEqual([]);
      await expect(register('1.0.0')).rejects.toThrow('was deleted');
      expect(await register(null)).toMatchObject({ version: '1.1.0' });
    });

    it('finds models by words, without archived versions unless asked', async () => {
      const model = named();
      const metadata = { ...draft().metadata, description: 'Who leaves', tags: { word: 'Zebra-7' } };
      await registry.register(draft({ model, metadata }), act('register'));
      await registry.register(draft({ model: named() }), act('register'));
      const find = async (text: string, archived = false) =>
        (await registry.listModels({ text, archived })).map(({ name: found }) => found);
      expect(await find('zebra-7 LEAVES')).toEqual([model]);
      expect(await find(`${model} sklearn`)).toEqual([model]);
      expect(await find('100%')).toEqual([]);
      await change(model, { type: 'archive', version: '1.0.0', archived: true });
      expect(await find('zebra-7')).toEqual([]);
      expect(await find('zebra-7', true)).toEqual([model]);
    });

    it('changes stages and aliases, and moves an alias', async () => {
      const model = named();
      await registry.register(draft({ model }), act('register'));
      await registry.register(draft({ model }), act('register'));
      await change(model, stage('1.0.0', null, 'production'), alias(null, '1.0.0'));
      await change(
        model,
        ...[stage('1.0.0', 'production', null), stage('1.1.0', null, 'production'), alias('1.0.0', '1.1.0')],
      );
      expect(await registry.listVersions(model)).toMatchObject([
        { version: '1.1.0', stage: 'production', aliases: ['champion'] },
        { version: '1.0.0', stage: null, aliases: [] },
      ]);
      expect([...(await registry.aliases(model))]).toEqual([['champion', '1.1.0']]);
      await change(model, alias('1.1.0', null));
      expect([...(await registry.aliases(model))]).toEqual([]);
    });

    it('changes nothing where a plan is stale', async () => {
      const model = named();
      await registry.register(draft({ model }), act('register'));
      await change(model, stage('1.0.0', null, 'staging'), alias(null, '1.0.0'));
      const busy = { reason: 'busy', message: expect.stringContaining('Meanwhile') };
      await expect(change(model, alias('1.0.0', null), stage('1.0.0', 'production', 'archive'))).rejects.toMatchObject(
        busy,
      );
      await expect(change(model, alias(null, '1.0.0'))).rejects.toMatchObject(busy);
      expect(await registry.listVersions(model)).toMatchObject([{ stage: 'staging', aliases: ['champion'] }]);
    });

    it('keeps what is in use out of the archive and from deletion', async () => {
      const model = named();
      await registry.register(draft({ model }), act('register'));
      await change(model, alias(null, '1.0.0'));
      await expect(change(model, { type: 'delete', version: '1.0.0' })).rejects.toThrow('is @champion');
      await expect(change(model, { type: 'archive', version: '1.0.0', archived: true })).rejects.toThrow(
        'is @champion',
      );
      await change(model, alias('1.0.0', null), { type: 'archive', version: '1.0.0', archived: true });
      expect(await registry.listVersions(model)).toMatchObject([{ archived: true }]);
      await expect(change(model, alias(null, '1.0.0'))).rejects.toThrow('is archived');
      await expect(change(model, stage('1.0.0', null, 'staging'))).rejects.toThrow('is archived');
      await change(model, { type: 'archive', version: '1.0.0', archived: false });
      expect(await registry.listVersions(model)).toMatchObject([{ archived: false }]);
    });

    it('takes a signature and reports later, newest first', async () => {
      const model = named();
      await registry.register(draft({ model }), act('register'));
      const reports = [false, true].map((passed) => {
        const content = JSON.stringify({ model, passed });
        return { digest: createHash('sha256').update(content).digest('hex'), passed, content };
      });
      for (const report of reports) await change(model, { type: 'report', version: '1.0.0', report });
      await change(model, { type: 'bundle', version: '1.0.0', bundle: '{"a":1}' });
      const details = await registry.version(model, '1.0.0');
      expect(details).toMatchObject({ bundle: '{"a":1}', version: { signed: true } });
      expect(details.reports.map(({ digest, passed }) => ({ digest, passed }))).toEqual(
        reports.toReversed().map(({ digest, passed }) => ({ digest, passed })),
      );
      for (const report of reports) expect(await registry.report(report.digest)).toEqual(report);
    });

    it('takes the report that came last for the newest, also where the clock went back', async () => {
      const model = named();
      await registry.register(draft({ model }), act('register'));
      const reports = [true, false, true].map((passed, index) => {
        const content = JSON.stringify({ model, passed, index });
        return { digest: createHash('sha256').update(content).digest('hex'), passed, content };
      });
      for (const report of reports) {
        await change(model, { type: 'report', version: '1.0.0', report });
        turnBack(500);
      }
      const kept = (await registry.version(model, '1.0.0')).reports;
      expect(kept.map(({ digest }) => digest)).toEqual(reports.toReversed().map(({ digest }) => digest));
    });

    it('uses an approval once', async () => {
      const model = named();
      await registry.register(draft({ model }), act('register'));
      const nonces = [count, count + 1].map((number) => String(number).padStart(32, 'a'));
      const promote = (from: string | null, to: string) =>
        registry.change(model, [stage('1.0.0', from, to)], act('promote', { nonces }));
      await promote(null, 'production');
      expect(await registry.isConsumed(nonces[1] ?? '')).toBe(true);
      await expect(promote('production', 'archive')).rejects.toMatchObject({
        reason: 'input',
        message: expect.stringContaining('used before'),
      });
      expect(await registry.listVersions(model)).toMatchObject([{ stage: 'production' }]);
    });

    it('gives writers at once a version each', async () => {
      const model = named();
      await Promise.all(Array.from({ length: 5 }, () => registry.register(draft({ model }), act('register'))));
      expect(await versionsOf(model)).toEqual(['1.4.0', '1.3.0', '1.2.0', '1.1.0', '1.0.0']);
    });

    it('says that something changed', async () => {
      const model = named();
      const tokens = [await registry.changeToken(), await registry.changeToken()];
      expect(tokens[0]).toBe(tokens[1]);
      await registry.register(draft({ model }), act('register'));
      tokens.push(await registry.changeToken());
      await change(model, alias(null, '1.0.0'));
      tokens.push(await registry.changeToken());
      await change(model, stage('1.0.0', null, 'staging'));
      tokens.push(await registry.changeToken());
      expect(new Set(tokens.slice(1)).size).toBe(4);
    });

    it('tells who did what, why, before and after', async () => {
      const model = named();
      await registry.register(draft({ model }), act('register'));
      await registry.change(model, [alias(null, '1.0.0')], act('promote', { actor: 'ben', reason: 'better' }));
      expect(verifyChain(registry.entries())).toMatchObject({ intact: true });
      const told = [...registry.entries()]
        .map((entry) => auditEntry.parse(entry))
        .filter(({ action, target }) => action !== 'intent' && (target === model || target.startsWith(`${model}@`)));
      expect(told).toMatchObject([
        { action: 'register', actor: 'ana', target: `${model}@1.0.0`, before: null, after: { signed: false } },
        {
          ...{ action: 'promote', actor: 'ben', target: model, reason: 'better' },
          ...{ before: { 'alias champion': null }, after: { 'alias champion': '1.0.0' } },
        },
      ]);
      expect(await registry.head()).toMatchObject({ seq: [...registry.entries()].length });
    });
  });
}

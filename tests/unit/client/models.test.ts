import { describe, expect, it } from 'vitest';
import { approvalItem } from '#client/features/models/approval-commands.ts';
import { registryItemView } from '#client/features/models/items.ts';
import { parseModelLink } from '#client/features/models/links.ts';
import { RegistryModel } from '#client/features/models/model.ts';
import { type RegistryNode, registryIds } from '#client/features/models/nodes.ts';
import { reportText } from '#client/features/models/report-commands.ts';
import { toFailure } from '#client/platform/failures.ts';
import type { Server } from '#client/platform/server-connection.ts';
import type { ApprovalCount } from '#schemas/domain/approval.ts';
import type { ModelVersion } from '#schemas/domain/model-version.ts';
import { listModels, listVersions } from '#schemas/protocol/models.ts';

const time = { now: 1_800_000_000_000, locale: 'en' };
const version = (parts: Partial<ModelVersion> = {}): ModelVersion => ({
  ...{ model: 'churn', version: '1.0.0', stage: null, aliases: [], size: 1_500, fileCount: 2, signed: false },
  ...{ manifestDigest: 'a'.repeat(64), rootDigest: 'b'.repeat(64), archived: false, framework: null },
  ...{ createdAt: time.now - 7_200_000, createdBy: 'ana' },
  ...parts,
});
const guarantees = { uniqueVersions: true, atomicChanges: true, writable: true };
const info = (given: Partial<typeof guarantees> = {}) => ({
  ...{ backend: 'sqlite', uri: 'sqlite:///models.db', guarantees: { ...guarantees, ...given } },
});

/** A server with so many models of so many versions. */
function registry(models: number, versions = 1, given: Partial<typeof guarantees> = {}) {
  const asked: unknown[] = [];
  const answer = (method: string, params: { start?: number; count?: number }) => {
    asked.push({ method, ...params });
    const { start = 0, count = 200 } = params;
    const total = method === listModels.method ? models : versions;
    const names = Array.from({ length: total }, (_, index) => index).slice(start, start + count);
    if (method === listVersions.method) {
      return { versions: names.map((n) => version({ version: `1.${versions - n}.0` })), total, approvals: [] };
    }
    return {
      models: names.map((n) => ({ name: `model-${n}`, versions, latest: version({ model: `model-${n}` }) })),
      total: models,
      registry: info(given),
    };
  };
  const server: Pick<Server, 'request'> = {
    request: async (definition, params) => definition.result.parse(answer(definition.method, Object(params))),
  };
  return { server, asked };
}

const open = (server: Pick<Server, 'request'>, folders = [{ uri: 'file:///ws', name: 'ws' }]) =>
  new RegistryModel({ server, folders: () => folders, toFailure });

const labels = (nodes: readonly RegistryNode[]) => nodes.map((node) => registryItemView(node, time).label);

describe('the tree of models', () => {
  it('shows models and their versions, and more of them when asked', async () => {
    const model = open(registry(250, 3).server);
    const first = await model.children();
    expect(first).toHaveLength(201);
    const last = first.at(-1);
    expect(last && registryItemView(last, time)).toMatchObject({ label: 'Show more', description: '200 of 250' });
    if (last?.kind === 'more') model.showMore(last.parentId);
    expect(await model.children()).toHaveLength(250);
    expect(labels(await model.children(first[0]))).toEqual(['1.3.0', '1.2.0', '1.1.0']);
    expect(model.nodeOf({ id: first[0]?.id })).toMatchObject({ kind: 'model' });
    expect(model.nodeOf({ id: 'other' })).toBeUndefined();
  });

  it('comes to the end of a list that no one answer holds', async () => {
    const model = open(registry(1_201).server);
    const shown: number[] = [];
    for (let nodes = await model.children(); ; nodes = await model.children()) {
      shown.push(nodes.filter(({ kind }) => kind === 'model').length);
      const last = nodes.at(-1);
      if (last?.kind !== 'more') break;
      model.showMore(last.parentId);
    }
    expect(shown).toEqual([200, 400, 600, 800, 1_000, 1_200, 1_201]);
    const names = (await model.children()).map(({ id }) => id);
    expect(new Set(names).size).toBe(1_201);
  });

  it('ends a list that others made shorter meanwhile', async () => {
    const { server } = registry(700);
    const shrinking: Pick<Server, 'request'> = {
      request: async (definition, params) => {
        const isFirst = !Object(params).start;
        const result = await server.request(definition, params);
        return isFirst ? result : definition.result.parse({ ...Object(result), models: [] });
      },
    };
    const model = open(shrinking);
    for (let more = 0; more < 3; more += 1) model.showMore(registryIds.folder('file:///ws'));
    expect((await model.children()).filter(({ kind }) => kind === 'model')).toHaveLength(500);
  });

  it('asks for what the person searches', async () => {
    const { server, asked } = registry(0);
    const model = open(server);
    expect(await model.children()).toEqual([]);
    model.filter = { text: 'cats', archived: true };
    expect(labels(await model.children())).toEqual(['No model fits the search']);
    expect(asked.at(-1)).toMatchObject({ text: 'cats', archived: true });
  });

  it('has a node for each folder of several', async () => {
    const model = open(registry(0).server, [
      { uri: 'file:///a', name: 'a' },
      { uri: 'file:///b', name: 'b' },
    ]);
    const folders = await model.children();
    expect(labels(folders)).toEqual(['a', 'b']);
    expect(labels(await model.children(folders[0]))).toEqual(['No models yet']);
  });

  it('says why a registry can’t be read, and offers another try', async () => {
    const failing: Pick<Server, 'request'> = {
      request: async () => {
        throw Object.assign(new Error('no'), {
          data: { reason: 'unreachable', message: 'Nothing answers.', remedy: 'Start it.' },
        });
      },
    };
    const [node] = await open(failing).children();
    expect(node && registryItemView(node, time)).toMatchObject({
      label: 'Nothing answers.',
      description: 'Start it.',
      command: { id: 'mlops.refreshModels' },
    });
  });

  it('says what is wrong before it says where', async () => {
    const failing: Pick<Server, 'request'> = {
      request: async () => {
        throw Object.assign(new Error('no'), {
          data: { reason: 'corrupt', message: '/ws/models.db can’t be used.', remedy: null },
        });
      },
    };
    const [node] = await open(failing).children();
    expect(node && registryItemView(node, time)).toMatchObject({
      ...{ label: 'models.db can’t be used.', spoken: '/ws/models.db can’t be used.' },
    });
  });

  it('gives each version its own approvals', async () => {
    const { server } = registry(1, 3);
    const approvals = [{ version: '1.2.0', stage: 'production', valid: 1, needed: 2 }];
    const approved: Pick<Server, 'request'> = {
      request: async (definition, params) =>
        definition.result.parse({ ...Object(await server.request(definition, params)), approvals }),
    };
    const model = open(approved);
    const [node] = await model.children();
    const versions = await model.children(node);
    expect(versions.map((one) => one.kind === 'version' && one.approvals.length)).toEqual([0, 1, 0]);
  });

  it('tells what a registry can’t promise', async () => {
    const model = open(registry(1, 1, { writable: false, uniqueVersions: false }).server);
    const [node] = await model.children();
    const item = node && registryItemView(node, time);
    expect(item?.context).toContain('readOnly');
    expect(item?.tooltip).toContain('can only be read');
    expect(item?.tooltip).toContain('register at once');
    const [version] = await model.children(node);
    expect(version && registryItemView(version, time).context).toContain('readOnly');
  });
});

describe('a version', () => {
  const item = (parts: Partial<ModelVersion>, approvals: readonly ApprovalCount[] = []) =>
    registryItemView(
      { kind: 'version', id: 'v', folder: 'file:///ws', version: version(parts), approvals, registry: info() },
      time,
    );

  it('shows stage, aliases and signature as badges, for eyes and ears', () => {
    const { description, spoken, context, icon } = item({ stage: 'production', aliases: ['champion'], signed: true });
    expect(description).toBe('production · @champion · signed · 2 hr. ago');
    expect(spoken).toBe('churn 1.0.0, production, @champion, signed, 2 hr. ago');
    expect(context).toEqual(expect.arrayContaining(['active', 'signed', 'staged']));
    expect(icon.id).toBe('verified-filled');
  });

  it('shows how far its approvals are', () => {
    const approvals = [{ version: '1.0.0', stage: 'production', valid: 1, needed: 2 }];
    const { description, spoken, tooltip } = item({ stage: 'staging' }, approvals);
    expect(description).toBe('staging · 1/2 approvals · 2 hr. ago');
    expect(spoken).toContain('1 of 2 approvals for production');
    expect(tooltip).toContain('| Approvals | 1 of 2 approvals for production |');
  });

  it('that can’t be used says why first', () => {
    expect(item({ state: 'failed', signed: true })).toMatchObject({
      ...{ description: 'registration failed · signed · 2 hr. ago', icon: { id: 'warning' } },
    });
    expect(item({ state: 'pending' }).description).toBe('being registered · 2 hr. ago');
  });

  it('that is archived looks it', () => {
    expect(item({ archived: true })).toMatchObject({ icon: { id: 'archive' }, description: 'archived · 2 hr. ago' });
    expect(item({ archived: true }).context).toContain('archived');
  });

  it('has a tooltip without markup of its own', () => {
    expect(item({ createdBy: '[a](http://x)' }).tooltip).toContain('\\[a\\]\\(http://x\\)');
  });
});

describe('an approval in a list', () => {
  const approval = {
    file: 'churn-1.0.0-production-0a.approval.json',
    issuedAt: 0,
    expiresAt: Date.UTC(2027, 0, 2, 12),
  };

  it('says whose it is and how long it counts', () => {
    expect(approvalItem({ ...approval, approver: 'ana', void: null }, 'en')).toMatchObject({
      ...{ label: '$(pass) ana', description: 'counts until Jan 2, 2027', detail: approval.file },
    });
  });

  it('that counts nothing says why', () => {
    const problem = { reason: 'unknown-key', detail: 'The key 0123 is no member’s.' } as const;
    expect(approvalItem({ ...approval, approver: null, void: problem }, 'en')).toMatchObject({
      ...{ label: '$(circle-slash) unknown', description: 'does not count: The key 0123 is no member’s.' },
    });
  });
});

describe('a link to a version', () => {
  it('names a model and a version, an alias or a range', () => {
    expect(parseModelLink('/model/churn@1.2.0')).toEqual({ model: 'churn', selector: '1.2.0' });
    expect(parseModelLink('/model/churn@^1.2/')).toEqual({ model: 'churn', selector: '^1.2' });
    for (const path of ['/model/churn', '/model/churn@', '/model/@1.0.0', '/run/a/b', '/model/a@1/2']) {
      expect(parseModelLink(path)).toBeNull();
    }
  });

  it('is followed to its place, however far down the list', async () => {
    const model = open(registry(900, 450).server);
    const node = await model.reach('file:///ws', { model: 'model-777', version: '1.30.0' });
    expect(node).toMatchObject({ kind: 'version', version: { version: '1.30.0' } });
    const parent = model.parentOf(node);
    expect(parent).toMatchObject({ kind: 'model', model: { name: 'model-777' } });
    expect(parent && model.parentOf(parent)).toBeUndefined();
    expect(labels(await model.children())).toContain('model-777');
  });

  it('to what is not there says so', async () => {
    const reached = open(registry(1).server).reach('file:///ws', { model: 'model-0', version: '9.0.0' });
    await expect(reached).rejects.toThrow('model-0@9.0.0');
  });
});

describe('a report of gates as text', () => {
  it('tells each gate in a row of its own', () => {
    const report = {
      ...{ model: 'churn', version: '1.0.0', manifestDigest: 'a'.repeat(64), gatesDigest: 'b'.repeat(64) },
      ...{ createdAt: 0, passed: false },
      gates: [{ name: 'auc ≥ 0.8', passed: false, value: 0.7, bound: 0.8, detail: '0.7 | too\nlow' }],
    };
    const text = reportText(report, 'c'.repeat(64));
    expect(text).toContain('# Gates of churn@1.0.0');
    expect(text).toContain('| ✗ | auc ≥ 0.8 | 0.7 \\| too low |');
    expect(text).toContain('Not all gates are open.');
    expect(text).toContain(`Digest of this report: ${'c'.repeat(64)}`);
  });
});

import { describe, expect, it } from 'vitest';
import type { VersionComparison } from '#schemas/protocol/models.ts';
import { factsOf } from '#webviews/versions/facts.ts';

type Side = VersionComparison['before'];

const side = (version: Partial<Side['version']> = {}, metadata: Partial<Side['metadata']> = {}): Side => ({
  version: {
    ...{ model: 'churn', version: '1.0.0', stage: null, aliases: [], size: 1_500, fileCount: 2, signed: false },
    ...{ manifestDigest: 'a'.repeat(64), rootDigest: null, archived: false, framework: null, createdAt: 0 },
    ...{ createdBy: 'ana', ...version },
  },
  metadata: {
    ...{ description: '', framework: null, flavors: [], run: null, gitCommit: null, dataSets: [], params: {} },
    ...{ metrics: {}, signature: null, requirements: [], licence: null, tags: {}, parents: [], ...metadata },
  },
});

const fact = (name: string, before: Side, after: Side) => factsOf({ before, after }).find((each) => each.name === name);

describe('facts of two versions', () => {
  it('differ where what a person reads differs', () => {
    const differing = factsOf({ before: side(), after: side({ stage: 'production', aliases: ['champion', 'a'] }) });
    expect(differing.filter(({ differs }) => differs)).toEqual([
      { name: 'Stage', before: '–', after: 'production', differs: true },
      { name: 'Aliases', before: '–', after: '@champion @a', differs: true },
    ]);
    expect(factsOf({ before: side(), after: side() }).some(({ differs }) => differs)).toBe(false);
  });

  it('name data sets with their digests, and the run', () => {
    const dataSets = [
      { name: 'train', digest: '0123456789abcdef', context: 'training' },
      { name: 'eval', digest: '', context: null },
    ];
    const after = side({}, { dataSets, run: { tracker: 'local', runId: '4f2c' } });
    expect(fact('Data sets', side(), after)?.after).toBe('train (0123456789ab), eval');
    expect(fact('Made from', side({}, { parents: ['base@1.0.0', 'words@2.1.0'] }), side())).toMatchObject({
      before: 'base@1.0.0, words@2.1.0',
      after: '–',
    });
    expect(fact('Run', side(), after)).toMatchObject({ before: '–', after: 'local/4f2c' });
  });

  it('say nothing of files that nobody knows', () => {
    expect(fact('Digest', side({ manifestDigest: null }), side())).toMatchObject({ before: '–', differs: true });
  });
});

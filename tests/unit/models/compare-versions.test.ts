import { describe, expect, it } from 'vitest';
import type { ModelVersionDetails } from '#schemas/domain/model-version.ts';
import { compareVersions } from '#server/models/compare-versions.ts';

function version(card: string | null): ModelVersionDetails {
  return {
    version: {
      ...{ model: 'churn', version: '1.0.0', stage: null, aliases: [], framework: null },
      ...{ manifestDigest: 'a'.repeat(64), rootDigest: 'b'.repeat(64), size: 1, fileCount: 1 },
      ...{ signed: false, archived: false, createdAt: 0, createdBy: 'ana' },
    },
    files: [],
    metadata: {
      ...{ description: '', framework: null, flavors: [], run: null, gitCommit: null, dataSets: [], params: {} },
      ...{ metrics: {}, signature: null, requirements: [], licence: null, card, tags: {}, parents: [] },
    },
    bundle: null,
    reports: [],
  };
}

describe('the cards of two versions', () => {
  it.each([
    ['# A', '# A', { before: '<h1>A</h1>\n', after: '<h1>A</h1>\n' }],
    ['# A', '# B', { before: '<h1>A</h1>\n', after: '<h1>B</h1>\n' }],
    ['# A', null, { before: '<h1>A</h1>\n', after: null }],
    [null, '# B', { before: null, after: '<h1>B</h1>\n' }],
    [null, null, { before: null, after: null }],
  ])('%j and %j', async (before, after, cards) => {
    expect((await compareVersions(version(before), version(after))).cards).toEqual(cards);
  });
});

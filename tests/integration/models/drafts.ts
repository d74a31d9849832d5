import type { Act, VersionDraft } from '#server/models/model-registry.ts';

/** A version as a test needs it. */
export function draft(parts: Partial<VersionDraft> = {}): VersionDraft {
  return {
    model: 'churn',
    version: null,
    bump: 'minor',
    files: [{ path: 'model.pkl', size: 10, sha256: 'a'.repeat(64) }],
    manifestDigest: 'b'.repeat(64),
    rootDigest: 'c'.repeat(64),
    bundle: null,
    ...parts,
    metadata: {
      description: '',
      framework: 'sklearn',
      flavors: ['sklearn'],
      run: null,
      gitCommit: null,
      dataSets: [],
      params: {},
      metrics: {},
      signature: null,
      requirements: [],
      licence: null,
      card: null,
      tags: {},
      parents: [],
      ...parts.metadata,
    },
  };
}

export function act(action: string, parts: Partial<Act> = {}): Act {
  return { action, actor: 'ana', reason: null, nonces: [], ...parts };
}

import type { IoSignature } from '#schemas/domain/model-version.ts';
import { compareSignatures, proposedBump } from './artifact/signature-diff.ts';
import type { ModelRegistry } from './model-registry.ts';
import { type Bump, nextVersion } from './version-order.ts';

export interface VersionProposal {
  readonly bump: Bump;
  /** Why, a line each. */
  readonly because: readonly string[];
  readonly next: Readonly<Record<Bump, string>>;
  /** The highest version; null for a new model. */
  readonly current: string | null;
}

/**
 * How far the next version of a model has to go: `major` where what used the highest one would break on the inputs or
 * outputs, `minor` where they only grew, else `patch`.
 */
export async function proposeBump(
  registry: ModelRegistry,
  { model, signature }: { readonly model: string; readonly signature: IoSignature | null },
  signal?: AbortSignal,
): Promise<VersionProposal> {
  const versions = await registry.listVersions(model, signal);
  const taken = versions.map(({ version }) => version);
  const next = {
    major: nextVersion(taken, 'major'),
    minor: nextVersion(taken, 'minor'),
    patch: nextVersion(taken, 'patch'),
  };
  const [highest] = versions;
  if (!highest) return { bump: 'patch', because: ['It is the first version.'], next, current: null };
  const { metadata } = await registry.version(model, highest.version, signal);
  const change = compareSignatures(metadata.signature, signature);
  const because = change.type === 'none' ? [`Inputs and outputs are those of ${highest.version}.`] : change.details;
  return { bump: proposedBump(change), because, next, current: highest.version };
}

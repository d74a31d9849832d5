import semver from 'semver';
import { FailureError } from '../platform/failure.ts';
import { formatVersion, type ModelReference } from './model-reference.ts';

/** What has to be known of a model's versions to choose one. */
export interface VersionChoice {
  readonly version: string;
  readonly archived: boolean;
  /** Set where it can't be used. */
  readonly state?: string | undefined;
}

/**
 * The version that a reference means. A range means the highest version in it that is ready and not archived, pre-releases only
 * where the range names one; `latest` the highest release that is not archived, or where there is none the highest
 * pre-release. A version may be archived: who names it means it. Fails with `not-found`.
 */
export function resolveVersion(
  { model, selector }: ModelReference,
  versions: readonly VersionChoice[],
  aliases: ReadonlyMap<string, string>,
): string {
  if (versions.length === 0) throw new FailureError('not-found', `There is no model ${model} in this registry.`);
  const active = versions
    .filter(({ archived, state }) => !archived && state === undefined)
    .map(({ version }) => version);
  switch (selector.type) {
    case 'version': {
      if (versions.some(({ version }) => version === selector.version)) return selector.version;
      throw notFound(formatVersion({ model, version: selector.version }), versions);
    }
    case 'alias': {
      const version = aliases.get(selector.alias);
      if (version !== undefined) return version;
      throw new FailureError('not-found', `${model} has no alias “${selector.alias}”.`, {
        remedy: aliases.size === 0 ? 'It has none at all.' : `It has: ${[...aliases.keys()].sort().join(', ')}.`,
      });
    }
    case 'range': {
      const version = semver.maxSatisfying(active, selector.range);
      if (version !== null) return version;
      throw notFound(`${model}@${selector.range}`, versions);
    }
    case 'latest': {
      const version = semver.maxSatisfying(active, '*') ?? semver.rsort([...active])[0];
      if (version !== undefined) return version;
      throw new FailureError('not-found', `All versions of ${model} are archived.`);
    }
  }
}

const listed = 5;

function notFound(reference: string, versions: readonly VersionChoice[]): FailureError {
  const highest = semver.rsort(versions.map(({ version }) => version));
  const more = highest.length > listed ? ` and ${highest.length - listed} more` : '';
  return new FailureError('not-found', `There is no version ${reference}.`, {
    remedy: `The registry has ${highest.slice(0, listed).join(', ')}${more}.`,
  });
}

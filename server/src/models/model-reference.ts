import semver from 'semver';
import { modelAlias, modelName, semanticVersion } from '#schemas/domain/model-version.ts';
import { FailureError } from '../platform/failure.ts';

/** What stands behind the `@` of a reference. */
export type VersionSelector =
  | { readonly type: 'version'; readonly version: string }
  | { readonly type: 'alias'; readonly alias: string }
  | { readonly type: 'range'; readonly range: string }
  | { readonly type: 'latest' };

export interface ModelReference {
  readonly model: string;
  readonly selector: VersionSelector;
}

/** The text form of one version: `churn@1.2.0`. */
export function formatVersion({ model, version }: { readonly model: string; readonly version: string }): string {
  return `${model}@${version}`;
}

/** Reads `name@1.2.0`, `name@champion`, `name@^1.2` and `name@latest`. Fails with `input`. */
export function parseModelReference(text: string): ModelReference {
  const at = text.indexOf('@');
  if (at < 0) {
    throw new FailureError('input', `“${text}” names a model without a version.`, {
      remedy: `Write ${text || 'name'}@1.2.0, ${text || 'name'}@champion or ${text || 'name'}@latest.`,
    });
  }
  const model = requireModelName(text.slice(0, at));
  return { model, selector: parseSelector(text.slice(at + 1)) };
}

/** A name as registries take it. Fails with `input`. */
export function requireModelName(text: string): string {
  const name = modelName.safeParse(text.normalize('NFC'));
  if (name.success) return name.data;
  throw new FailureError('input', `“${text}” is no name of a model. ${name.error.issues[0]?.message ?? ''}`.trim());
}

function parseSelector(text: string): VersionSelector {
  if (text.toLowerCase() === 'latest') return { type: 'latest' };
  if (semanticVersion.safeParse(text).success) return { type: 'version', version: text };
  // `x` is a range to semver, and a name to people: what can be an alias is one.
  if (modelAlias.safeParse(text).success) return { type: 'alias', alias: text };
  if (text.trim() !== '' && semver.validRange(text) !== null) return { type: 'range', range: text };
  throw new FailureError('input', `“${text}” is no version, alias or range of versions.`, {
    remedy: 'Write a version such as 1.2.0, an alias such as champion, or a range such as ^1.2.',
  });
}

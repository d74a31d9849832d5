import type { VersionDraft } from '../../model-registry.ts';
import { isInternalTag, versionTag } from '../shared/mlflow-tags.ts';

/** MLflow's own limits, less what its databases hold: longer values are in the evidence alone. */
const longestKey = 250;
const longestValue = 5_000;
const keyCharacters = /^[/\w.\- :]+$/;

export interface TagFacts {
  readonly version: string;
  readonly author: string;
  /** Digests of documents. */
  readonly evidence: string;
  readonly bundle: string | null;
}

/** The tags of a version that is about to be registered. */
export function tagsOf({ files, manifestDigest, rootDigest, metadata }: VersionDraft, facts: TagFacts) {
  const own: Record<string, string | null> = {
    [versionTag.semver]: facts.version,
    [versionTag.manifest]: manifestDigest,
    [versionTag.root]: rootDigest,
    [versionTag.size]: String(files.reduce((sum, { size }) => sum + size, 0)),
    [versionTag.files]: String(files.length),
    [versionTag.author]: facts.author,
    [versionTag.evidence]: facts.evidence,
    [versionTag.bundle]: facts.bundle,
    [versionTag.framework]: metadata.framework,
    [versionTag.licence]: metadata.licence,
  };
  const given = Object.entries(metadata.tags).filter(([key]) => !isInternalTag(key) && isKey(key));
  return [...given, ...Object.entries(own)].flatMap(([key, value]) =>
    value === null || value.length > longestValue ? [] : [{ key, value }],
  );
}

// MLflow refuses keys that are no paths of their own: `a//b`, `./a`, `/a`.
function isKey(key: string): boolean {
  if (key.length > longestKey || !keyCharacters.test(key)) return false;
  return key.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

export function shortDescription(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text;
}

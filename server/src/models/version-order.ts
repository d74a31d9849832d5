import semver from 'semver';

export type Bump = 'major' | 'minor' | 'patch';

/** The first version of a model that does not say another. */
const first = '1.0.0';
const coreDigits = 16;

/**
 * A text that sorts (by code units) as semantic versions rank: Semantic Versioning 2.0.0, section 11. A database can so
 * order versions by an index.
 */
export function versionSortKey(version: string): string {
  const parsed = new semver.SemVer(version);
  const core = [parsed.major, parsed.minor, parsed.patch]
    .map((part) => String(part).padStart(coreDigits, '0'))
    .join('');
  // A version without a pre-release ranks above those with one.
  if (parsed.prerelease.length === 0) return `${core}~`;
  return core + parsed.prerelease.map(identifierKey).join('');
}

// Numbers rank below words and by size; a space ends an identifier, since none can hold a lower character.
function identifierKey(identifier: string | number): string {
  const text = String(identifier);
  return /^\d+$/.test(text) ? `a${String(text.length).padStart(3, '0')}${text} ` : `b${text} `;
}

/**
 * The version that follows the highest of `existing` by a bump; `1.0.0` where there is none. A pre-release is finished
 * by a bump that its own version already is: `2.0.0-rc.1` becomes `2.0.0` by `major`.
 */
export function nextVersion(existing: readonly string[], bump: Bump): string {
  const highest = semver.rsort([...existing])[0];
  if (highest === undefined) return first;
  const next = semver.inc(highest, bump);
  if (next === null) throw new RangeError(`${highest} is no semantic version.`);
  return next;
}

import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { semanticVersion } from '#schemas/domain/model-version.ts';
import { nextVersion, versionSortKey } from '#server/models/version-order.ts';

const number = fc.oneof(fc.nat(12), fc.nat(Number.MAX_SAFE_INTEGER));
const word = fc.stringMatching(/^[0-9]{0,3}[a-zA-Z-][0-9a-zA-Z-]{0,4}$/);
const identifier = fc.oneof(fc.nat(1200).map(String), word);
const version = fc
  .tuple(number, number, number, fc.array(identifier, { maxLength: 3 }))
  .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre.length > 0 ? `-${pre.join('.')}` : ''}`);

describe('the sort key of a version', () => {
  it('sorts as semantic versions rank', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        const [left, right] = [versionSortKey(a), versionSortKey(b)];
        expect(left < right ? -1 : left > right ? 1 : 0).toBe(semver.compare(a, b));
      }),
      { numRuns: 500 },
    );
  });

  it('is made of what the schema takes', () => {
    fc.assert(
      fc.property(version, (text) => {
        expect(semanticVersion.safeParse(text).success).toBe(true);
      }),
    );
    for (const wrong of ['1', '1.2', 'v1.2.0', '01.2.0', '1.2.0-01', '1.2.0+build', '1.2.0-', ' 1.2.0']) {
      expect(semanticVersion.safeParse(wrong).success, wrong).toBe(false);
    }
  });
});

describe('the next version', () => {
  it.each([
    [[], 'minor', '1.0.0'],
    [['1.0.0', '1.10.0', '1.9.0'], 'minor', '1.11.0'],
    [['1.2.3'], 'patch', '1.2.4'],
    [['1.2.3'], 'major', '2.0.0'],
    [['1.2.3', '2.0.0-rc.1'], 'major', '2.0.0'],
  ] as const)('after %j by %s is %s', (existing, bump, next) => {
    expect(nextVersion(existing, bump)).toBe(next);
  });
});

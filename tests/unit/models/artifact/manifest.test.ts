import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manifestDigest, rootDigest } from '#server/models/artifact/manifest.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const [a, b] = [sha256('a'), sha256('b')];

describe('the digest of a manifest', () => {
  it('is SHA-256 of a text that anybody can write by hand', () => {
    const text = `{"files":[{"path":"MLmodel","sha256":"${a}","size":1},{"path":"data/model.pkl","sha256":"${b}","size":1}],"form":"mlops.manifest/v1"}`;
    const files = [
      { path: 'data/model.pkl', size: 1, sha256: b },
      { path: 'MLmodel', size: 1, sha256: a },
    ];
    expect(manifestDigest(files)).toBe(sha256(text));
  });

  it('does not depend on the order of files or the normalisation of names', () => {
    const composed = { path: 'caf\u00e9.bin', size: 1, sha256: a };
    const decomposed = { path: 'cafe\u0301.bin', size: 1, sha256: a };
    const other = { path: 'b', size: 1, sha256: b };
    expect(manifestDigest([composed, other])).toBe(manifestDigest([other, decomposed]));
  });

  it('changes with every path, size and digest', () => {
    const file = { path: 'a', size: 1, sha256: a };
    const digests = [
      [file],
      [{ ...file, path: 'b' }],
      [{ ...file, size: 2 }],
      [{ ...file, sha256: b }],
      [file, { ...file, path: 'b' }],
      [],
    ].map(manifestDigest);
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('puts a path with code points beyond U+FFFF after one with U+FF5E', () => {
    const text = `{"files":[{"path":"\uff5e","sha256":"${a}","size":1},{"path":"\u{1f600}","sha256":"${a}","size":1}],"form":"mlops.manifest/v1"}`;
    const files = ['\u{1f600}', '\uff5e'].map((path) => ({ path, size: 1, sha256: a }));
    expect(manifestDigest(files)).toBe(sha256(text));
  });

  it('is refused for paths that can’t stand beside each other', () => {
    const files = ['x', 'x'].map((path) => ({ path, size: 1, sha256: a }));
    expect(() => manifestDigest(files)).toThrow('“x” is listed twice');
  });
});

describe('the root digest', () => {
  it('is SHA-256 of the raw digests in listed order', () => {
    const expected = createHash('sha256')
      .update(Buffer.from(b + a, 'hex'))
      .digest('hex');
    expect(rootDigest([{ sha256: b }, { sha256: a }])).toBe(expected);
  });

  it('leaves out names and sizes, but not the order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string().map(sha256), { minLength: 2 }), (digests) => {
        const files = digests.map((digest) => ({ sha256: digest }));
        expect(rootDigest(files)).not.toBe(rootDigest(files.toReversed()));
      }),
    );
  });
});

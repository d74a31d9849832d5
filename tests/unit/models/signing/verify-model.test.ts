import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import { parseBundle } from '#server/models/signing/bundle.ts';
import { signModel } from '#server/models/signing/sign-model.ts';
import { statementAbout } from '#server/models/signing/statement.ts';
import { type Trust, verifyModel } from '#server/models/signing/verify-model.ts';
import { ecKey, type TestKey } from '../../../testbeds/certificates.ts';

let key: TestKey;
let trust: Trust;

beforeAll(async () => {
  key = await ecKey();
  trust = { type: 'keys', keys: [key.publicKey] };
});

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

const part = fc.stringMatching(/^[a-zA-Z0-9_\-äé 中🙂]{1,8}$/u);
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const file = fc.record({ path, size: fc.nat(), sha256: fc.string().map(sha256) });
const files = fc.uniqueArray(file, { minLength: 1, maxLength: 12, selector: (one) => one.path });

const signed = (given: readonly ModelFile[]) =>
  signModel({ name: 'm', files: given, ignorePaths: [] }, { key: key.privateKey, certificates: [] });

describe('a signature', () => {
  it('holds for what was signed, in any order, and for nothing with one file changed, gone or added', () => {
    fc.assert(
      fc.property(files, fc.nat(), (given, at) => {
        const bundle = signed(given);
        const index = at % given.length;
        expect(verifyModel(given.toReversed(), bundle, trust)).toMatchObject({ verified: true, name: 'm' });
        const without = given.filter((_, i) => i !== index);
        expect(verifyModel(without, bundle, trust)).toMatchObject({ reason: 'missing-file' });
        const changed = given.map((one, i) => (i === index ? { ...one, sha256: sha256(one.sha256) } : one));
        expect(verifyModel(changed, bundle, trust)).toMatchObject({ reason: 'changed-file' });
        const more = [...given, { path: 'one.more', size: 0, sha256: sha256('') }];
        expect(verifyModel(more, bundle, trust)).toMatchObject({ reason: 'extra-file' });
      }),
      { numRuns: 25 },
    );
  });

  it('lists files by code points and gives the digest of their digests, one after the other', () => {
    fc.assert(
      fc.property(files, (given) => {
        const { subject, predicate } = statementAbout('m', given, []);
        const names = predicate.resources.map(({ name }) => name);
        // UTF-32 in big-endian order compares as code points do.
        const utf32 = (name: string) =>
          [...name].map((c) => (c.codePointAt(0) ?? 0).toString(16).padStart(8, '0')).join('');
        expect(names).toEqual([...names].sort((a, b) => (utf32(a) < utf32(b) ? -1 : 1)));
        const digests = predicate.resources.map(({ digest }) => Buffer.from(digest, 'hex'));
        expect(subject[0].digest.sha256).toBe(sha256(Buffer.concat(digests)));
      }),
    );
  });

  it('tells what differs by a few names and the number of the others', () => {
    const given = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ path: name, size: 1, sha256: sha256(name) }));
    const bundle = signed([{ path: 'x', size: 0, sha256: sha256('') }, ...given.slice(0, 1)]);
    expect(verifyModel(given.slice(0, 1), bundle, trust)).toMatchObject({ detail: '"x" is signed but not there.' });
    expect(verifyModel([...given, { path: 'x', size: 0, sha256: sha256('') }], bundle, trust)).toMatchObject({
      detail: '"b", "c", "d" and 1 more are there but not signed.',
    });
  });

  it('by one of several trusted keys names that one', async () => {
    const others = [await ecKey('P-521'), await ecKey('P-384')].map(({ publicKey }) => publicKey);
    const given = [{ path: 'a', size: 1, sha256: sha256('a') }];
    const ours = verifyModel(given, signed(given), { type: 'keys', keys: [...others, key.publicKey] });
    expect(ours).toEqual(verifyModel(given, signed(given), trust));
    expect(verifyModel(given, signed(given), { type: 'keys', keys: others })).toMatchObject({
      reason: 'wrong-key',
      detail: 'It was not made by any of the 2 keys that you trust, or was changed since.',
    });
    expect(verifyModel(given, signed(given), { type: 'keys', keys: [] })).toMatchObject({ reason: 'wrong-key' });
  });
});

describe('the parser of bundles', () => {
  const given = [{ path: 'a', size: 1, sha256: sha256('a') }];

  /** Every place of a document, as the keys that lead there. */
  function places(value: unknown, at: readonly string[] = []): (readonly string[])[] {
    if (typeof value !== 'object' || value === null) return [at];
    return [at, ...Object.entries(value).flatMap(([name, inner]) => places(inner, [...at, name]))];
  }

  function withChange(value: unknown, [name, ...rest]: readonly string[], put: unknown): unknown {
    if (name === undefined) return put;
    if (Array.isArray(value)) return value.map((one, i) => (String(i) === name ? withChange(one, rest, put) : one));
    if (typeof value !== 'object' || value === null) return value;
    return { ...value, [name]: withChange(Reflect.get(value, name), rest, put) };
  }

  it('takes anything anywhere for an answer, and none of it for a signature by another', async () => {
    const document: unknown = JSON.parse(signed(given));
    const stranger: Trust = { type: 'keys', keys: [(await ecKey()).publicKey] };
    fc.assert(
      fc.property(fc.constantFrom(...places(document)), fc.jsonValue(), (at, put) => {
        const text = JSON.stringify(withChange(document, at, put));
        expect(['malformed-bundle', 'wrong-payload-type', 'wrong-key']).toContain(
          Reflect.get(verifyModel(given, text, stranger), 'reason'),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('says where a bundle has another form', () => {
    const document: unknown = JSON.parse(signed(given));
    expect(parseBundle(JSON.stringify(withChange(document, ['dsseEnvelope', 'payload'], 5)))).toContain(
      'dsseEnvelope.payload: ',
    );
    expect(parseBundle(JSON.stringify(withChange(document, ['mediaType'], 'text/plain')))).toBe(
      'its media type is “text/plain”',
    );
    expect(parseBundle('nothing')).toBe('it is no JSON');
    expect(parseBundle('[]')).toContain('the document: ');
  });

  it.each(['bundle+json;version=0.1', 'bundle+json;version=0.2', 'bundle+json;version=0.3', 'bundle.v0.3+json'])(
    'reads %s',
    (type) => {
      const text = JSON.stringify(
        withChange(JSON.parse(signed(given)), ['mediaType'], `application/vnd.dev.sigstore.${type}`),
      );
      expect(verifyModel(given, text, trust)).toMatchObject({ verified: true });
    },
  );

  it('holds out nested and endless documents', () => {
    expect(typeof parseBundle('['.repeat(100_000))).toBe('string');
    expect(typeof parseBundle(`{"mediaType":${'['.repeat(5000)}${']'.repeat(5000)}}`)).toBe('string');
    expect(typeof parseBundle('{"__proto__":{"mediaType":"x"}}')).toBe('string');
  });
});

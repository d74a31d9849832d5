import { createHash, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import { rootDigest } from '#server/models/artifact/manifest.ts';
import { readCertificates } from '#server/models/signing/certificates.ts';
import { signDsse } from '#server/models/signing/dsse.ts';
import { readPrivateKey, readPublicKey } from '#server/models/signing/keys.ts';
import { signModel } from '#server/models/signing/sign-model.ts';
import { inTotoPayloadType, statementAbout } from '#server/models/signing/statement.ts';
import { type Trust, verifyModel } from '#server/models/signing/verify-model.ts';
import {
  type CertificateParts,
  certificate,
  ecKey,
  nameConstraints,
  oddExtension,
  purposes,
  type TestKey,
  usages,
} from '../testbeds/certificates.ts';

const file = (path: string, content: string): ModelFile => ({
  path,
  size: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});
const model = file('MLmodel', 'flavors: {}');
const weights = file('data/weights.bin', 'abc');
const empty = file('empty', '');
const files = [model, weights, empty];

let key: TestKey;
let other: TestKey;
let bundle: string;
const byKey = (): Trust => ({ type: 'keys', keys: [key.publicKey] });

beforeAll(async () => {
  [key, other] = [await ecKey('P-256'), await ecKey('P-384')];
  bundle = signModel({ name: 'churn', files, ignorePaths: ['model.sig'] }, { key: key.privateKey, certificates: [] });
});

// biome-ignore lint/suspicious/noExplicitAny: tamperings write what no type allows
type Loose = any;

/** The bundle with its outer JSON changed. */
function outer(change: (value: Loose) => void): string {
  const value: Loose = JSON.parse(bundle);
  change(value);
  return JSON.stringify(value);
}

/** The bundle with its statement changed, the old signature kept. */
function inner(change: (value: Loose) => void): string {
  return outer((value) => {
    const statement: Loose = JSON.parse(Buffer.from(value.dsseEnvelope.payload, 'base64').toString());
    change(statement);
    value.dsseEnvelope.payload = Buffer.from(JSON.stringify(statement)).toString('base64');
  });
}

/** A bundle with another statement, signed by the trusted key all the same: what a signer could do. */
function resigned(change: (value: Loose) => void, signer = key): string {
  const statement: Loose = statementAbout('churn', files, []);
  change(statement);
  const payload = Buffer.from(JSON.stringify(statement));
  return outer((value) => {
    value.dsseEnvelope = signDsse(inTotoPayloadType, payload, signer.privateKey);
  });
}

const withRoot = (statement: Loose) => {
  statement.subject[0].digest.sha256 = rootDigest(
    statement.predicate.resources.map(({ digest }: Loose) => ({ sha256: digest })),
  );
};

describe('a signed model', () => {
  it('is accepted as it was signed, whatever the order of its files', () => {
    expect(verifyModel(files, bundle, byKey())).toMatchObject({
      verified: true,
      name: 'churn',
      ignored: ['model.sig'],
    });
    expect(verifyModel([...files].reverse(), bundle, byKey())).toMatchObject({ verified: true });
  });

  const changedFiles: readonly (readonly [string, string, readonly ModelFile[]])[] = [
    ['a byte of a file', 'changed-file', [file('MLmodel', 'flavors: {} '), ...files.slice(1)]],
    ['an empty file that has something', 'changed-file', [...files.slice(0, 2), file('empty', 'x')]],
    [
      'two files with each other’s content',
      'changed-file',
      [{ ...model, path: 'data/weights.bin' }, { ...weights, path: 'MLmodel' }, empty],
    ],
    ['a file that is gone', 'missing-file', files.slice(1)],
    ['an empty file that is gone', 'missing-file', files.slice(0, 2)],
    ['one file more', 'extra-file', [...files, file('evil.py', 'import os')]],
    ['an empty file more', 'extra-file', [...files, file('__init__.py', '')]],
    ['a file under another name', 'missing-file', [{ ...model, path: 'mlmodel' }, ...files.slice(1)]],
    ['a file in another folder', 'missing-file', [model, { ...weights, path: 'weights.bin' }, empty]],
    ['a name in another normalisation', 'missing-file', [{ ...model, path: 'MLmode\u0301l' }, ...files.slice(1)]],
    ['no files at all', 'missing-file', []],
  ];
  it.each(changedFiles)('is refused with %s: %s', (_, reason, present) => {
    expect(verifyModel(present, bundle, byKey())).toMatchObject({ verified: false, reason });
  });

  const changedBundles: readonly (readonly [string, string, () => string])[] = [
    ['no JSON', 'malformed-bundle', () => bundle.slice(0, -1)],
    ['an empty file', 'malformed-bundle', () => ''],
    ['a JSON list', 'malformed-bundle', () => '[]'],
    [
      'another media type',
      'malformed-bundle',
      () =>
        outer((b) => {
          b.mediaType = 'application/json';
        }),
    ],
    [
      'no envelope',
      'malformed-bundle',
      () =>
        outer((b) => {
          delete b.dsseEnvelope;
        }),
    ],
    [
      'a payload that is no base64',
      'malformed-bundle',
      () =>
        outer((b) => {
          b.dsseEnvelope.payload = '***';
        }),
    ],
    [
      'no signature',
      'malformed-bundle',
      () =>
        outer((b) => {
          b.dsseEnvelope.signatures = [];
        }),
    ],
    [
      'a second signature',
      'malformed-bundle',
      () =>
        outer((b) => {
          b.dsseEnvelope.signatures.push(b.dsseEnvelope.signatures[0]);
        }),
    ],
    [
      'another payload type',
      'wrong-payload-type',
      () =>
        outer((b) => {
          b.dsseEnvelope.payloadType = 'text/plain';
        }),
    ],
    [
      'a byte of the signature',
      'wrong-key',
      () =>
        outer((b) => {
          b.dsseEnvelope.signatures[0].sig = flipped(b.dsseEnvelope.signatures[0].sig);
        }),
    ],
    [
      'a signature that is no DER',
      'wrong-key',
      () =>
        outer((b) => {
          b.dsseEnvelope.signatures[0].sig = 'AAAA';
        }),
    ],
    [
      'another name',
      'wrong-key',
      () =>
        inner((s) => {
          s.subject[0].name = 'other';
        }),
    ],
    [
      'another root digest',
      'wrong-key',
      () =>
        inner((s) => {
          s.subject[0].digest.sha256 = '0'.repeat(64);
        }),
    ],
    [
      'another file’s digest',
      'wrong-key',
      () =>
        inner((s) => {
          s.predicate.resources[0].digest = '0'.repeat(64);
        }),
    ],
    [
      'a file less',
      'wrong-key',
      () =>
        inner((s) => {
          s.predicate.resources.pop();
        }),
    ],
    [
      'more ignored paths',
      'wrong-key',
      () =>
        inner((s) => {
          s.predicate.serialization.ignore_paths.push('data');
        }),
    ],
    [
      'another predicate type',
      'wrong-key',
      () =>
        inner((s) => {
          s.predicateType = 'x';
        }),
    ],
    [
      'a payload with a space more',
      'wrong-key',
      () =>
        outer((b) => {
          b.dsseEnvelope.payload = Buffer.from(`${Buffer.from(b.dsseEnvelope.payload, 'base64')} `).toString('base64');
        }),
    ],
    ['the signature of somebody else', 'wrong-key', () => resigned(() => undefined, other)],
  ];
  it.each(changedBundles)('is refused with %s: %s', (_, reason, tampered) => {
    expect(verifyModel(files, tampered(), byKey())).toMatchObject({ verified: false, reason });
  });

  const oddStatements: readonly (readonly [string, string, (statement: Loose) => void])[] = [
    [
      'a root digest that is not that of its files',
      'wrong-root-digest',
      (s) => {
        s.subject[0].digest.sha256 = '0'.repeat(64);
      },
    ],
    [
      'a file twice',
      'duplicate-path',
      (s) => {
        s.predicate.resources.push(s.predicate.resources[0]);
        withRoot(s);
      },
    ],
    [
      'a path that leads out',
      'unsafe-path',
      (s) => {
        s.predicate.resources[0].name = '../MLmodel';
      },
    ],
    [
      'an absolute path',
      'unsafe-path',
      (s) => {
        s.predicate.resources[0].name = '/etc/passwd';
      },
    ],
    [
      'a path of Windows',
      'unsafe-path',
      (s) => {
        s.predicate.resources[0].name = 'C:\\MLmodel';
      },
    ],
    [
      'an empty path',
      'unsafe-path',
      (s) => {
        s.predicate.resources[0].name = '';
      },
    ],
    [
      'a path with a dot for a part',
      'unsafe-path',
      (s) => {
        s.predicate.resources[0].name = './MLmodel';
      },
    ],
    [
      'another hash',
      'unsupported-method',
      (s) => {
        s.predicate.serialization.hash_type = 'blake2b';
      },
    ],
    [
      'shards',
      'unsupported-method',
      (s) => {
        s.predicate.serialization.method = 'shards';
      },
    ],
    [
      'a weaker algorithm for one file',
      'unsupported-method',
      (s) => {
        s.predicate.resources[0].algorithm = 'md5';
      },
    ],
    [
      'no files',
      'malformed-statement',
      (s) => {
        s.predicate.resources = [];
      },
    ],
    [
      'two subjects',
      'malformed-statement',
      (s) => {
        s.subject.push(s.subject[0]);
      },
    ],
    [
      'another statement type',
      'malformed-statement',
      (s) => {
        s._type = 'https://in-toto.io/Statement/v0.1';
      },
    ],
    [
      'the statement of an approval',
      'malformed-statement',
      (s) => {
        s.predicateType = 'https://mlops-workbench.dev/attestations/approval/v1';
      },
    ],
  ];
  it.each(oddStatements)('is refused with %s, though the trusted key signed it: %s', (_, reason, change) => {
    expect(verifyModel(files, resigned(change), byKey())).toMatchObject({ verified: false, reason });
  });

  it('is refused with any byte of the payload changed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (position, mask) => {
        const tampered = outer((b) => {
          const bytes = Buffer.from(b.dsseEnvelope.payload, 'base64');
          const at = position % bytes.length;
          bytes[at] = (bytes[at] ?? 0) ^ mask;
          b.dsseEnvelope.payload = bytes.toString('base64');
        });
        expect(verifyModel(files, tampered, byKey())).toMatchObject({ verified: false, reason: 'wrong-key' });
      }),
      { numRuns: 60 },
    );
  });

  it('ends in a refusal, never in an exception, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(verifyModel(files, text, byKey())).toMatchObject({ verified: false, reason: 'malformed-bundle' });
      }),
      { numRuns: 200 },
    );
  });
});

function flipped(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString('base64');
}

describe('certificates', () => {
  const day = 86_400_000;
  let root: TestKey;
  let middle: TestKey;
  let rootPem: string;

  beforeAll(async () => {
    [root, middle] = [await ecKey('P-384'), await ecKey('P-256')];
    rootPem = await certificate({ name: 'Root', key: root, isAuthority: true });
  });

  const anchors = (...pems: string[]): Trust => ({
    type: 'certificates',
    anchors: pems.flatMap((pem) => readCertificates(pem, 'anchors')),
    now: Date.now(),
  });
  const leafOf = (parts: Partial<CertificateParts> = {}) =>
    certificate({ name: 'Signer', key, issuer: { name: 'Root', key: root }, ...parts });
  const signedWith = (...pems: string[]) =>
    signModel(
      { name: 'churn', files, ignorePaths: [] },
      { key: key.privateKey, certificates: pems.flatMap((pem) => readCertificates(pem, 'chain')) },
    );
  const verdict = async (pems: readonly string[], trust: Trust) => verifyModel(files, signedWith(...pems), trust);

  it('lead from the signer by an intermediate to what one trusts', async () => {
    expect(await verdict([await leafOf()], anchors(rootPem))).toMatchObject({ verified: true, signer: 'Signer' });
    const between = await certificate({
      name: 'Middle',
      key: middle,
      issuer: { name: 'Root', key: root },
      isAuthority: true,
    });
    const leaf = await leafOf({ issuer: { name: 'Middle', key: middle } });
    expect(await verdict([leaf, between], anchors(rootPem))).toMatchObject({ verified: true });
    // The intermediate may also be with who verifies, or be what they trust.
    expect(await verdict([leaf], anchors(rootPem, between))).toMatchObject({ verified: true });
    expect(await verdict([leaf], anchors(between))).toMatchObject({ verified: true });
    expect(await verdict([leaf], anchors(leaf))).toMatchObject({ verified: true });
  });

  it('may say that they sign code, and what nobody has to know', async () => {
    const known = await leafOf({ purposes: [purposes.codeSigning], extensions: [oddExtension(false)] });
    expect(await verdict([known], anchors(rootPem))).toMatchObject({ verified: true });
  });

  const refusals: readonly (readonly [string, string, () => Promise<readonly [readonly string[], Trust]>])[] = [
    [
      'one that has expired',
      'expired-certificate',
      async () => [[await leafOf({ from: Date.now() - 3 * day, to: Date.now() - day })], anchors(rootPem)],
    ],
    [
      'one that is not valid yet',
      'not-yet-valid-certificate',
      async () => [[await leafOf({ from: Date.now() + day, to: Date.now() + 2 * day })], anchors(rootPem)],
    ],
    [
      'an authority that has expired',
      'expired-certificate',
      async () => [
        [await leafOf()],
        anchors(
          await certificate({
            name: 'Root',
            key: root,
            isAuthority: true,
            from: Date.now() - 3 * day,
            to: Date.now() - day,
          }),
        ),
      ],
    ],
    [
      'another root of the same name',
      'untrusted-chain',
      async () => [[await leafOf()], anchors(await certificate({ name: 'Root', key: other, isAuthority: true }))],
    ],
    [
      'a root of its own that it brings along',
      'untrusted-chain',
      async () => [
        [await leafOf(), rootPem],
        anchors(await certificate({ name: 'Other', key: other, isAuthority: true })),
      ],
    ],
    ['itself alone', 'untrusted-chain', async () => [[await certificate({ name: 'Signer', key })], anchors(rootPem)]],
    [
      'no intermediate where one is needed',
      'untrusted-chain',
      async () => [[await leafOf({ issuer: { name: 'Middle', key: middle } })], anchors(rootPem)],
    ],
    [
      'an issuer that is no authority',
      'untrusted-chain',
      async () => [
        [
          await leafOf({ issuer: { name: 'Middle', key: middle } }),
          await certificate({ name: 'Middle', key: middle, issuer: { name: 'Root', key: root } }),
        ],
        anchors(rootPem),
      ],
    ],
    [
      'an issuer that may not sign certificates',
      'untrusted-chain',
      async () => [
        [
          await leafOf({ issuer: { name: 'Middle', key: middle } }),
          await certificate({
            name: 'Middle',
            key: middle,
            issuer: { name: 'Root', key: root },
            isAuthority: true,
            usage: usages.digitalSignature,
          }),
        ],
        anchors(rootPem),
      ],
    ],
    [
      'a longer path than the root allows',
      'untrusted-chain',
      async () => [
        [
          await leafOf({ issuer: { name: 'Middle', key: middle } }),
          await certificate({ name: 'Middle', key: middle, issuer: { name: 'Root', key: root }, isAuthority: true }),
        ],
        anchors(await certificate({ name: 'Root', key: root, isAuthority: true, pathLength: 0 })),
      ],
    ],
    [
      'a key usage for encryption',
      'wrong-usage',
      async () => [[await leafOf({ usage: usages.keyEncipherment })], anchors(rootPem)],
    ],
    [
      'the certificate of a web server',
      'wrong-usage',
      async () => [[await leafOf({ purposes: [purposes.serverAuth, purposes.clientAuth] })], anchors(rootPem)],
    ],
    [
      'a critical condition that nobody knows',
      'untrusted-chain',
      async () => [[await leafOf({ extensions: [oddExtension(true)] })], anchors(rootPem)],
    ],
    [
      'an authority for certain names only',
      'untrusted-chain',
      async () => [
        [await leafOf()],
        anchors(await certificate({ name: 'Root', key: root, isAuthority: true, extensions: [nameConstraints()] })),
      ],
    ],
    ['no key usage', 'wrong-usage', async () => [[await leafOf({ usage: null })], anchors(rootPem)]],
    [
      'an authority that signs models itself',
      'wrong-usage',
      async () => [
        [await leafOf({ isAuthority: true, usage: usages.digitalSignature | usages.keyCertSign })],
        anchors(rootPem),
      ],
    ],
  ];
  it.each(refusals)('are refused with %s: %s', async (_, reason, make) => {
    const [chain, trust] = await make();
    expect(await verdict(chain, trust)).toMatchObject({ verified: false, reason });
  });

  it('that are another’s prove nothing about a signature', async () => {
    const value: Loose = JSON.parse(bundle);
    const [theirs] = readCertificates(
      await certificate({ name: 'Ana', key: other, issuer: { name: 'Root', key: root } }),
      'x',
    );
    value.verificationMaterial = {
      x509CertificateChain: { certificates: [{ rawBytes: theirs?.raw.toString('base64') }] },
    };
    expect(verifyModel(files, JSON.stringify(value), anchors(rootPem))).toMatchObject({ reason: 'wrong-key' });
    expect(() =>
      signModel({ name: 'x', files, ignorePaths: [] }, { key: key.privateKey, certificates: theirs ? [theirs] : [] }),
    ).toThrow(expect.objectContaining({ reason: 'input' }));
  });

  it('that are damaged or missing are told apart', () => {
    expect(verifyModel(files, bundle, anchors(rootPem))).toMatchObject({ reason: 'no-certificate' });
    const damaged = outer((b) => {
      b.verificationMaterial = { certificate: { rawBytes: 'AAAA' } };
    });
    expect(verifyModel(files, damaged, anchors(rootPem))).toMatchObject({ reason: 'malformed-certificate' });
  });

  it('of an authority are none of a signer by their PEM alone', () => {
    expect(new X509Certificate(rootPem).ca).toBe(true);
  });
});

describe('keys', () => {
  it('of other kinds are refused by name', async () => {
    const { generateKeyPairSync } = await import('node:crypto');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const ed = generateKeyPairSync('ed25519');
    const koblitz = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    for (const { privateKey, publicKey } of [rsa, ed, koblitz]) {
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      await expect(readPrivateKey(pem, 'key.pem', async () => null)).rejects.toMatchObject({ reason: 'input' });
      const open = publicKey.export({ type: 'spki', format: 'pem' }).toString();
      expect(() => readPublicKey(open, 'key.pub')).toThrow(expect.objectContaining({ reason: 'input' }));
    }
  });

  it('that are private are not taken for public ones, nor the other way round', async () => {
    expect(() => readPublicKey(key.privatePem, 'key.pem')).toThrow(/is a private key/);
    await expect(readPrivateKey(key.publicPem, 'key.pub', async () => null)).rejects.toThrow(/is a public key/);
  });

  it('are not taken out of certificates, which may have expired', async () => {
    const pem = await certificate({ name: 'Signer', key });
    expect(() => readPublicKey(pem, 'signer.crt')).toThrow(/is a certificate/);
  });
});

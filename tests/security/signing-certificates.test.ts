import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCertificates } from '#server/models/signing/certificates.ts';
import { signModel } from '#server/models/signing/sign-model.ts';
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
import { changed, files, type Loose, signedBy } from './signed-model.ts';

describe('certificates', () => {
  const day = 86_400_000;
  let key: TestKey;
  let other: TestKey;
  let bundle: string;
  let root: TestKey;
  let middle: TestKey;
  let rootPem: string;

  beforeAll(async () => {
    [key, other] = [await ecKey('P-256'), await ecKey('P-384')];
    bundle = signedBy(key);
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
    const damaged = changed(bundle, (b) => {
      b.verificationMaterial = { certificate: { rawBytes: 'AAAA' } };
    });
    expect(verifyModel(files, damaged, anchors(rootPem))).toMatchObject({ reason: 'malformed-certificate' });
  });

  it('of an authority are none of a signer by their PEM alone', () => {
    expect(new X509Certificate(rootPem).ca).toBe(true);
  });
});

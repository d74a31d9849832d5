import { verify } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { dsseEnvelope, isSignedBy, payloadOf, signDsse } from '#server/models/signing/dsse.ts';
import { type Curve, ecKey, type TestKey } from '../../../testbeds/certificates.ts';

const keys = new Map<Curve, TestKey>();
const curves = ['P-256', 'P-384', 'P-521'] as const;

beforeAll(async () => {
  for (const curve of curves) keys.set(curve, await ecKey(curve));
});

function keyOn(curve: Curve): TestKey {
  const key = keys.get(curve);
  if (!key) throw new Error(`No key on ${curve}.`);
  return key;
}

describe('an envelope', () => {
  it.each([
    ['P-256', 'sha256'],
    ['P-384', 'sha384'],
    ['P-521', 'sha512'],
  ] as const)('is signed on %s over the pre-authentication encoding, with %s', (curve, hash) => {
    const { privateKey, publicKey } = keyOn(curve);
    // The specification's own example of an encoding.
    const envelope = signDsse('http://example.com/HelloWorld', Buffer.from('hello world'), privateKey, 'mine');
    const encoded = Buffer.from('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
    expect(envelope.signatures[0]?.keyid).toBe('mine');
    expect(verify(hash, encoded, publicKey, Buffer.from(envelope.signatures[0]?.sig ?? '', 'base64'))).toBe(true);
  });

  it('counts the bytes of type and payload, not their letters', () => {
    const { privateKey, publicKey } = keyOn('P-256');
    const envelope = signDsse('tüpe', Buffer.from('héllo'), privateKey);
    const signature = Buffer.from(envelope.signatures[0]?.sig ?? '', 'base64');
    expect(verify('sha256', Buffer.from('DSSEv1 5 tüpe 6 héllo'), publicKey, signature)).toBe(true);
  });

  it('gives back any payload, and is by its own key alone', () => {
    const { privateKey, publicKey } = keyOn('P-256');
    fc.assert(
      fc.property(fc.string(), fc.uint8Array({ maxLength: 300 }), (type, payload) => {
        const envelope = dsseEnvelope.parse(JSON.parse(JSON.stringify(signDsse(type, payload, privateKey))));
        expect(payloadOf(envelope)).toEqual(Buffer.from(payload));
        expect(isSignedBy(envelope, publicKey)).toBe(true);
        expect(isSignedBy(envelope, keyOn('P-384').publicKey)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('can’t shift bytes between type and payload', () => {
    const { privateKey, publicKey } = keyOn('P-256');
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme-ascii' }), fc.string({ minLength: 1 }), (type, payload) => {
        const envelope = signDsse(type, Buffer.from(payload), privateKey);
        const moved = {
          ...envelope,
          payloadType: type.slice(0, -1),
          payload: Buffer.from(type.slice(-1) + payload).toString('base64'),
        };
        expect(isSignedBy(moved, publicKey)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('may have several signatures, of which one counts', () => {
    const [one, other] = [keyOn('P-256'), keyOn('P-521')];
    const [byOne, byOther] = [one, other].map(({ privateKey }) => signDsse('t', Buffer.from('x'), privateKey));
    const both = {
      payload: '',
      payloadType: 't',
      ...byOne,
      signatures: [byOne, byOther].flatMap((e) => e?.signatures ?? []),
    };
    expect(isSignedBy(both, one.publicKey)).toBe(true);
    expect(isSignedBy(both, other.publicKey)).toBe(true);
    expect(isSignedBy(both, keyOn('P-384').publicKey)).toBe(false);
  });
});

import { type KeyObject, sign, verify } from 'node:crypto';
import { dsse } from '@sigstore/core';
import { z } from 'zod';
import { hashFor } from './keys.ts';

const base64 = z.string().regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);

/** Dead Simple Signing Envelope, v1.0.2. What it says counts nothing before a signature is verified. */
export const dsseEnvelope = z.object({
  payload: base64,
  payloadType: z.string(),
  signatures: z.array(z.object({ sig: base64.min(1), keyid: z.string().nullish() })).min(1),
});
export type DsseEnvelope = z.infer<typeof dsseEnvelope>;

/** An envelope with one signature: ECDSA in DER over the pre-authentication encoding. */
export function signDsse(payloadType: string, payload: Uint8Array, key: KeyObject, keyid = ''): DsseEnvelope {
  const bytes = Buffer.from(payload);
  const sig = sign(hashFor(key), dsse.preAuthEncoding(payloadType, bytes), { key, dsaEncoding: 'der' });
  return {
    payload: bytes.toString('base64'),
    payloadType,
    signatures: [{ sig: sig.toString('base64'), keyid }],
  };
}

/** Whether one of the envelope's signatures is by this public key. */
export function isSignedBy({ payload, payloadType, signatures }: DsseEnvelope, key: KeyObject): boolean {
  const encoded = dsse.preAuthEncoding(payloadType, Buffer.from(payload, 'base64'));
  const hash = hashFor(key);
  return signatures.some(({ sig }) => isValid(hash, encoded, { key, sig }));
}

function isValid(hash: string, data: Buffer, { key, sig }: { key: KeyObject; sig: string }): boolean {
  try {
    return verify(hash, data, { key, dsaEncoding: 'der' }, Buffer.from(sig, 'base64'));
  } catch {
    // No signature in DER at all.
    return false;
  }
}

export function payloadOf({ payload }: DsseEnvelope): Buffer {
  return Buffer.from(payload, 'base64');
}

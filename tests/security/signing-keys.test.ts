import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { readPrivateKey, readPublicKey } from '#server/models/signing/keys.ts';
import { certificate, ecKey, type TestKey } from '../testbeds/certificates.ts';

describe('keys', () => {
  let key: TestKey;

  beforeAll(async () => {
    key = await ecKey();
  });

  it('of other kinds are refused by name', async () => {
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

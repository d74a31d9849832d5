import { createHash, createPrivateKey } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { hashFor, keyFingerprint, readPrivateKey, readPublicKey } from '#server/models/signing/keys.ts';
import { ecKey } from '../../../testbeds/certificates.ts';

const never = () => Promise.reject(new Error('No passphrase is needed.'));

describe('a private key', () => {
  it.each(['pkcs8', 'sec1'] as const)('is read as %s, by the curve’s own hash', async (type) => {
    for (const [curve, hash] of [
      ['P-256', 'sha256'],
      ['P-384', 'sha384'],
      ['P-521', 'sha512'],
    ] as const) {
      const { privateKey, publicKey } = await ecKey(curve);
      const read = await readPrivateKey(privateKey.export({ type, format: 'pem' }).toString(), 'key.pem', never);
      expect(hashFor(read)).toBe(hash);
      expect(keyFingerprint(read)).toBe(keyFingerprint(publicKey));
    }
  });

  it('is read with the parameters of its curve before it, as openssl ecparam writes them', async () => {
    const { privateKey } = await ecKey();
    const sec1 = privateKey.export({ type: 'sec1', format: 'pem' });
    const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
    const read = await readPrivateKey(`${parameters}${sec1}`, 'key.pem', never);
    expect(keyFingerprint(read)).toBe(keyFingerprint(privateKey));
  });

  it.each(['pkcs8', 'sec1'] as const)(
    'encrypted as %s is opened by the passphrase that is asked for once',
    async (type) => {
      const { privateKey } = await ecKey();
      const pem = privateKey.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'sésame' }).toString();
      const ask = vi.fn(async () => 'sésame');
      expect(keyFingerprint(await readPrivateKey(pem, 'key.pem', ask))).toBe(keyFingerprint(privateKey));
      expect(ask).toHaveBeenCalledTimes(1);
      await expect(readPrivateKey(pem, 'key.pem', async () => 'other')).rejects.toThrow(/passphrase is wrong/);
      for (const none of [null, '']) {
        await expect(readPrivateKey(pem, 'key.pem', async () => none)).rejects.toMatchObject({
          reason: 'input',
          remedy: expect.stringContaining('MLOPS_SIGNING_PASSPHRASE'),
        });
      }
    },
  );

  it('is named where it can’t be read, without a word of what is in it', async () => {
    const { privatePem } = await ecKey();
    const cut = privatePem.replace(/.{8}\n-----END/, '\n-----END');
    const failure = await readPrivateKey(cut, 'key.pem', never).catch((error: unknown) => error);
    expect(String(failure)).toContain('key.pem');
    expect(String(failure)).not.toContain(privatePem.split('\n')[1]);
  });
});

describe('a public key', () => {
  it('has the fingerprint of its PEM text', async () => {
    const { publicPem } = await ecKey();
    const expected = createHash('sha256').update(publicPem).digest('hex');
    expect(keyFingerprint(readPublicKey(publicPem, 'key.pub'))).toBe(expected);
    // Line ends of another system are no other key.
    expect(keyFingerprint(readPublicKey(publicPem.replaceAll('\n', '\r\n'), 'key.pub'))).toBe(expected);
  });

  it('is nothing else', async () => {
    const { privateKey } = await ecKey();
    const sec1 = createPrivateKey(privateKey.export({ type: 'sec1', format: 'pem' })).export({
      type: 'sec1',
      format: 'pem',
    });
    expect(() => readPublicKey(sec1.toString(), 'key.pem')).toThrow(/is a private key/);
    for (const text of ['', 'ssh-ed25519 AAAA', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----']) {
      expect(() => readPublicKey(text, 'key.pub')).toThrow('key.pub holds no public key in PEM form.');
    }
  });
});

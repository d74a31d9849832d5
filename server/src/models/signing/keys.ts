import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { sha256Of } from '../../platform/canonical-json.ts';
import { FailureError } from '../../platform/failure.ts';

/** The curves of OpenSSF Model Signing, as OpenSSL names them, and the hash that goes with each. */
const hashes: ReadonlyMap<string, 'sha256' | 'sha384' | 'sha512'> = new Map([
  ['prime256v1', 'sha256'],
  ['secp384r1', 'sha384'],
  ['secp521r1', 'sha512'],
]);

/** Answers the passphrase of an encrypted key; null where there is none. Only asked for where a key is encrypted. */
export type AskPassphrase = () => Promise<string | null>;

/** The hash that signatures by a key use. Fails with `input` where the key is none of P-256, P-384 and P-521. */
export function hashFor(key: KeyObject): 'sha256' | 'sha384' | 'sha512' {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const hash = key.asymmetricKeyType === 'ec' && curve !== undefined ? hashes.get(curve) : undefined;
  if (hash !== undefined) return hash;
  const kind = key.asymmetricKeyType === 'ec' ? `on the curve ${curve}` : `of type ${key.asymmetricKeyType}`;
  throw new FailureError('input', `A key ${kind} can’t be used: it has to be on P-256, P-384 or P-521.`, {
    remedy: 'Make one: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 -out signing.pem',
  });
}

const encrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;

/** Reads a PEM private key, encrypted or not. `name` is its file, for messages. Fails with `input`. */
export async function readPrivateKey(pem: string, name: string, ask: AskPassphrase): Promise<KeyObject> {
  const key = encrypted.test(pem) ? await decrypted(pem, name, ask) : plain(pem, name);
  hashFor(key);
  return key;
}

async function decrypted(pem: string, name: string, ask: AskPassphrase): Promise<KeyObject> {
  const passphrase = await ask();
  if (passphrase === null || passphrase === '') {
    throw new FailureError('input', `${name} is encrypted, and there is no passphrase for it.`, {
      remedy: 'Set MLOPS_SIGNING_PASSPHRASE in the environment.',
    });
  }
  try {
    return createPrivateKey({ key: pem, passphrase });
  } catch (cause) {
    throw new FailureError('input', `${name} can’t be opened: the passphrase is wrong, or the file is damaged.`, {
      cause,
    });
  }
}

function plain(pem: string, name: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    const isPublic = /-----BEGIN (?:PUBLIC KEY|CERTIFICATE)-----/.test(pem);
    const what = isPublic ? 'is a public key or a certificate' : 'holds no private key in PEM form';
    throw new FailureError('input', `${name} ${what}: signing takes a private key.`, { cause });
  }
}

/** Reads a PEM public key (SPKI). A private key is refused: nobody should hand it around; so is a certificate. Fails with `input`. */
export function readPublicKey(pem: string, name: string): KeyObject {
  if (/PRIVATE KEY-----/.test(pem)) {
    throw new FailureError('input', `${name} is a private key: verifying takes the public one.`, {
      remedy: 'Make it: openssl pkey -in signing.pem -pubout -out signing.pub',
    });
  }
  // OpenSSL would take the key out of it, and with that nobody would ask whether it has expired.
  if (/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/.test(pem)) {
    throw new FailureError('input', `${name} is a certificate, not a public key.`, {
      remedy:
        'Verify by --certificate-chain, or take its key: openssl x509 -in signer.crt -pubkey -noout -out signing.pub',
    });
  }
  const key = publicKeyOf(pem, name);
  hashFor(key);
  return key;
}

function publicKeyOf(pem: string, name: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new FailureError('input', `${name} holds no public key in PEM form.`, { cause });
  }
}

/** SHA-256 in hexadecimal digits of the PEM text of the public key (SPKI): how bundles hint at it, and how we name it. */
export function keyFingerprint(key: KeyObject): string {
  const open = key.type === 'private' ? createPublicKey(key) : key;
  return sha256Of(open.export({ type: 'spki', format: 'pem' }).toString());
}

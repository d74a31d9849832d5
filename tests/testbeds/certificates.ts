import 'reflect-metadata';
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const { crypto } = globalThis;
x509.cryptoProvider.set(crypto);

export type Curve = 'P-256' | 'P-384' | 'P-521';

export interface TestKey {
  readonly pair: CryptoKeyPair;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** PKCS#8 and SPKI. */
  readonly privatePem: string;
  readonly publicPem: string;
}

export async function ecKey(curve: Curve = 'P-256'): Promise<TestKey> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: curve }, true, ['sign', 'verify']);
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', pair.privateKey));
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  return {
    pair,
    privateKey,
    publicKey,
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

export interface CertificateParts {
  readonly name: string;
  readonly key: TestKey;
  /** Itself where there is none. */
  readonly issuer?: { readonly name: string; readonly key: TestKey };
  readonly isAuthority?: boolean;
  readonly pathLength?: number;
  /** null leaves the extension out. */
  readonly usage?: number | null;
  /** Unix milliseconds. */
  readonly from?: number;
  readonly to?: number;
}

const day = 86_400_000;
export const usages = x509.KeyUsageFlags;

/** A certificate as PEM; by default one for signing, valid from yesterday to tomorrow. */
export async function certificate(parts: CertificateParts): Promise<string> {
  const { name, key, issuer = { name, key }, isAuthority = false, pathLength } = parts;
  const usage = parts.usage === undefined ? defaultUsage(isAuthority) : parts.usage;
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex'),
    subject: `CN=${name}`,
    issuer: `CN=${issuer.name}`,
    notBefore: new Date(parts.from ?? Date.now() - day),
    notAfter: new Date(parts.to ?? Date.now() + day),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    publicKey: key.pair.publicKey,
    signingKey: issuer.key.pair.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, pathLength, true),
      ...(usage === null ? [] : [new x509.KeyUsagesExtension(usage, true)]),
    ],
  });
  return `${made.toString('pem')}\n`;
}

function defaultUsage(isAuthority: boolean): number {
  return isAuthority ? usages.keyCertSign | usages.cRLSign : usages.digitalSignature;
}

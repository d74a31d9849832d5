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
  /** Object identifiers; without them, the extension is left out. */
  readonly purposes?: readonly string[];
  /** Further extensions. */
  readonly extensions?: readonly x509.Extension[];
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
      ...(parts.purposes ? [new x509.ExtendedKeyUsageExtension([...parts.purposes])] : []),
      ...(parts.extensions ?? []),
    ],
  });
  return `${made.toString('pem')}\n`;
}

/** An extension that nobody knows. */
export function oddExtension(isCritical: boolean): x509.Extension {
  return new x509.Extension('1.3.6.1.4.1.55555.1', isCritical, Buffer.from('0500', 'hex'));
}

/** Certificates only for the name `localhost`. */
export function nameConstraints(): x509.Extension {
  const permitted = `300fa00d300b8209${Buffer.from('localhost').toString('hex')}`;
  return new x509.Extension('2.5.29.30', true, Buffer.from(permitted, 'hex'));
}

export const purposes = x509.ExtendedKeyUsage;

function defaultUsage(isAuthority: boolean): number {
  return isAuthority ? usages.keyCertSign | usages.cRLSign : usages.digitalSignature;
}

import { createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import { FailureError } from '../../platform/failure.ts';
import { bundleMediaType, type SignatureBundle } from './bundle.ts';
import { signDsse } from './dsse.ts';
import { keyFingerprint } from './keys.ts';
import { inTotoPayloadType, statementAbout } from './statement.ts';

export interface SignedFiles {
  /** What the signature calls the model: the directory's name, or name and version. */
  readonly name: string;
  readonly files: readonly ModelFile[];
  /** Paths at the top that are no part of the model and so not signed. */
  readonly ignorePaths: readonly string[];
}

export interface Signer {
  readonly key: KeyObject;
  /** Of the key, its own certificate first, then those that vouch for it; empty signs by the key alone. */
  readonly certificates: readonly X509Certificate[];
}

/**
 * Signs files as OpenSSF Model Signing v1 does: a sigstore bundle v0.3, as text. Fails with `input` where the
 * certificate is another key's.
 */
export function signModel({ name, files, ignorePaths }: SignedFiles, { key, certificates }: Signer): string {
  const [leaf] = certificates;
  if (leaf && keyFingerprint(leaf.publicKey) !== keyFingerprint(key)) {
    throw new FailureError('input', `The certificate of ${leaf.subject.replaceAll('\n', ', ')} is of another key.`, {
      remedy: 'Name the certificate of this very key first.',
    });
  }
  const statement = JSON.stringify(statementAbout(name, files, ignorePaths));
  const bundle: SignatureBundle & { verificationMaterial: { tlogEntries: readonly never[] } } = {
    mediaType: bundleMediaType,
    verificationMaterial: {
      ...(leaf
        ? {
            x509CertificateChain: {
              certificates: certificates.map(({ raw }) => ({ rawBytes: raw.toString('base64') })),
            },
          }
        : { publicKey: { hint: keyFingerprint(createPublicKey(key)) } }),
      tlogEntries: [],
    },
    dsseEnvelope: signDsse(inTotoPayloadType, Buffer.from(statement), key),
  };
  return JSON.stringify(bundle);
}

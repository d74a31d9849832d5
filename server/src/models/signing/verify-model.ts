import { type KeyObject, X509Certificate } from 'node:crypto';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import { rootDigest } from '../artifact/manifest.ts';
import { parseBundle, type SignatureBundle } from './bundle.ts';
import { type ChainProblem, verifyChain } from './certificates.ts';
import { type DsseEnvelope, isSignedBy, payloadOf } from './dsse.ts';
import { hashFor, keyFingerprint } from './keys.ts';
import { inTotoPayloadType, type ModelStatement, modelStatement, predicateType } from './statement.ts';

/** Whom the person who verifies trusts. */
export type Trust =
  | { readonly type: 'keys'; readonly keys: readonly KeyObject[] }
  /** Certificates that may vouch for a signer's; `now` in Unix milliseconds. */
  | { readonly type: 'certificates'; readonly anchors: readonly X509Certificate[]; readonly now: number };

/** Why a signature is refused. The codes are stable; `detail` is for people. */
export type RefusalReason =
  | 'malformed-bundle'
  | 'wrong-payload-type'
  | 'wrong-key'
  | 'no-certificate'
  | ChainProblem
  | 'malformed-statement'
  | 'unsupported-method'
  | 'unsafe-path'
  | 'duplicate-path'
  | 'wrong-root-digest'
  | 'missing-file'
  | 'extra-file'
  | 'changed-file';

export type Verification =
  | { readonly verified: true; readonly signer: string; readonly name: string; readonly ignored: readonly string[] }
  | { readonly verified: false; readonly reason: RefusalReason; readonly detail: string };

/**
 * Verifies an OpenSSF Model Signing v1 bundle against the files that are there. Nothing of what it says is believed
 * before its signature is verified by a key that `trust` names; every file has to be listed, and every listed file there.
 */
export function verifyModel(files: readonly ModelFile[], bundleText: string, trust: Trust): Verification {
  const bundle = parseBundle(bundleText);
  if (typeof bundle === 'string') return refused('malformed-bundle', `It is no signature of a model: ${bundle}.`);
  const { dsseEnvelope: envelope } = bundle;
  if (envelope.payloadType !== inTotoPayloadType) {
    return refused('wrong-payload-type', `What is signed is “${envelope.payloadType}”, not a statement about a model.`);
  }
  if (envelope.signatures.length !== 1) {
    return refused('malformed-bundle', `It has ${envelope.signatures.length} signatures; one is expected.`);
  }
  const signer = trust.type === 'keys' ? byKey(envelope, trust.keys) : byCertificate(bundle, trust);
  if (!signer.verified) return signer;
  const statement = readStatement(envelope);
  if ('verified' in statement) return statement;
  return checkStatement(statement) ?? checkFiles(statement, files) ?? accepted(statement, signer.signer);
}

function refused(reason: RefusalReason, detail: string) {
  return { verified: false, reason, detail } as const;
}

type Signer = { readonly verified: true; readonly signer: string } | ReturnType<typeof refused>;

function byKey(envelope: DsseEnvelope, keys: readonly KeyObject[]): Signer {
  const key = keys.find((one) => isSignedBy(envelope, one));
  if (key) return { verified: true, signer: `the key ${keyFingerprint(key).slice(0, 16)}` };
  const whose = keys.length === 1 ? 'the key that you trust' : `any of the ${keys.length} keys that you trust`;
  return refused('wrong-key', `It was not made by ${whose}, or was changed since.`);
}

function byCertificate(bundle: SignatureBundle, trust: Extract<Trust, { type: 'certificates' }>): Signer {
  const chain = certificatesOf(bundle);
  if (typeof chain === 'string') return refused('malformed-certificate', chain);
  if (chain.length === 0) {
    return refused('no-certificate', 'It was made by a key without a certificate: verify it with that public key.');
  }
  const result = verifyChain(chain, trust.anchors, trust.now);
  if (!result.trusted) return refused(result.reason, result.detail);
  if (!isUsable(result.key))
    return refused('wrong-usage', 'The key of its certificate is on none of P-256, P-384, P-521.');
  if (isSignedBy(bundle.dsseEnvelope, result.key)) return { verified: true, signer: result.subject };
  return refused('wrong-key', `It was not made by the key of ${result.subject}’s certificate, or was changed since.`);
}

function isUsable(key: KeyObject): boolean {
  try {
    hashFor(key);
    return true;
  } catch {
    return false;
  }
}

function certificatesOf({ verificationMaterial }: SignatureBundle): X509Certificate[] | string {
  const { x509CertificateChain, certificate } = verificationMaterial;
  const raw = x509CertificateChain?.certificates ?? (certificate ? [certificate] : []);
  try {
    return raw.map(({ rawBytes }) => new X509Certificate(Buffer.from(rawBytes, 'base64')));
  } catch {
    return 'A certificate that comes with it can’t be read.';
  }
}

function readStatement(envelope: DsseEnvelope): ModelStatement | ReturnType<typeof refused> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payloadOf(envelope)));
  } catch {
    return refused('malformed-statement', 'What is signed is no JSON.');
  }
  const parsed = modelStatement.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue?.path.map(String).join('.') ?? '';
  if (at === 'predicateType') {
    return refused('malformed-statement', `What is signed is no statement of the type ${predicateType}.`);
  }
  if (/serialization\.(?:method|hash_type)$|\.algorithm$/.test(at)) {
    return refused('unsupported-method', 'It was made by another method than SHA-256 over whole files.');
  }
  return refused('malformed-statement', `What is signed has another form: ${at}: ${issue?.message ?? ''}.`);
}

function checkStatement({ subject, predicate }: ModelStatement): Verification | null {
  const names = predicate.resources.map(({ name }) => name);
  const unsafe = names.find((name) => !isInside(name));
  if (unsafe !== undefined)
    return refused('unsafe-path', `It lists ${JSON.stringify(unsafe)}, which leads out of the model.`);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return refused('duplicate-path', `It lists ${JSON.stringify(name)} twice.`);
    seen.add(name);
  }
  const root = rootDigest(predicate.resources.map(({ digest }) => ({ sha256: digest })));
  if (root === subject[0].digest.sha256) return null;
  return refused('wrong-root-digest', 'Its root digest is not that of the files that it lists.');
}

function isInside(name: string): boolean {
  if (name === '' || name.includes('\0') || name.startsWith('/') || /^[A-Za-z]:[\\/]/.test(name)) return false;
  return name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function checkFiles({ predicate }: ModelStatement, files: readonly ModelFile[]): Verification | null {
  const listed = new Map(predicate.resources.map(({ name, digest }) => [name, digest]));
  const present = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  const changed = [...listed].filter(([name, digest]) => present.has(name) && present.get(name) !== digest);
  if (changed.length > 0)
    return refused(
      'changed-file',
      told(
        changed.map(([name]) => name),
        'not what was signed',
      ),
    );
  const missing = [...listed.keys()].filter((name) => !present.has(name));
  if (missing.length > 0) return refused('missing-file', told(missing, 'signed but not there'));
  const extra = [...present.keys()].filter((path) => !listed.has(path));
  if (extra.length > 0) return refused('extra-file', told(extra, 'there but not signed'));
  return null;
}

const shownPaths = 3;

function told(paths: readonly string[], what: string): string {
  const shown = paths.slice(0, shownPaths).map((path) => JSON.stringify(path));
  const more = paths.length > shownPaths ? ` and ${paths.length - shownPaths} more` : '';
  return `${shown.join(', ')}${more} ${paths.length === 1 ? 'is' : 'are'} ${what}.`;
}

function accepted({ subject, predicate }: ModelStatement, signer: string): Verification {
  return { verified: true, signer, name: subject[0].name, ignored: predicate.serialization.ignore_paths ?? [] };
}

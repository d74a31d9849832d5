import { type KeyObject, X509Certificate } from 'node:crypto';
import { X509Certificate as ParsedCertificate } from '@sigstore/core';
import { FailureError } from '../../platform/failure.ts';

/** Why a chain of certificates proves nothing. */
export type ChainProblem =
  | 'malformed-certificate'
  | 'untrusted-chain'
  | 'expired-certificate'
  | 'not-yet-valid-certificate'
  | 'wrong-usage';

export type ChainResult =
  | { readonly trusted: true; readonly key: KeyObject; readonly subject: string }
  | { readonly trusted: false; readonly reason: ChainProblem; readonly detail: string };

/** All certificates of a PEM text, in its order. Fails with `input`. */
export function readCertificates(pem: string, name: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new FailureError('input', `${name} holds no certificate in PEM form.`);
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    throw new FailureError('input', `${name} holds a certificate that can’t be read.`, { cause });
  }
}

/**
 * Whether the first certificate leads to one of `anchors`, by others of the chain or of the anchors, and may sign: each
 * is valid at `now`, who vouches for another is an authority, and the first is for digital signatures. A certificate
 * that comes with a signature is never an anchor by itself.
 */
export function verifyChain(
  chain: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
  now: number,
): ChainResult {
  const [leaf, ...others] = chain;
  if (!leaf) return { trusted: false, reason: 'malformed-certificate', detail: 'It comes without a certificate.' };
  const usage = usageProblem(leaf);
  if (usage) return usage;
  const path = pathTo(leaf, [...others, ...anchors], anchors);
  if (path === null) {
    const detail = `No certificate that you trust vouches for ${nameOf(leaf)}, issued by ${nameOf(leaf, 'issuer')}.`;
    return { trusted: false, reason: 'untrusted-chain', detail };
  }
  for (const certificate of path) {
    const problem = timeProblem(certificate, now) ?? conditionProblem(certificate);
    if (problem) return problem;
  }
  return { trusted: true, key: leaf.publicKey, subject: nameOf(leaf) };
}

/** More than any real chain has: a bundle could be made to be searched forever. */
const longestPath = 10;

/** From a certificate up to an anchor, or null. */
function pathTo(
  leaf: X509Certificate,
  candidates: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
): readonly X509Certificate[] | null {
  const path = [leaf];
  const isAnchor = ({ fingerprint256 }: X509Certificate) =>
    anchors.some((anchor) => anchor.fingerprint256 === fingerprint256);
  while (path.length <= longestPath) {
    const last = path.at(-1);
    if (!last) return null;
    // The leaf itself may be named as trusted: then nobody has to vouch for it.
    if (isAnchor(last)) return path;
    const issuer =
      candidates.find((one) => isAnchor(one) && vouches(one, last, path.length)) ??
      candidates.find((one) => !path.includes(one) && vouches(one, last, path.length));
    if (!issuer) return null;
    path.push(issuer);
  }
  return null;
}

function vouches(issuer: X509Certificate, subject: X509Certificate, below: number): boolean {
  try {
    if (!issuer.ca || !subject.checkIssued(issuer) || !subject.verify(issuer.publicKey)) return false;
    const parsed = parse(issuer);
    if (parsed.extKeyUsage && !parsed.extKeyUsage.keyCertSign) return false;
    const limit = parsed.extBasicConstraints?.pathLenConstraint;
    // Authorities between it and the leaf: the leaf itself does not count.
    return limit === undefined || BigInt(below - 1) <= limit;
  } catch {
    return false;
  }
}

/** Object identifiers of the extended key usages that let sign: for code, and for anything. */
const signingPurposes: ReadonlySet<string> = new Set(['1.3.6.1.5.5.7.3.3', '2.5.29.37.0']);

function usageProblem(leaf: X509Certificate): ChainResult | null {
  const wrong = (detail: string): ChainResult => ({ trusted: false, reason: 'wrong-usage', detail });
  try {
    const usage = parse(leaf).extKeyUsage;
    if (leaf.ca) return wrong(`The certificate of ${nameOf(leaf)} is an authority’s: it is not for signing models.`);
    if (usage?.digitalSignature !== true) {
      return wrong(`The certificate of ${nameOf(leaf)} is not for digital signatures (its key usage says so).`);
    }
    // Node calls the extended key usage by this name. A web server's certificate must not sign models.
    if (leaf.keyUsage && !leaf.keyUsage.some((purpose) => signingPurposes.has(purpose))) {
      return wrong(`The certificate of ${nameOf(leaf)} is for other purposes than signing code.`);
    }
    return null;
  } catch {
    return { trusted: false, reason: 'malformed-certificate', detail: 'Its certificate can’t be read.' };
  }
}

/**
 * The extensions that are taken into account, and the names of the subject, which bind nothing here: key usage, subject
 * alternative name, basic constraints and extended key usage.
 */
const knownExtensions: ReadonlySet<string> = new Set(['2.5.29.15', '2.5.29.17', '2.5.29.19', '2.5.29.37']);

/** RFC 5280, 4.2: who can't process an extension that is marked critical has to refuse the certificate. */
function conditionProblem(certificate: X509Certificate): ChainResult | null {
  const critical = criticalExtensions(certificate);
  if (critical === null) {
    const detail = `The certificate of ${nameOf(certificate)} can’t be read.`;
    return { trusted: false, reason: 'malformed-certificate', detail };
  }
  const unknown = critical.find((oid) => !knownExtensions.has(oid));
  if (unknown === undefined) return null;
  const detail = `The certificate of ${nameOf(certificate)} sets a critical condition that can’t be checked here (${unknown}).`;
  return { trusted: false, reason: 'untrusted-chain', detail };
}

function criticalExtensions(certificate: X509Certificate): readonly string[] | null {
  try {
    return parse(certificate).extensions.flatMap(({ subs }) => {
      // A sequence of its identifier, whether it is critical (left out where it is not), and its value.
      const [oid, critical] = subs;
      return oid && critical && subs.length === 3 && critical.toBoolean() ? [oid.toOID()] : [];
    });
  } catch {
    return null;
  }
}

function timeProblem(certificate: X509Certificate, now: number): ChainResult | null {
  const [from, to] = [certificate.validFromDate, certificate.validToDate];
  if (now < from.getTime()) {
    const detail = `The certificate of ${nameOf(certificate)} is not valid before ${from.toISOString()}.`;
    return { trusted: false, reason: 'not-yet-valid-certificate', detail };
  }
  if (now > to.getTime()) {
    const detail = `The certificate of ${nameOf(certificate)} has expired at ${to.toISOString()}.`;
    return { trusted: false, reason: 'expired-certificate', detail };
  }
  return null;
}

function parse(certificate: X509Certificate): ParsedCertificate {
  return ParsedCertificate.parse(Buffer.from(certificate.raw));
}

function nameOf(certificate: X509Certificate, which: 'subject' | 'issuer' = 'subject'): string {
  const lines = certificate[which].split('\n');
  return lines.find((line) => line.startsWith('CN='))?.slice(3) ?? lines.join(', ');
}

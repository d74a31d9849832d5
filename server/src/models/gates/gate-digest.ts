import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Gate } from './gate.ts';

/** SHA-256 of the canonical JSON (RFC 8785) of gates, hexadecimal: other gates, other digest. */
export function gatesDigest(gates: readonly Gate[]): string {
  return digestOfJson(gates).digest;
}

/** The canonical JSON of a value, and its SHA-256 in hexadecimal digits. */
export function digestOfJson(value: unknown): { readonly content: string; readonly digest: string } {
  const content = canonicalize(value);
  if (content === undefined) throw new TypeError('The value has no canonical form.');
  return { content, digest: createHash('sha256').update(content).digest('hex') };
}

import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** JSON in the one form that RFC 8785 gives a value: what is equal has the same text, whatever the order of its keys. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('The value has no canonical form.');
  return text;
}

/** The canonical JSON of a value, and its SHA-256 in hexadecimal digits. */
export function digestOfJson(value: unknown): { readonly content: string; readonly digest: string } {
  const content = canonicalJson(value);
  return { content, digest: sha256Of(content) };
}

/** SHA-256 of a text in UTF-8, in hexadecimal digits. */
export function sha256Of(text: string): string {
  return hash('sha256', text);
}

import { type Document, parseAllDocuments } from 'yaml';
import type { z } from 'zod';

/** The documents of a file of ours; what is wrong with their syntax is in their `errors`. */
export function parseDocuments(text: string): readonly Document.Parsed[] {
  const parsed = parseAllDocuments(text, { prettyErrors: true, stringKeys: true });
  return Array.isArray(parsed) ? parsed : [];
}

/** A document by its schema, or the first thing that is wrong with it, in one line. */
export function readAs<T extends z.ZodType>(
  schema: T,
  document: Document.Parsed,
): { readonly data: z.output<T> } | { readonly problem: string } {
  const plain = toPlain(document);
  if ('problem' in plain) return plain;
  const parsed = schema.safeParse(plain.value);
  if (parsed.success) return { data: parsed.data };
  const [issue] = parsed.error.issues;
  return { problem: issue ? `${issue.path.map(String).join('.')}: ${issue.message}` : 'It is not valid.' };
}

function toPlain(document: Document.Parsed): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: document.toJS() };
  } catch (error) {
    // Too many aliases: a file made to exhaust its reader.
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

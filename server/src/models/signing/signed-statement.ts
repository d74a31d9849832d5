import type { KeyObject } from 'node:crypto';
import type { z } from 'zod';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { type DsseEnvelope, dsseEnvelope, payloadOf, signDsse } from './dsse.ts';
import { keyFingerprint } from './keys.ts';
import { inTotoPayloadType, statementType } from './statement.ts';

export interface Statement {
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicateType: string;
  readonly predicate: object;
}

/** The text of a file with a signed statement: a DSSE envelope around an in-toto statement. */
export function signStatement(statement: Statement, key: KeyObject): string {
  const text = canonicalJson({ _type: statementType, ...statement });
  const envelope = signDsse(inTotoPayloadType, Buffer.from(text), key, keyFingerprint(key));
  return `${JSON.stringify(envelope, null, 2)}\n`;
}

export interface ParsedStatement<T> {
  readonly envelope: DsseEnvelope;
  /** To be believed once the envelope's signature is verified. */
  readonly statement: T;
}

/** Reads a signed statement of a form, `what` to a person; where it is none, a text says why. */
export function parseStatement<S extends z.ZodType>(
  text: string,
  form: S,
  what: string,
): ParsedStatement<z.output<S>> | string {
  const value = readJson(text);
  if (value === undefined) return 'It is no JSON.';
  const envelope = dsseEnvelope.safeParse(value);
  if (!envelope.success) return 'It is no signed envelope (DSSE).';
  if (envelope.data.payloadType !== inTotoPayloadType) return `It is signed as “${envelope.data.payloadType}”.`;
  const statement = form.safeParse(readJson(payloadOf(envelope.data).toString('utf8')));
  if (!statement.success) return `What is signed is no ${what} of this form.`;
  return { envelope: envelope.data, statement: statement.data };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

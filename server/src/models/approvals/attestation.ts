import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { type ApprovalPredicate, approvalPredicate } from '#schemas/domain/approval.ts';
import { sha256 } from '#schemas/domain/model-version.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { formatVersion } from '../model-reference.ts';
import { type DsseEnvelope, dsseEnvelope, payloadOf, signDsse } from '../signing/dsse.ts';
import { keyFingerprint } from '../signing/keys.ts';
import { inTotoPayloadType, statementType } from '../signing/statement.ts';

/** Names our approvals among in-toto's predicates; a name, nothing that is fetched. */
export const approvalPredicateType = 'https://mlops-workbench.dev/attestations/approval/v1';

const approvalStatement = z.object({
  _type: z.literal(statementType),
  subject: z.tuple([z.object({ name: z.string(), digest: z.object({ sha256 }) })]),
  predicateType: z.literal(approvalPredicateType),
  predicate: approvalPredicate,
});

/** An approval as a file: a DSSE envelope around an in-toto statement, signed by the approver's key. */
export function signApproval(approval: Omit<ApprovalPredicate, 'key'>, key: KeyObject): string {
  const fingerprint = keyFingerprint(key);
  const statement = canonicalJson({
    _type: statementType,
    subject: [{ name: formatVersion(approval), digest: { sha256: approval.manifestDigest } }],
    predicateType: approvalPredicateType,
    predicate: { ...approval, key: fingerprint },
  });
  return `${JSON.stringify(signDsse(inTotoPayloadType, Buffer.from(statement), key, fingerprint), null, 2)}\n`;
}

export interface ParsedApproval {
  readonly envelope: DsseEnvelope;
  /** What it says: to be believed once its signature is verified. */
  readonly claims: ApprovalPredicate;
}

/** Reads an approval; where it is none, a text says why. */
export function parseApproval(text: string): ParsedApproval | string {
  const value = readJson(text);
  if (value === undefined) return 'It is no JSON.';
  const envelope = dsseEnvelope.safeParse(value);
  if (!envelope.success) return 'It is no signed envelope (DSSE).';
  if (envelope.data.payloadType !== inTotoPayloadType) return `It is signed as “${envelope.data.payloadType}”.`;
  const statement = approvalStatement.safeParse(readJson(payloadOf(envelope.data).toString('utf8')));
  if (!statement.success) return 'What is signed is no approval of this form.';
  const { subject, predicate } = statement.data;
  if (subject[0].name !== formatVersion(predicate) || subject[0].digest.sha256 !== predicate.manifestDigest) {
    return 'Its subject is not what it approves.';
  }
  return { envelope: envelope.data, claims: predicate };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

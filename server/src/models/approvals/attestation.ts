import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { type ApprovalPredicate, approvalPredicate } from '#schemas/domain/approval.ts';
import { sha256 } from '#schemas/domain/model-version.ts';
import { formatVersion } from '../model-reference.ts';
import type { DsseEnvelope } from '../signing/dsse.ts';
import { keyFingerprint } from '../signing/keys.ts';
import { parseStatement, signStatement } from '../signing/signed-statement.ts';
import { statementType } from '../signing/statement.ts';

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
  const statement = {
    subject: [{ name: formatVersion(approval), digest: { sha256: approval.manifestDigest } }],
    predicateType: approvalPredicateType,
    predicate: { ...approval, key: keyFingerprint(key) },
  };
  return signStatement(statement, key);
}

export interface ParsedApproval {
  readonly envelope: DsseEnvelope;
  /** What it says: to be believed once its signature is verified. */
  readonly claims: ApprovalPredicate;
}

/** Reads an approval; where it is none, a text says why. */
export function parseApproval(text: string): ParsedApproval | string {
  const parsed = parseStatement(text, approvalStatement, 'approval');
  if (typeof parsed === 'string') return parsed;
  const { subject, predicate } = parsed.statement;
  if (subject[0].name !== formatVersion(predicate) || subject[0].digest.sha256 !== predicate.manifestDigest) {
    return 'Its subject is not what it approves.';
  }
  return { envelope: parsed.envelope, claims: predicate };
}

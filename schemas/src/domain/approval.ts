import { z } from 'zod';
import { sha256 } from './model-version.ts';

/** What an approval is about: the very change of one version, with the evidence that was there. */
export const approvalSubject = z.object({
  /** The registry's own id: an approval for another one counts nothing here. */
  registry: z.string(),
  model: z.string(),
  version: z.string(),
  manifestDigest: sha256,
  rootDigest: sha256,
  /** Stages; `from` is null where the version is in none. */
  from: z.string().nullable(),
  to: z.string(),
  /** Digest of the gate report that was there; null where no gates are asked for. */
  report: sha256.nullable(),
});
export type ApprovalSubject = z.infer<typeof approvalSubject>;

const nonce = z.string().regex(/^[0-9a-f]{32}$/);

/** What an approver signs. Times are Unix milliseconds. */
export const approvalPredicate = approvalSubject.extend({
  /** As the approver calls themselves; who it was is said by the key. */
  approver: z.string(),
  /** Fingerprint of the approver's public key. */
  key: sha256,
  nonce,
  issuedAt: z.number(),
  expiresAt: z.number(),
});
export type ApprovalPredicate = z.infer<typeof approvalPredicate>;

/** A file that asks for approvals. It proves nothing: approvals are signed by themselves. */
export const approvalRequest = z.object({
  form: z.literal('mlops.approval-request/v1'),
  ...approvalSubject.shape,
  nonce,
  requestedBy: z.string(),
  requestedAt: z.number(),
  expiresAt: z.number(),
  comment: z.string().nullable(),
});
export type ApprovalRequest = z.infer<typeof approvalRequest>;

/** Why an approval does not count. The codes are stable. */
export const voidReason = z.enum([
  'malformed',
  'unknown-key',
  'bad-signature',
  'other-registry',
  'other-version',
  'other-digest',
  'other-target',
  'other-report',
  'not-yet-valid',
  'expired',
  'consumed',
  'role-not-allowed',
  'duplicate-key',
]);
export type VoidReason = z.infer<typeof voidReason>;

/** How far a version is with the approvals that a stage asks for. */
export const approvalCount = z.object({
  version: z.string(),
  stage: z.string(),
  valid: z.number(),
  needed: z.number(),
});
export type ApprovalCount = z.infer<typeof approvalCount>;

/** An approval file and what it is worth for a change. */
export const judgedApproval = z.object({
  /** File name within `approvals/`. */
  file: z.string(),
  /** The member whose key it is; null where nobody's. */
  approver: z.string().nullable(),
  issuedAt: z.number().nullable(),
  expiresAt: z.number().nullable(),
  /** Null where it counts. */
  void: z.object({ reason: voidReason, detail: z.string() }).nullable(),
});
export type JudgedApproval = z.infer<typeof judgedApproval>;

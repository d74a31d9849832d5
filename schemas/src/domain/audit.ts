import { z } from 'zod';
import { sha256 } from './model-version.ts';

/** What an entry of the audit log tells. Times are Unix milliseconds; `before` and `after` are JSON of what changed. */
export const auditEntry = z.object({
  /** From 1, without gaps. */
  seq: z.int().min(1),
  time: z.number(),
  actor: z.string(),
  action: z.string(),
  /** `churn@1.2.0`, `churn@champion`, … */
  target: z.string(),
  before: z.json(),
  after: z.json(),
  reason: z.string().nullable(),
  /** Hash of the entry before; 64 zeros for the first. */
  previous: z.string(),
  /** SHA-256 of the canonical JSON (RFC 8785) of all of the above, hexadecimal. */
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

/** What a checkpoint says, signed: that this log had so many entries, the last with this hash. */
export const checkpointPredicate = z.object({
  /** The log's own id. A registry that keeps its log itself has the same. */
  log: z.string(),
  /** Number of entries, which is the `seq` of the last. */
  seq: z.int().min(1),
  /** Hash of the last entry. */
  hash: sha256,
  /** As the signer calls themselves; who it was is said by the key. */
  signer: z.string(),
  /** Fingerprint of the signer's public key. */
  key: sha256,
  /** Unix milliseconds. */
  time: z.number(),
});
export type CheckpointPredicate = z.infer<typeof checkpointPredicate>;

/** Why a checkpoint does not hold. The codes are stable. */
export const checkpointReason = z.enum([
  'malformed',
  'bad-signature',
  'unknown-key',
  'other-registry',
  /** The log has fewer entries than were signed. */
  'cut',
  /** The entry at that place is another than the one that was signed. */
  'rewritten',
  /** The log is not what was written before that place: what was signed can't be reached. */
  'broken',
]);
export type CheckpointReason = z.infer<typeof checkpointReason>;

/** A checkpoint and whether it holds. What it says is null where it can't be read. */
export const judgedCheckpoint = z.object({
  /** File name within `audit/`. */
  file: z.string(),
  seq: z.number().nullable(),
  hash: z.string().nullable(),
  time: z.number().nullable(),
  /** Whose key it is: a member, or a public key that was named; null where nobody's. */
  signer: z.string().nullable(),
  /** Fingerprint of the key that it names. */
  key: z.string().nullable(),
  /** Null where it holds. */
  problem: z.object({ reason: checkpointReason, detail: z.string() }).nullable(),
});
export type JudgedCheckpoint = z.infer<typeof judgedCheckpoint>;

/** Why a log is not what was written: the first entry that shows it, and what it shows. */
export const auditVerdict = z.object({
  intact: z.boolean(),
  entries: z.number(),
  /** `seq` of the first entry that is wrong or missing; null too where only a checkpoint can't be believed. */
  brokenAt: z.number().nullable(),
  problem: z.enum(['changed', 'missing', 'order', 'malformed', 'checkpoint', 'anchor']).nullable(),
  /** One line for a person; warnings (a clock that went back) stand beside a chain that is intact. */
  detail: z.string(),
  warnings: z.array(z.string()),
  /** Where its head is noted elsewhere: the last entry that each place knows. */
  anchors: z.array(z.object({ place: z.enum(['git', 'mlflow']), seq: z.number() })),
  /** In the order of the entries that they sign. */
  checkpoints: z.array(judgedCheckpoint),
});
export type AuditVerdict = z.infer<typeof auditVerdict>;

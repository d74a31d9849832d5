import { z } from 'zod';

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

/** Why a log is not what was written: the first entry that shows it, and what it shows. */
export const auditVerdict = z.object({
  intact: z.boolean(),
  entries: z.number(),
  /** `seq` of the first entry that is wrong or missing. */
  brokenAt: z.number().nullable(),
  problem: z.enum(['changed', 'missing', 'order', 'malformed', 'checkpoint', 'anchor']).nullable(),
  /** One line for a person; warnings (a clock that went back) stand beside a chain that is intact. */
  detail: z.string(),
  warnings: z.array(z.string()),
});
export type AuditVerdict = z.infer<typeof auditVerdict>;

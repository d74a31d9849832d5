import { z } from 'zod';

const labels = z.record(z.string(), z.string());

/** One alert of a notice. */
const noticeAlert = z.object({
  /** SHA-256 of its labels: the same alert has the same one in every notice. */
  fingerprint: z.string(),
  name: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  labels,
  /** The condition as the document has it. */
  condition: z.string(),
  /** One line: what the condition found, or why it could not be told any more. */
  found: z.string(),
  /** Unix milliseconds since when the condition held. */
  startedAt: z.number(),
  /** Unix milliseconds; null while it lasts. */
  endedAt: z.number().nullable(),
  /** An address, or a path where `alerting.runbookBase` is not set. */
  runbook: z.string().nullable(),
});
export type NoticeAlert = z.infer<typeof noticeAlert>;

/** One message about the alerts of a group, for one channel. */
export const alertNotice = z.object({
  /** The same for every attempt to send it: who gets it twice can tell by it. */
  id: z.string(),
  monitor: z.string(),
  model: z.string().nullable(),
  channel: z.string(),
  /** Of the group: equal for all notices about it. */
  group: z.string(),
  groupLabels: labels,
  kind: z.enum(['new', 'repeat', 'refresh', 'resolved', 'test']),
  firing: z.array(noticeAlert),
  resolved: z.array(noticeAlert),
  /** Unix milliseconds of the check that made it. */
  at: z.number(),
  /** Unix milliseconds until when those that fire count as firing without another word. */
  validUntil: z.number(),
});
export type AlertNotice = z.infer<typeof alertNotice>;

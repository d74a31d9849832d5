import { z } from 'zod';
import { alertNotice } from './alert-notice.ts';

/** A notice on its way, as lists show it. Times are Unix milliseconds. */
export const outboxEntry = z.object({
  id: z.string(),
  monitor: z.string(),
  channel: z.string(),
  kind: alertNotice.shape.kind,
  state: z.enum(['waiting', 'sent', 'failed']),
  attempts: z.int(),
  /** What went wrong last; null where nothing did. */
  error: z.string().nullable(),
  createdAt: z.number(),
  /** When it is tried next; of what waits only. */
  dueAt: z.number().nullable(),
  endedAt: z.number().nullable(),
});
export type OutboxEntry = z.infer<typeof outboxEntry>;

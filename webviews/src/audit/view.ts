import { z } from 'zod';

export const periods = ['any', 'day', 'week', 'month', 'between'] as const;
export type Period = (typeof periods)[number];

/** Which entries a person wants to see; null is any. */
export const auditFilter = z.object({
  text: z.string().catch(''),
  actor: z.string().nullable().catch(null),
  action: z.string().nullable().catch(null),
  /** A model or a version. */
  target: z.string().nullable().catch(null),
  period: z.enum(periods).catch('any'),
  /** Days of a period between two, `2026-01-31`; empty is open. */
  from: z.string().catch(''),
  to: z.string().catch(''),
});
export type AuditFilter = z.infer<typeof auditFilter>;

export const noFilter: AuditFilter = auditFilter.parse({});

/** What the audit log's panel remembers over a reload. */
export const auditPanelView = z.object({
  /** Null: nobody changed what the panel was opened for. */
  filter: auditFilter.nullable().catch(null),
  widths: z.record(z.string(), z.number()).catch({}),
  scroll: z.object({ top: z.number(), left: z.number() }).catch({ top: 0, left: 0 }),
});

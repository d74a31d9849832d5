import { z } from 'zod';

/** One thing of a dashboard that would be other than it is. */
export const dashboardChange = z.object({
  kind: z.enum(['panel', 'setting']),
  /** A panel's title, or a key of the dashboard. */
  name: z.string(),
  change: z.enum(['added', 'changed', 'removed']),
  /** Of a changed panel: which of its keys. */
  keys: z.array(z.string()),
});
export type DashboardChange = z.infer<typeof dashboardChange>;

/** What bringing a dashboard to Grafana would do. */
export const dashboardPush = z.object({
  /** Of the Grafana server. */
  server: z.string(),
  /** Where the dashboard is, or will be. */
  url: z.string(),
  uid: z.string(),
  title: z.string(),
  action: z.enum(['create', 'update', 'none']),
  folder: z.object({ title: z.string(), action: z.enum(['keep', 'create', 'move']) }).nullable(),
  changes: z.array(dashboardChange),
  /** The JSON there, and the one that takes its place; null where there is none. */
  before: z.string().nullable(),
  after: z.string(),
  /** Why it can’t be done; empty where nothing stands against it. */
  problems: z.array(z.string()),
  /** Of all that was shown: what was agreed to is this, and nothing that came later. */
  digest: z.string(),
});
export type DashboardPush = z.infer<typeof dashboardPush>;

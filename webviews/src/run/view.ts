import { z } from 'zod';
import { curveAxis } from '#schemas/domain/comparison.ts';

/** What a run's page remembers over a reload. */
export const runPanelView = z.object({
  tab: z.enum(['metrics', 'params', 'tags', 'datasets', 'models', 'artifacts']).catch('metrics'),
  search: z.string().catch(''),
  /** The metric whose chart is open. */
  metric: z.string().nullable().catch(null),
  axis: curveAxis.catch('step'),
  smoothing: z.number().min(0).max(0.99).catch(0),
  logScale: z.boolean().catch(false),
  range: z.object({ from: z.number(), to: z.number() }).nullable().catch(null),
  tableOpen: z.boolean().catch(false),
  sort: z.array(z.object({ column: z.string(), descending: z.boolean() })).catch([]),
  widths: z.record(z.string(), z.number()).catch({}),
  systemTagsOpen: z.boolean().catch(false),
  artifact: z.string().nullable().catch(null),
  openFolders: z.array(z.string()).catch([]),
});
export type RunPanelView = z.infer<typeof runPanelView>;

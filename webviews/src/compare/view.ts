import { z } from 'zod';
import { curveAxis } from '#schemas/domain/comparison.ts';

const range = z.object({ from: z.number(), to: z.number() });

/** What the compare panel remembers over a reload. */
export const comparePanelView = z.object({
  tab: z.enum(['charts', 'table', 'scatter', 'parallel']).catch('charts'),
  axis: curveAxis.catch('step'),
  smoothing: z.number().min(0).max(0.99).catch(0),
  logScale: z.boolean().catch(false),
  search: z.string().catch(''),
  /** `tracker/runId` of runs that are not drawn. */
  hidden: z.array(z.string()).catch([]),
  legendOpen: z.boolean().catch(true),
  /** By metric. */
  zoom: z.record(z.string(), range).catch({}),
  tables: z.array(z.string()).catch([]),
  expanded: z.string().nullable().catch(null),
  scroll: z.number().catch(0),
  onlyDifferent: z.boolean().catch(false),
  /** `tracker/runId` of the run that others are measured by. */
  baseline: z.string().nullable().catch(null),
  widths: z.record(z.string(), z.number()).catch({}),
  tableScroll: z.object({ top: z.number(), left: z.number() }).catch({ top: 0, left: 0 }),
  /** Columns (`param.key`, `metric.key`) of the scatter plot and of the parallel coordinates. */
  scatter: z.object({ x: z.string(), y: z.string() }).nullable().catch(null),
  parallel: z.array(z.string()).nullable().catch(null),
});
export type ComparePanelView = z.infer<typeof comparePanelView>;

import { z } from 'zod';
import { runRef } from '#schemas/domain/run.ts';
import { tableSort } from '#schemas/protocol/experiments.ts';

/** What the runs table remembers over a reload. */
export const runsPanelView = z.object({
  filter: z.string().catch(''),
  history: z.array(z.string()).catch([]),
  starredOnly: z.boolean().catch(false),
  showHidden: z.boolean().catch(false),
  sort: z.array(tableSort).catch([]),
  /** null: nobody chose any. */
  columns: z.array(z.string()).nullable().catch(null),
  widths: z.record(z.string(), z.number()).catch({}),
  selected: z.array(runRef).catch([]),
  scroll: z.object({ top: z.number(), left: z.number() }).catch({ top: 0, left: 0 }),
});
export type RunsPanelView = z.infer<typeof runsPanelView>;

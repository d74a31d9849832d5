import { z } from 'zod';
import { driftVerdict } from '#schemas/domain/drift-report.ts';

/** Which columns a person wants to see. */
export const columnFilter = z.object({
  text: z.string().catch(''),
  /** Null is any. */
  verdict: driftVerdict.nullable().catch(null),
});
export type ColumnFilter = z.infer<typeof columnFilter>;

export const noFilter: ColumnFilter = columnFilter.parse({});

/** What the drift panel remembers over a reload. */
export const driftPanelView = z.object({
  /** The check that is shown: while the server has it, nothing is computed again. */
  check: z.string().nullable().catch(null),
  /** The second of two files is the reference. */
  swapped: z.boolean().catch(false),
  filter: columnFilter.catch(noFilter),
  sort: z.array(z.object({ column: z.string(), descending: z.boolean() })).catch([]),
  /** The column whose samples are shown; null for the first. */
  column: z.string().nullable().catch(null),
  timeColumn: z.string().nullable().catch(null),
  whole: z.boolean().catch(false),
  widths: z.record(z.string(), z.number()).catch({}),
  scroll: z.object({ top: z.number(), left: z.number() }).catch({ top: 0, left: 0 }),
});

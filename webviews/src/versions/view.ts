import { z } from 'zod';

/** What the panel of two versions remembers over a reload. */
export const versionsPanelView = z.object({
  onlyDifferent: z.boolean().catch(true),
  scroll: z.number().catch(0),
});

import { z } from 'zod';

export const periods = ['1h', '6h', '24h', '7d', '30d'] as const;
export type Period = (typeof periods)[number];

const hour = 3_600_000;
export const periodLengths: Readonly<Record<Period, number>> = {
  '1h': hour,
  '6h': 6 * hour,
  '24h': 24 * hour,
  '7d': 168 * hour,
  '30d': 720 * hour,
};

/** What a dashboard remembers over a reload. */
export const dashboardPanelView = z.object({
  period: z.enum(periods).catch('24h'),
  /** Charts whose values are shown as a table too. */
  tables: z.array(z.string()).catch([]),
  scroll: z.number().catch(0),
});

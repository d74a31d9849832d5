import { z } from 'zod';

/** How grave a kind of problem may be made; `off` tells nothing of it. */
export const severityChoice = z.enum(['error', 'warning', 'information', 'hint', 'off']);
export type SeverityChoice = z.infer<typeof severityChoice>;

import { z } from 'zod';
import { severityChoice } from '../config/severity.ts';

const toggle = z.boolean().catch(true).default(true);

/** Settings of the language features. What makes no sense counts as not set: a person is still typing it. */
export const languageSettings = z.object({
  diagnostics: z
    .object({
      /** By the code of a diagnostic; `*` is the gravest that any may be. null: not one of the choices. */
      severity: z.record(z.string(), severityChoice.nullable().catch(null)).catch({}).default({}),
    })
    .prefault({}),
  codeLens: z.object({ enabled: toggle }).prefault({}),
  inlayHints: z.object({ schedules: toggle, durations: toggle, values: toggle, matrix: toggle }).prefault({}),
});
export type LanguageSettings = z.infer<typeof languageSettings>;

/** The client's command that a lens runs: shows what refers to the name at a position, as `[uri, position]`. */
export const showReferences = 'mlops.showReferences';
/** The client's command that the lens of a Monitor document runs: opens the drift panel, as `[uri, name of the monitor]`. */
export const openDrift = 'mlops.openDrift';
/** As {@link openDrift}: opens the dashboard of a monitor. */
export const openDashboard = 'mlops.openDashboard';

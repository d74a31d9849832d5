import { z } from 'zod';
import { severityChoice } from '../config/severity.ts';

/**
 * Settings of the language features, as editors hand them over: section `mlops` of `workspace/configuration`, or
 * `settings` in `initializationOptions`. What makes no sense counts as not set.
 */
export const languageSettings = z.object({
  diagnostics: z
    .object({
      /** By the code of a diagnostic; `*` for the gravest that any may be. */
      severity: z.record(z.string(), severityChoice.nullable().catch(null)).catch({}).default({}),
    })
    .catch({ severity: {} })
    .prefault({}),
  inlayHints: z
    .object({
      schedules: z.boolean().catch(true).default(true),
      durations: z.boolean().catch(true).default(true),
      values: z.boolean().catch(true).default(true),
      matrix: z.boolean().catch(true).default(true),
    })
    .catch({ schedules: true, durations: true, values: true, matrix: true })
    .prefault({}),
});
export type LanguageSettings = z.infer<typeof languageSettings>;

import { z } from 'zod';
import { isKind, type Kind } from '#schemas/config/document.ts';
import { diagnosticCodes } from '../diagnostics/diagnostic.ts';

const range = z.object({
  startLine: z.number(),
  startCharacter: z.number(),
  endLine: z.number(),
  endCharacter: z.number(),
});

const codes = Object.keys(diagnosticCodes) as (keyof typeof diagnosticCodes)[];

const diagnostic = z.object({
  code: z.enum(codes),
  severity: z.enum(['error', 'warning', 'information', 'hint']),
  message: z.string(),
  range,
  related: z.array(z.object({ range, message: z.string() })),
  replacements: z.array(z.string()),
  unnecessary: z.literal(true).exactOptional(),
});

/** What a file that nobody has open is known by, without its text and trees; as a worker and the disk give it. */
export const fileSummary = z.object({
  /** Of its documents; null for one that is none of ours. */
  kinds: z.array(z.custom<Kind>(isKind).nullable()),
  /** Changes when something changes that other files can see. */
  exports: z.string(),
  /** Every name that it defines or refers to, each between line breaks. */
  names: z.string(),
  /** The Python files that it may mean, there or not, as paths from its folder. */
  python: z.array(z.string()),
  /** What is wrong with it; null where other files have a say in that. */
  diagnostics: z.array(diagnostic).nullable(),
});

/**
 * Stands among the names of a file for a path to a pipeline in it, and for those a file may be meant by: its last part,
 * which no way there from another folder changes.
 */
export function nameOfPath(path: string): string {
  return `./${path.split(/[\\/]/).at(-1)}`;
}

export type FileSummary = z.infer<typeof fileSummary>;

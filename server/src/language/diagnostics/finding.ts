import type { DiagnosticCode, Severity } from './diagnostic.ts';

/** What a check found, by offsets from the start of a chunk. Positions are worked out once, at the end. */
export interface Finding {
  readonly code: DiagnosticCode;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  /** Where it is milder than its code usually is. */
  readonly severity?: Severity;
  readonly related?: readonly { readonly start: number; readonly end: number; readonly message: string }[];
  readonly replacements?: readonly string[];
}

export type Report = (finding: Finding) => void;

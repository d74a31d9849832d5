import type { Severity } from '../diagnostics/diagnostic.ts';
import type { Finding } from '../diagnostics/finding.ts';
import type { Unit } from '../symbols/file-symbols.ts';
import type { Span } from '../symbols/view.ts';
import type { IndexedFile } from '../symbols/workspace-index.ts';

/** A place in another unit, perhaps of another file, that a finding points at. */
export interface RelatedSpan {
  readonly file: IndexedFile;
  readonly unit: Unit;
  readonly span: Span;
  readonly message: string;
}

/** What a check of meaning found in a unit. */
export interface MeaningFinding {
  readonly code: Finding['code'];
  readonly span: Span;
  readonly message: string;
  readonly replacements?: readonly string[];
  readonly related?: readonly RelatedSpan[];
  readonly unnecessary?: true;
  /** Where it is not its code’s. */
  readonly severity?: Severity;
}

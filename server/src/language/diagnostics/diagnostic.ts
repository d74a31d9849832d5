export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** Every diagnostic this language service can give, with its severity unless a setting says otherwise. */
export const diagnosticCodes = {
  'yaml-syntax': 'error',
  'yaml-tab': 'error',
  'yaml-indentation': 'error',
  'yaml-duplicate-key': 'error',
  'yaml-unknown-alias': 'error',
  'document-api-version': 'error',
  'document-kind': 'error',
  'schema-unknown-key': 'error',
  'schema-missing-key': 'error',
  'schema-type': 'error',
  'schema-value': 'error',
  'schema-key-name': 'error',
  'step-action': 'error',
  'strategy-count': 'error',
  'replica-bounds': 'error',
  'gate-bound': 'error',
  'expression-syntax': 'error',
  'expression-name': 'error',
  'expression-function': 'error',
  'expression-type': 'error',
  'unknown-step': 'error',
  'unknown-output': 'error',
  'unknown-input': 'error',
  'unknown-param': 'error',
  'unknown-matrix-key': 'error',
  'unknown-argument': 'error',
  'missing-argument': 'error',
  'unknown-environment': 'error',
  'unknown-channel': 'error',
  'unknown-role': 'error',
  'unknown-analysis': 'error',
  'unknown-detector': 'error',
  'unknown-metric': 'error',
  'unknown-stage': 'warning',
  'step-cycle': 'error',
  'unused-param': 'hint',
  'unused-output': 'hint',
  'artifact-type': 'error',
  'artifact-columns': 'error',
  'param-default': 'error',
  'cron-schedule': 'error',
  'promql-syntax': 'error',
  'model-version': 'error',
  'unknown-model-version': 'warning',
  'image-reference': 'error',
  'canary-weights': 'warning',
  'missing-file': 'warning',
  'python-missing-function': 'error',
  'python-missing-argument': 'error',
  'python-unknown-argument': 'error',
  'python-argument-type': 'warning',
  'python-unknown-option': 'error',
  'python-missing-option': 'error',
  'secret-in-file': 'warning',
  'ecosystem-unknown-key': 'warning',
  'ecosystem-missing-key': 'error',
  'ecosystem-type': 'error',
  'ecosystem-value': 'error',
  'ecosystem-reference': 'error',
  'ecosystem-duplicate': 'error',
  'ecosystem-cycle': 'error',
  'ecosystem-form': 'warning',
  'ecosystem-missing-file': 'warning',
  'unknown-diagnostic': 'warning',
  'file-unreadable': 'error',
} as const satisfies Record<string, Severity>;

export type DiagnosticCode = keyof typeof diagnosticCodes;

/** A place in a chunk: lines count from the chunk's first, characters are UTF-16 units. `end` is exclusive. */
export interface RelativeRange {
  readonly startLine: number;
  readonly startCharacter: number;
  readonly endLine: number;
  readonly endCharacter: number;
}

export interface RelatedPlace {
  /** Another file than the diagnostic's. */
  readonly uri?: string;
  readonly range: RelativeRange;
  readonly message: string;
}

/** A diagnostic whose lines count from the start of its chunk, or of the file: who hands it on says which. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  readonly range: RelativeRange;
  readonly related: readonly RelatedPlace[];
  /** What a quick fix may put in place of the range. */
  readonly replacements: readonly string[];
  /** Shown faded: it could go. */
  readonly unnecessary?: true;
}

/** Where the page about a code is. */
export function documentationUrl(code: DiagnosticCode): string {
  return `https://github.com/mlops-workbench/mlops-workbench/blob/main/docs/diagnostics/${code}.md`;
}

export function shiftRange(range: RelativeRange, lines: number): RelativeRange {
  return { ...range, startLine: range.startLine + lines, endLine: range.endLine + lines };
}

export function shiftDiagnostic(diagnostic: Diagnostic, lines: number): Diagnostic {
  if (lines === 0) return diagnostic;
  return {
    ...diagnostic,
    range: shiftRange(diagnostic.range, lines),
    related: diagnostic.related.map((place) => ({ ...place, range: shiftRange(place.range, lines) })),
  };
}

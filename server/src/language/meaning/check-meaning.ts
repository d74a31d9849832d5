import {
  type Diagnostic,
  diagnosticCodes,
  type RelatedPlace,
  shiftDiagnostic,
  shiftRange,
} from '../diagnostics/diagnostic.ts';
import { rangeOf } from '../diagnostics/ranges.ts';
import { suppressed } from '../diagnostics/suppressions.ts';
import type { DocumentSymbols, Unit } from '../symbols/file-symbols.ts';
import type { Origin } from '../symbols/resolve.ts';
import type { UnitSymbols } from '../symbols/symbol.ts';
import type { IndexedFile, WorkspaceIndex } from '../symbols/workspace-index.ts';
import { checkCycles } from './cycles.ts';
import { checkDataFlow } from './data-flow.ts';
import { checkExpressionMeaning } from './expressions.ts';
import { checkFiles, type FileProvider } from './files.ts';
import type { MeaningFinding, RelatedSpan } from './finding.ts';
import { checkMissingArguments, checkReferences } from './references.ts';
import { checkUnused } from './unused.ts';
import { checkValues } from './values.ts';

/** Knows of no file; nothing is said about any. */
export const noFiles: FileProvider = { exists: () => undefined };

/**
 * What a file's documents mean and can't: names that are not there, types that don't fit, circles, things nobody uses.
 * A step's findings are kept until it changes, or something that it looked at does.
 */
export function checkMeaning(file: IndexedFile, index: WorkspaceIndex, files: FileProvider = noFiles): Diagnostic[] {
  const diagnostics = file.symbols.documents.flatMap((document) => checkDocument({ file, index, document }, files));
  return suppressed(file.symbols.source, diagnostics);
}

function checkDocument(origin: Origin, files: FileProvider): Diagnostic[] {
  const { document, file } = origin;
  const all: Diagnostic[] = [];
  const shared = sharedSignature(origin);
  for (const unit of document.units) {
    const found = findingsOf(origin, unit, shared);
    if (found.length > 0) all.push(...found.map((finding) => diagnosticOf(origin, unit, finding)));
    for (const finding of checkValues(unit, textsOf(origin, unit))) all.push(diagnosticOf(origin, unit, finding));
    for (const finding of filesOf(origin, unit, files)) all.push(diagnosticOf(origin, unit, finding));
  }
  if (document.kind !== 'Pipeline') return all;
  const across = [...checkCycles(file, document), ...checkUnused(document)];
  for (const { unit, finding } of across) all.push(diagnosticOf(origin, unit, finding));
  return all;
}

const naming = new WeakMap<UnitSymbols, boolean>();

function filesOf(origin: Origin, unit: Unit, files: FileProvider): MeaningFinding[] {
  let names = naming.get(unit.symbols);
  if (names === undefined) {
    names = unit.symbols.references.some(
      ({ kind }) => kind === 'pipelineFile' || kind === 'entrypoint' || kind === 'file',
    );
    naming.set(unit.symbols, names);
  }
  return names ? checkFiles(origin, unit, files) : [];
}

interface Kept {
  readonly shared: Shared;
  readonly steps: readonly (readonly [string, string])[];
  readonly findings: readonly MeaningFinding[];
}
const kept = new WeakMap<UnitSymbols, Kept>();

/** What every unit of a document may look at besides its steps. */
interface Shared {
  readonly revision: number;
  readonly params: DocumentSymbols['params'];
  readonly inputs: DocumentSymbols['inputs'];
  readonly incomplete: string;
  readonly uri: string;
}

function sharedSignature({ document, index, file }: Origin): Shared {
  return {
    // Changes of the file itself are seen by way of its steps; those of others by the count of them.
    revision: index.revisionWithout(file.uri),
    params: document.params,
    inputs: document.inputs,
    incomplete: `${document.unreadable} ${[...document.incomplete].join(' ')}`,
    uri: file.uri,
  };
}

function findingsOf(origin: Origin, unit: Unit, shared: Shared): readonly MeaningFinding[] {
  const { symbols } = unit;
  if (symbols.expressions.length === 0 && symbols.references.length === 0) return none;
  const before = symbols.step ? kept.get(symbols) : undefined;
  if (before && isSame(before.shared, shared) && before.steps.every(([name, look]) => lookOf(origin, name) === look))
    return before.findings;
  const seen = new Set<string>();
  const findings = [
    ...checkReferences(origin, unit),
    ...checkMissingArguments(origin, unit),
    ...checkExpressionMeaning(origin, unit, (step) => seen.add(step)),
    ...checkDataFlow(origin, unit),
  ];
  for (const name of symbols.step?.needs.keys() ?? []) seen.add(name);
  // What is not there yet may come under any name, and places elsewhere move: only the
  // rest can be kept.
  const isFinished =
    [...seen].every((name) => origin.document.steps.has(name)) &&
    findings.every(({ related }) => related === undefined);
  if (symbols.step && isFinished) {
    kept.set(symbols, { shared, steps: [...seen].map((name) => [name, lookOf(origin, name)] as const), findings });
  }
  return findings;
}

const none: readonly MeaningFinding[] = [];

function isSame(a: Shared, b: Shared): boolean {
  return (
    a.revision === b.revision &&
    a.params === b.params &&
    a.inputs === b.inputs &&
    a.incomplete === b.incomplete &&
    a.uri === b.uri
  );
}

function lookOf({ document }: Origin, step: string): string {
  const unit = document.steps.get(step);
  return unit?.symbols.step ? `${unit.section} ${unit.symbols.step.signature}` : '';
}

function textsOf({ file }: Origin, unit: Unit): (part: number) => string {
  return (part) => {
    const chunk = unit.chunks[part];
    return chunk ? file.symbols.source.text.slice(chunk.offset, chunk.offset + chunk.length) : '';
  };
}

function diagnosticOf(origin: Origin, unit: Unit, finding: MeaningFinding): Diagnostic {
  const { source } = origin.file.symbols;
  const chunk = unit.chunks[finding.span.part] ?? source.chunks[0];
  const base = {
    code: finding.code,
    severity: diagnosticCodes[finding.code],
    message: finding.message,
    related: [],
    replacements: finding.replacements ?? [],
    ...(finding.unnecessary ? { unnecessary: true as const } : {}),
  };
  if (!chunk) return { ...base, range: { startLine: 0, startCharacter: 0, endLine: 0, endCharacter: 0 } };
  const relative: Diagnostic = { ...base, range: rangeOf(finding.span, chunk, source.lines) };
  const related = (finding.related ?? []).map((each) => relatedPlace(origin.file.uri, each));
  return { ...shiftDiagnostic(relative, chunk.firstLine), related };
}

function relatedPlace(uri: string, { file, unit, span, message }: RelatedSpan): RelatedPlace {
  const chunk = unit.chunks[span.part];
  const range = chunk
    ? shiftRange(rangeOf(span, chunk, file.symbols.source.lines), chunk.firstLine)
    : { startLine: 0, startCharacter: 0, endLine: 0, endCharacter: 0 };
  return { ...(file.uri === uri ? {} : { uri: file.uri }), range, message };
}

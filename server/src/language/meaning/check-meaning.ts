import { keptWith } from '../../platform/kept-with.ts';
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
import { checkRegisteredModels, type ModelProvider } from './registered-models.ts';
import { checkSeverityCodes } from './severity-codes.ts';
import { checkUnused, namesUsedBy } from './unused.ts';
import { checkValues } from './values.ts';

/** What lies outside of the documents. Where something is not known, nothing is said about it. */
export interface Outside {
  readonly files: FileProvider;
  readonly models: ModelProvider;
}

const nothingOutside: Outside = { files: { exists: () => undefined }, models: { models: () => null } };

/**
 * What a file's documents mean and can't: names that are not there, types that don't fit, circles, things nobody uses.
 * A step's findings are kept until it changes, or something that it looked at does.
 */
export function checkMeaning(
  file: IndexedFile,
  index: WorkspaceIndex,
  given: Partial<Outside> = nothingOutside,
): Diagnostic[] {
  const outside = { ...nothingOutside, ...given };
  const diagnostics = file.symbols.documents.flatMap((document, ordinal) =>
    checkDocument({ file, index, document }, ordinal, outside),
  );
  return suppressed(file.symbols.source, diagnostics);
}

function checkDocument(origin: Origin, ordinal: number, { files, models }: Outside): Diagnostic[] {
  const { units } = origin.document;
  const pass = checkUnits(origin, ordinal);
  const all: Diagnostic[] = [];
  for (const [index, { findings, values, namesFiles, namesModels }] of pass.results.entries()) {
    const unit = findings.length > 0 || values.length > 0 || namesFiles || namesModels ? units[index] : undefined;
    if (!unit) continue;
    for (const finding of findings) all.push(diagnosticOf(origin, unit, finding));
    for (const finding of values) all.push(diagnosticOf(origin, unit, finding));
    if (namesFiles)
      for (const finding of checkFiles(origin, unit, files)) all.push(diagnosticOf(origin, unit, finding));
    if (namesModels)
      for (const finding of checkRegisteredModels(origin.file.uri, unit, models))
        all.push(diagnosticOf(origin, unit, finding));
  }
  for (const { at, finding } of pass.across) {
    const unit = units[at];
    if (unit) all.push(diagnosticOf(origin, unit, finding));
  }
  return all;
}

interface UnitResult {
  readonly findings: readonly MeaningFinding[];
  /** They stay the same as long as the unit and what is shared do. */
  readonly isSteady: boolean;
  readonly values: readonly MeaningFinding[];
  readonly namesFiles: boolean;
  readonly namesModels: boolean;
}

/** One look at a document, remembered for the next: most edits change one unit, and nothing that others see of it. */
interface Pass {
  readonly shared: Shared;
  readonly units: readonly Unit[];
  readonly results: readonly UnitResult[];
  /** What several units say together, by the position of the unit. */
  readonly across: readonly Across[];
}

interface Across {
  readonly at: number;
  readonly finding: MeaningFinding;
}

const passes = new WeakMap<WorkspaceIndex, Map<string, Pass>>();

function checkUnits(origin: Origin, ordinal: number): Pass {
  const shared = sharedSignature(origin);
  const memory = passes.get(origin.index) ?? new Map<string, Pass>();
  passes.set(origin.index, memory);
  const key = `${origin.file.uri}#${ordinal}`;
  const { units } = origin.document;
  const before = memory.get(key);
  const quiet = before && isQuiet(before, origin, shared) ? before : null;
  const results = units.map((unit, index) => {
    const old = quiet?.units[index]?.symbols === unit.symbols ? quiet.results[index] : undefined;
    return old?.isSteady ? old : resultOf(origin, unit, shared);
  });
  const pass = { shared, units, results, across: (quiet && sameAcross(quiet, units)) ?? acrossOf(origin) };
  // What nobody edits is not looked at again soon.
  if (origin.index.isOpen(origin.file.uri)) memory.set(key, pass);
  else memory.delete(key);
  return pass;
}

/** Whether nothing changed that one unit can see of another. */
function isQuiet(before: Pass, { document }: Origin, shared: Shared): boolean {
  if (document.kind !== 'Pipeline' || before.units.length !== document.units.length || !isSame(before.shared, shared))
    return false;
  return document.units.every((unit, index) => {
    const old = before.units[index];
    if (old?.symbols === unit.symbols) return true;
    return (
      old !== undefined &&
      old.name === unit.name &&
      old.section === unit.section &&
      old.symbols.step?.signature === unit.symbols.step?.signature &&
      linksOf(old.symbols) === linksOf(unit.symbols)
    );
  });
}

function resultOf(origin: Origin, unit: Unit, shared: Shared): UnitResult {
  const before = unit.symbols.step ? kept.get(unit.symbols) : undefined;
  if (before && isSame(before.shared, shared) && before.steps.every(([name, look]) => lookOf(origin, name) === look))
    return before.result;
  const { findings, isSteady, seen } = findingsOf(origin, unit);
  const values = [...checkValues(unit, textsOf(origin, unit)), ...checkSeverityCodes(unit.symbols)];
  const result = { findings, isSteady, values, namesFiles: namesFiles(unit), namesModels: namesModels(unit) };
  if (isSteady && unit.symbols.step) {
    kept.set(unit.symbols, { shared, steps: [...seen].map((name) => [name, lookOf(origin, name)] as const), result });
  }
  return result;
}

function acrossOf({ file, document }: Origin): Across[] {
  if (document.kind !== 'Pipeline') return [];
  const found = [...checkCycles(file, document), ...checkUnused(document)];
  if (found.length === 0) return [];
  const positions = new Map(document.units.map((unit, at) => [unit, at]));
  return found.map(({ unit, finding }) => ({ at: positions.get(unit) ?? -1, finding }));
}

/** What was said across units before, where it still points at the same places: into units that are as they were. */
function sameAcross(before: Pass, units: readonly Unit[]): readonly Across[] | null {
  const holds = before.across.every(
    ({ at, finding }) => finding.related === undefined && before.units[at]?.symbols === units[at]?.symbols,
  );
  return holds ? before.across : null;
}

const links = keptWith<UnitSymbols, string>();

/** What a unit needs, offers and uses: what circles and unused names are told by. */
function linksOf(symbols: UnitSymbols): string {
  let text = links.get(symbols);
  if (text === undefined) {
    text = JSON.stringify([
      [...(symbols.step?.needs.keys() ?? [])],
      [...(symbols.step?.outputs.values() ?? [])].map(({ name, type }) => [name, type]),
      namesUsedBy(symbols),
      symbols.incomplete,
      [...symbols.params.keys()],
    ]);
    links.set(symbols, text);
  }
  return text;
}

const naming = keptWith<UnitSymbols, boolean>();

function namesModels({ symbols, section }: Unit): boolean {
  // Steps are many, and name models by expressions alone.
  return section === null && symbols.references.some(({ kind }) => kind === 'modelVersion');
}

function namesFiles(unit: Unit): boolean {
  let names = naming.get(unit.symbols);
  if (names === undefined) {
    names = unit.symbols.references.some(
      ({ kind }) => kind === 'pipelineFile' || kind === 'entrypoint' || kind === 'file',
    );
    naming.set(unit.symbols, names);
  }
  return names;
}

interface Kept {
  readonly shared: Shared;
  readonly steps: readonly (readonly [string, string])[];
  readonly result: UnitResult;
}
const kept = keptWith<UnitSymbols, Kept>();

/** What every unit of a document may look at besides its steps. */
interface Shared {
  readonly revision: number;
  readonly params: DocumentSymbols['params'];
  readonly inputs: DocumentSymbols['inputs'];
  readonly uri: string;
}

function sharedSignature({ document, index, file }: Origin): Shared {
  return {
    // Changes of the file itself are seen by way of its steps; those of others by the count of them.
    revision: index.revisionWithout(file.uri),
    params: document.params,
    inputs: document.inputs,
    uri: file.uri,
  };
}

function findingsOf(
  origin: Origin,
  unit: Unit,
): { findings: readonly MeaningFinding[]; isSteady: boolean; seen: ReadonlySet<string> } {
  const { symbols } = unit;
  if (symbols.expressions.length === 0 && symbols.references.length === 0) return silence;
  const seen = new Set<string>(symbols.step?.needs.keys() ?? []);
  const findings = [
    ...checkReferences(origin, unit),
    ...checkMissingArguments(origin, unit),
    ...checkExpressionMeaning(origin, unit, (step) => seen.add(step)),
    ...checkDataFlow(origin, unit),
  ];
  // What is not there yet may come under any name, and places elsewhere move: only the rest can be kept.
  const isSteady =
    symbols.step !== null &&
    [...seen].every((name) => origin.document.steps.has(name)) &&
    findings.every(({ related }) => related === undefined);
  return { findings, isSteady, seen };
}

const silence = { findings: [], isSteady: true, seen: new Set<string>() };

function isSame(a: Shared, b: Shared): boolean {
  return a.revision === b.revision && a.params === b.params && a.inputs === b.inputs && a.uri === b.uri;
}

function lookOf({ document }: Origin, step: string): string {
  return document.steps.get(step)?.symbols.step?.signature ?? '';
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
    severity: finding.severity ?? diagnosticCodes[finding.code],
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

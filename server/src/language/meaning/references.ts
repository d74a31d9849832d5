import { keptWith } from '../../platform/kept-with.ts';
import type { DiagnosticCode } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { type DocumentSymbols, definitionsOf, type Unit } from '../symbols/file-symbols.ts';
import { type Origin, resolve, usedBy } from '../symbols/resolve.ts';
import type { ReferenceKind, SymbolKind, SymbolReference } from '../symbols/symbol.ts';
import type { MeaningFinding } from './finding.ts';

interface Checked {
  readonly code: DiagnosticCode;
  readonly noun: string;
  /** The key of the document that the definitions stand below. */
  readonly section: string;
  /** Where they are: in the same document, in the Workspace documents in sight, or in Model documents. */
  readonly where: 'document' | 'workspace' | 'models';
}

const checked: Partial<Record<ReferenceKind, Checked>> = {
  step: { code: 'unknown-step', noun: 'step', section: 'steps', where: 'document' },
  param: { code: 'unknown-param', noun: 'param', section: 'params', where: 'document' },
  input: { code: 'unknown-input', noun: 'input', section: 'inputs', where: 'document' },
  analysis: { code: 'unknown-analysis', noun: 'analysis', section: 'analysis', where: 'document' },
  detector: { code: 'unknown-detector', noun: 'detector', section: 'drift', where: 'document' },
  environment: { code: 'unknown-environment', noun: 'environment', section: 'environments', where: 'workspace' },
  channel: { code: 'unknown-channel', noun: 'channel', section: 'alerting', where: 'workspace' },
  role: { code: 'unknown-role', noun: 'role', section: 'access', where: 'workspace' },
  stage: { code: 'unknown-stage', noun: 'stage', section: 'stages', where: 'models' },
};

/** References outside of expressions to what is not there. Where the definitions may be out of sight, nothing is said. */
export function checkReferences(origin: Origin, unit: Unit): MeaningFinding[] {
  return unit.symbols.references.flatMap((reference) => {
    if (reference.inExpression) return [];
    if (reference.kind === 'argument') return checkArgument(origin, reference);
    const check = checked[reference.kind];
    if (!check) return [];
    const sources = sourcesOf(origin, check.where);
    if (!sources.every((document) => isReadable(document, check.section))) return [];
    if (sources.length === 0) return [];
    const kind = reference.kind as SymbolKind;
    const targets =
      check.where === 'document' && kind === 'step'
        ? stepTargets(origin, unit, reference.name)
        : resolve(reference, origin);
    if (targets.length > 0) return [];
    return [unknown(reference, check, namesIn(sources, kind), origin)];
  });
}

const namesOfKinds = keptWith<DocumentSymbols, Map<SymbolKind, readonly string[]>>();

/** The names of one kind that some documents define. */
function namesIn(sources: readonly DocumentSymbols[], kind: SymbolKind): readonly string[] {
  const [only] = sources;
  if (only && sources.length === 1) return namesOf(only, kind);
  return [...new Set(sources.flatMap((document) => namesOf(document, kind)))];
}

function namesOf(document: DocumentSymbols, kind: SymbolKind): readonly string[] {
  const kinds = namesOfKinds.get(document) ?? new Map<SymbolKind, readonly string[]>();
  namesOfKinds.set(document, kinds);
  const known = kinds.get(kind);
  if (known) return known;
  const names = [...new Set(definitionsOf(document, kind).map(({ definition }) => definition.name))];
  kinds.set(kind, names);
  return names;
}

function stepTargets(origin: Origin, unit: Unit, name: string): readonly unknown[] {
  const found = origin.document.steps.get(name);
  return found && (found.section === 'steps' || unit.section !== 'steps') ? [found] : [];
}

function unknown(reference: SymbolReference, check: Checked, names: readonly string[], origin: Origin): MeaningFinding {
  const meant = didYouMean(reference.name, names);
  const late = check.noun === 'step' && origin.document.steps.get(reference.name)?.section === 'finally';
  const known =
    names.length === 0
      ? ` None is defined.`
      : names.length <= 12
        ? ` There is ${names.map((name) => `\`${name}\``).join(', ')}.`
        : '';
  const hint = late ? ' It runs at the end, under `finally`.' : meant[0] ? ` Did you mean \`${meant[0]}\`?` : known;
  return {
    code: check.code,
    span: reference.span,
    message: `There is no ${check.noun} \`${reference.name}\`.${hint}`,
    replacements: late ? [] : meant,
  };
}

function sourcesOf(origin: Origin, where: Checked['where']): readonly DocumentSymbols[] {
  if (where === 'document') return [origin.document];
  if (where === 'models') return origin.index.documents('Model').map(({ document }) => document);
  return origin.index.workspacesFor(origin.file.uri).map(({ document }) => document);
}

function isReadable(document: DocumentSymbols, section: string): boolean {
  return !document.unreadable && !document.incomplete.has(section);
}

/** Keys of `with` where another pipeline is used: they are its params and inputs. */
function checkArgument(origin: Origin, reference: SymbolReference): MeaningFinding[] {
  const used = usedBy(origin, reference.owner);
  if (!used || !isReadable(used.document, 'params') || !isReadable(used.document, 'inputs')) return [];
  const names = [...used.document.params.keys(), ...used.document.inputs.keys()];
  if (names.includes(reference.name)) return [];
  const meant = didYouMean(reference.name, names);
  const hint = meant[0] ? ` Did you mean \`${meant[0]}\`?` : names.length > 0 ? ` It takes ${names.join(', ')}.` : '';
  const pipeline = used.document.name ?? 'used';
  return [
    {
      code: 'unknown-argument',
      span: reference.span,
      message: `The pipeline \`${pipeline}\` takes no \`${reference.name}\`.${hint}`,
      replacements: meant,
    },
  ];
}

/** Params without a default that a used pipeline is not given. */
export function checkMissingArguments(origin: Origin, unit: Unit): MeaningFinding[] {
  const step = unit.symbols.step;
  const used = step?.uses && !step.incomplete ? usedBy(origin, step.name) : null;
  if (!step?.uses || !used || !isReadable(used.document, 'params')) return [];
  const missing = [...used.document.params.values()].filter(
    ({ name, hasDefault }) => !hasDefault && !step.arguments.has(name),
  );
  if (missing.length === 0) return [];
  const list = missing.map(({ name }) => `\`${name}\``).join(', ');
  const message = `The pipeline \`${used.document.name ?? step.uses.path}\` needs ${list} in \`with\`.`;
  return [{ code: 'missing-argument', span: step.uses.span, message }];
}

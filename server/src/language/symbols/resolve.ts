import type { DocumentSymbols, Unit } from './file-symbols.ts';
import { definitionsOf } from './file-symbols.ts';
import type { SymbolDefinition, SymbolKind, SymbolReference } from './symbol.ts';
import type { IndexedFile, WorkspaceIndex } from './workspace-index.ts';

/** A definition and where it is. */
export interface Target {
  readonly file: IndexedFile;
  readonly document: DocumentSymbols;
  readonly unit: Unit;
  readonly definition: SymbolDefinition;
}

/** Where a reference stands. */
export interface Origin {
  readonly index: WorkspaceIndex;
  readonly file: IndexedFile;
  readonly document: DocumentSymbols;
}

/** What a reference means: no target where nothing of the kind is known, several where several files define it. */
export function resolve(reference: SymbolReference, origin: Origin): Target[] {
  const { name, owner } = reference;
  const { index, file, document } = origin;
  const here = { file, document };
  switch (reference.kind) {
    case 'step':
      return inUnit(here, document.steps.get(name), 'step', name);
    case 'stepInput':
    case 'matrix':
      return inUnit(here, document.steps.get(owner), reference.kind, name);
    case 'stepOutput':
      return stepOutput(origin, owner, name);
    case 'inputs': {
      const own = inUnit(here, document.steps.get(owner), 'stepInput', name);
      return own.length > 0 ? own : inDocument(here, 'input', name);
    }
    case 'argument': {
      const used = usedBy(origin, owner);
      if (!used) return [];
      const inputs = inDocument(used, 'input', name);
      return inputs.length > 0 ? inputs : inDocument(used, 'param', name);
    }
    case 'pipelineFile': {
      const used = index.pipelineAt(file.uri, name);
      return used ? inDocument(used, 'document') : [];
    }
    case 'environment':
    case 'channel':
    case 'role':
    case 'tracker':
      return index.workspacesFor(file.uri).flatMap((each) => inDocument(each, kindOf(reference), name));
    case 'stage':
      return index.documents('Model').flatMap((each) => inDocument(each, 'stage', name));
    case 'model':
      return index.documents('Model').flatMap((each) => inDocument(each, 'document', name));
    case 'param':
    case 'input':
    case 'output':
    case 'analysis':
    case 'detector':
    case 'metric':
    case 'document':
      return inDocument(here, reference.kind, name);
    default:
      return [];
  }
}

function kindOf(reference: SymbolReference): SymbolKind {
  return reference.kind === 'environment' || reference.kind === 'channel' || reference.kind === 'role'
    ? reference.kind
    : 'tracker';
}

/** The pipeline that a step of the document uses. */
export function usedBy(origin: Origin, step: string): Pick<Target, 'file' | 'document'> | null {
  const uses = origin.document.steps.get(step)?.symbols.step?.uses;
  return uses ? origin.index.pipelineAt(origin.file.uri, uses.path) : null;
}

function stepOutput(origin: Origin, step: string, name: string): Target[] {
  const declared = inUnit(origin, origin.document.steps.get(step), 'stepOutput', name);
  if (declared.length > 0) return declared;
  const used = usedBy(origin, step);
  return used ? inDocument(used, 'output', name) : [];
}

function inUnit(
  { file, document }: Pick<Target, 'file' | 'document'>,
  unit: Unit | undefined,
  kind: SymbolKind,
  name: string,
): Target[] {
  if (!unit) return [];
  return unit.symbols.definitions
    .filter((definition) => definition.kind === kind && definition.name === name)
    .map((definition) => ({ file, document, unit, definition }));
}

function inDocument(place: Pick<Target, 'file' | 'document'>, kind: SymbolKind, name?: string): Target[] {
  return definitionsOf(place.document, kind)
    .filter(({ definition }) => name === undefined || definition.name === name)
    .map((found) => ({ file: place.file, document: place.document, ...found }));
}

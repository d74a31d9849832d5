import { isKind, type Kind } from '#schemas/config/document.ts';
import { keptWith } from '../../platform/kept-with.ts';
import { keyText } from '../schema/check-value.ts';
import { schemaOf } from '../schema/schema-model.ts';
import type { Pair } from '../syntax/ast.ts';
import type { Branch, Chunk, Container, Parsed, Source, SourceDocument } from '../syntax/source.ts';
import { entriesOf } from '../syntax/walk.ts';
import { extract } from './extract.ts';
import type { Artifact, Parameter, SymbolDefinition, UnitSymbols } from './symbol.ts';
import { headerPair, isBroken, type Span, type UnitView, unitOfBranch, unitsOfPairs } from './view.ts';

/** A step, or another entry of a document, with what it says and where its chunks are now. */
export interface Unit {
  readonly name: string;
  readonly section: 'steps' | 'finally' | null;
  readonly chunks: readonly Chunk[];
  readonly symbols: UnitSymbols;
}

export interface DocumentSymbols {
  readonly document: SourceDocument;
  readonly kind: Kind | null;
  readonly name: string | null;
  readonly units: readonly Unit[];
  /** Steps of `steps` and of `finally` by name. */
  readonly steps: ReadonlyMap<string, Unit>;
  readonly params: ReadonlyMap<string, Parameter>;
  readonly inputs: ReadonlyMap<string, Artifact>;
  /** Top-level keys of which something could not be read, or is merged from elsewhere. */
  readonly incomplete: ReadonlySet<string>;
  /** All of it is: a merge at the top, or lines that are no entries. */
  readonly unreadable: boolean;
}

export interface FileSymbols {
  readonly source: Source;
  readonly documents: readonly DocumentSymbols[];
}

/** The symbols of a file. What an edit did not touch is taken over from before by way of the chunks' parses. */
export function fileSymbols(source: Source): FileSymbols {
  return { source, documents: source.documents.map((document) => documentSymbols(source, document)) };
}

const noParams: ReadonlyMap<string, Parameter> = new Map();
const noArtifacts: ReadonlyMap<string, Artifact> = new Map();

/** The offset in the file at which a span of a unit starts now. */
export function offsetOf(unit: Unit, span: Span): number {
  return (unit.chunks[span.part]?.offset ?? 0) + span.start;
}

/** All definitions of one kind in a document, with their units. */
export function definitionsOf(
  document: DocumentSymbols,
  kind: SymbolDefinition['kind'],
): { unit: Unit; definition: SymbolDefinition }[] {
  return document.units.flatMap((unit) =>
    unit.symbols.definitions.flatMap((definition) => (definition.kind === kind ? [{ unit, definition }] : [])),
  );
}

function documentSymbols(source: Source, document: SourceDocument): DocumentSymbols {
  const { body } = document;
  const empty = {
    document,
    kind: null,
    name: null,
    units: [],
    steps: new Map(),
    params: noParams,
    inputs: noArtifacts,
  };
  if (body === null || body.type === 'seq') return { ...empty, incomplete: new Set(), unreadable: true };
  const kind = kindOfBody(body);
  if (kind === null) return { ...empty, incomplete: new Set(), unreadable: true };
  const collected = new Collected(source, kind);
  collected.body(body);
  return collected.result(document);
}

function kindOfBody(body: Container | Chunk): Kind | null {
  const value = entriesOf(body).find((entry) => keyText(entry.pair.key) === 'kind')?.pair.value;
  return value?.type === 'scalar' && isKind(value.value) ? value.value : null;
}

class Collected {
  readonly #source: Source;
  readonly #kind: Kind;
  readonly #units: Unit[] = [];
  readonly #steps = new Map<string, Unit>();
  readonly #incomplete = new Set<string>();
  #unreadable = false;

  constructor(source: Source, kind: Kind) {
    this.#source = source;
    this.#kind = kind;
  }

  body(body: Container | Chunk): void {
    const parts: readonly (Chunk | Branch)[] = body.type === 'leaf' ? [body] : body.entries;
    for (const part of parts) {
      if (part.type === 'leaf') this.#leaf(part);
      else this.#branch(part);
    }
  }

  #leaf(chunk: Chunk): void {
    const root = chunk.parsed.root;
    if (isBroken(chunk) || (root !== null && root.type !== 'map')) this.#unreadable = true;
    if (root?.type !== 'map') return;
    for (const unit of unitsOfPairs(chunk, root.items)) {
      const { value } = unit.pair;
      if (!this.#isKnown(unit.name)) this.#unreadable = true;
      else if (isSteps(this.#kind, unit.name)) {
        if (value?.type === 'map') this.#stepsOf(unit.name, unitsOfPairs(chunk, value.items));
        else if (value !== null) this.#incomplete.add(unit.name);
      } else this.#add(unit, null);
    }
  }

  #branch(branch: Branch): void {
    const pair = headerPair(branch);
    const name = pair && keyText(pair.key);
    if (!pair || name === null || branch.misplaced) this.#unreadable = true;
    if (name === null) return;
    if (!this.#isKnown(name)) {
      this.#unreadable = true;
      return;
    }
    if (!isSteps(this.#kind, name)) {
      const unit = unitOfBranch(branch);
      if (unit) this.#add(unit, null);
      return;
    }
    for (const entry of branch.body.entries) this.#stepEntry(name, entry);
  }

  /** What stands under a key that is none (a letter typed at a line's start) belongs elsewhere; nobody can say where. */
  #isKnown(name: string): boolean {
    return schemaOf(this.#kind).properties.has(name);
  }

  #stepEntry(section: 'steps' | 'finally', entry: Chunk | Branch): void {
    if (entry.type === 'branch') {
      const unit = unitOfBranch(entry);
      if (!unit || entry.misplaced) this.#incomplete.add(section);
      if (unit) this.#stepsOf(section, [unit]);
      return;
    }
    const known = knownSteps.get(entry.parsed);
    if (known && known.place === section && entry.misplaced === null) {
      for (const { name, symbols } of known.steps) this.#push({ name, section, chunks: [entry], symbols });
      return;
    }
    const { root } = entry.parsed;
    if (isBroken(entry) || (root !== null && root.type !== 'map')) this.#incomplete.add(section);
    if (root?.type !== 'map') return;
    const from = this.#units.length;
    this.#stepsOf(section, unitsOfPairs(entry, root.items));
    if (!isBroken(entry) && !root.items.some(({ key }) => keyText(key) === '<<'))
      knownSteps.set(entry.parsed, {
        place: section,
        steps: this.#units.slice(from).map(({ name, symbols }) => ({ name, symbols })),
      });
  }

  #stepsOf(section: 'steps' | 'finally', units: readonly UnitView[]): void {
    for (const unit of units) {
      if (unit.name === '<<') this.#incomplete.add(section);
      else this.#add(unit, section);
    }
  }

  #add(view: UnitView, section: Unit['section']): void {
    const symbols = keptSymbols(view, { kind: this.#kind, section, source: this.#source });
    this.#push({ name: view.name, section, chunks: view.chunks, symbols });
  }

  #push(unit: Unit): void {
    this.#units.push(unit);
    if (unit.section !== null) {
      if (!this.#steps.has(unit.name)) this.#steps.set(unit.name, unit);
    } else if (unit.symbols.incomplete) this.#incomplete.add(unit.name);
  }

  result(document: SourceDocument): DocumentSymbols {
    const top = (name: string) => this.#units.find((unit) => unit.section === null && unit.name === name);
    const name = top('metadata')?.symbols.definitions.find(({ kind }) => kind === 'document')?.name ?? null;
    return {
      document,
      kind: this.#kind,
      name,
      units: this.#units,
      steps: this.#steps,
      params: top('params')?.symbols.params ?? noParams,
      inputs: top('inputs')?.symbols.inputs ?? noArtifacts,
      incomplete: this.#incomplete,
      unreadable: this.#unreadable,
    };
  }
}

function isSteps(kind: Kind, name: string): name is 'steps' | 'finally' {
  return kind === 'Pipeline' && (name === 'steps' || name === 'finally');
}

/** The steps of a chunk that is nothing but steps, found again by its parse without a look at its tree. */
const knownSteps = keptWith<
  Parsed,
  { readonly place: string; readonly steps: readonly Pick<Unit, 'name' | 'symbols'>[] }
>();

interface Kept {
  readonly place: string;
  readonly parsed: readonly Parsed[];
  readonly symbols: UnitSymbols;
}
const kept = keptWith<Pair, Kept>();

/** A unit's symbols from before, where each of its chunks still has the same text and it stands in the same place. */
function keptSymbols(
  view: UnitView,
  at: { readonly kind: Kind; readonly section: Unit['section']; readonly source: Source },
): UnitSymbols {
  const place = `${at.kind}/${at.section ?? ''}/${view.chunks.some(isBroken)}`;
  const before = kept.get(view.pair);
  if (before?.place === place && before.parsed.length === view.chunks.length) {
    if (view.chunks.every((chunk, index) => chunk.parsed === before.parsed[index])) return before.symbols;
  }
  const text = (part: number) => {
    const chunk = view.chunks[part];
    return chunk ? at.source.text.slice(chunk.offset, chunk.offset + chunk.length) : '';
  };
  const symbols = extract(view, { kind: at.kind, section: at.section, text });
  kept.set(view.pair, { place, parsed: view.chunks.map((chunk) => chunk.parsed), symbols });
  return symbols;
}

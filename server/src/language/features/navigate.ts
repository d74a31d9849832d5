import { nameOfPath } from '../symbols/file-summary.ts';
import { offsetOf, type Unit } from '../symbols/file-symbols.ts';
import { resolve, type Target } from '../symbols/resolve.ts';
import type { SymbolReference } from '../symbols/symbol.ts';
import { type IndexedFile, resolveUri, type WorkspaceIndex } from '../symbols/workspace-index.ts';
import { type Location, locationOf, type Place, rangeOfSpan, type SymbolAt, symbolAt, targetsAt } from './symbol-at.ts';

/** Where the name at a position is defined; for a path, the beginning of the file. */
export function definition(place: Place): Location[] {
  const at = symbolAt(place);
  if (!at) return [];
  const targets = targetsAt(at, place.index);
  if (targets.length > 0) return targets.map(locationOf);
  const uri = at.reference && fileOf(at.reference, place.uri);
  return uri ? [{ uri, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } }] : [];
}

/** Every place that names what the name at a position stands for, in all files. */
export function references(place: Place, options: { readonly includeDeclaration: boolean }): Location[] {
  const at = symbolAt(place);
  if (!at) return [];
  const targets = targetsAt(at, place.index);
  if (targets.length === 0) return at.reference ? unresolved(at, at.reference) : [];
  const found = uses(targets, place.index).map(({ location }) => location);
  return options.includeDeclaration ? [...targets.map(locationOf), ...found] : found;
}

/** The places of one file that name the same thing as the one at a position. */
export function highlights(place: Place): (Location & { readonly isDefinition: boolean })[] {
  const at = symbolAt(place);
  if (!at) return [];
  const targets = targetsAt(at, place.index);
  if (targets.length === 0)
    return references(place, { includeDeclaration: true }).map((each) => ({ ...each, isDefinition: false }));
  const own = (location: Location) => location.uri === place.uri;
  return [
    ...targets
      .map(locationOf)
      .filter(own)
      .map((each) => ({ ...each, isDefinition: true })),
    ...uses(targets, place.index).flatMap(({ location }) =>
      own(location) ? [{ ...location, isDefinition: false }] : [],
    ),
  ];
}

export interface Use {
  readonly reference: SymbolReference;
  readonly location: Location;
}

/** All references in the workspace that mean one of some definitions. */
export function uses(targets: readonly Target[], index: WorkspaceIndex): Use[] {
  return [...usesOf(targets, index)].map(({ reference, file, unit }) => ({
    reference,
    location: { uri: file.uri, range: rangeOfSpan(file, unit, reference.span) },
  }));
}

export interface Meant {
  readonly reference: SymbolReference;
  readonly file: IndexedFile;
  readonly unit: Unit;
  /** Those of the definitions that it means, by their places. */
  readonly places: readonly string[];
}

/** The references in the workspace to some definitions, by name or by the path of their file; from one walk for all. */
export function* usesOf(targets: readonly Target[], index: WorkspaceIndex): Generator<Meant> {
  // By place, not by identity: a file that is not open may be read anew in between.
  const wanted = new Set(targets.map(placeOf));
  const names = new Set(targets.map(({ definition }) => definition.name));
  // A path stands for the pipeline that is in that file, whatever its name.
  const paths = new Set(
    targets.flatMap(({ definition, file }) =>
      definition.kind === 'document' ? [nameOfPath(decodeURIComponent(file.uri))] : [],
    ),
  );
  const isNamed = ({ kind, name }: SymbolReference) =>
    kind === 'pipelineFile' ? paths.has(nameOfPath(name)) : names.has(name);
  for (const file of index.filesWith(new Set([...names, ...paths]))) {
    for (const document of file.symbols.documents) {
      for (const unit of document.units) {
        for (const reference of unit.symbols.references) {
          if (!isNamed(reference)) continue;
          const places = resolve(reference, { index, file, document }).map(placeOf);
          const meant = places.filter((place) => wanted.has(place));
          if (meant.length > 0) yield { reference, file, unit, places: meant };
        }
      }
    }
  }
}

/** Names a definition by where it stands: a file that is not open may be read anew in between. */
export function placeOf({ file, unit, definition }: Target): string {
  return `${file.uri} ${offsetOf(unit, definition.span)} ${definition.kind}`;
}

/** A name without a definition (a secret, an environment variable, something misspelt): the same name in the document. */
function unresolved({ file, document }: SymbolAt, wanted: SymbolReference): Location[] {
  return document.units.flatMap((unit) =>
    unit.symbols.references
      .filter(({ kind, name, owner }) => kind === wanted.kind && name === wanted.name && owner === wanted.owner)
      .map(({ span }) => ({ uri: file.uri, range: rangeOfSpan(file, unit, span) })),
  );
}

/** The file that a reference names by its path. */
export function fileOf({ kind, name }: SymbolReference, uri: string): string | null {
  if (name.includes('${{')) return null;
  if (kind === 'pipelineFile' || kind === 'file') return resolveUri(uri, name);
  if (kind !== 'entrypoint') return null;
  const file = /^(.+\.py):/.exec(name)?.[1];
  return file ? resolveUri(uri, file) : null;
}

/** Paths of a file as links. */
export function links(place: Omit<Place, 'position'>): (Location & { readonly target: string })[] {
  const file = place.index.get(place.uri);
  if (!file) return [];
  return file.symbols.documents.flatMap(({ units }) =>
    units.flatMap((unit) =>
      unit.symbols.references.flatMap((reference) => {
        const target = fileOf(reference, place.uri);
        return target ? [{ uri: place.uri, range: rangeOfSpan(file, unit, reference.span), target }] : [];
      }),
    ),
  );
}

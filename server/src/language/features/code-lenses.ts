import { resolve, type Target } from '../symbols/resolve.ts';
import type { SymbolKind } from '../symbols/symbol.ts';
import type { WorkspaceIndex } from '../symbols/workspace-index.ts';
import { placeOf } from './navigate.ts';
import { type Range, rangeOfSpan } from './symbol-at.ts';

export interface CodeLens {
  readonly range: Range;
  /** How many places refer to what is named there; at least one. */
  readonly references: number;
}

/** What other documents and steps refer to by name. Params and outputs are left out: too many lines would move. */
const counted: ReadonlySet<SymbolKind> = new Set(['document', 'step', 'environment', 'channel', 'analysis', 'stage']);

/** Above what something in the workspace refers to: how often. Costs one walk over the references to those names. */
export function codeLenses(index: WorkspaceIndex, uri: string): CodeLens[] {
  const targets = definitionsOf(index, uri);
  if (targets.length === 0) return [];
  const counts = new Map(targets.map((target) => [placeOf(target), 0]));
  const names = new Set(targets.map(({ definition }) => definition.name));
  for (const place of placesReferredTo(names, index)) {
    const count = counts.get(place);
    if (count !== undefined) counts.set(place, count + 1);
  }
  return targets.flatMap((target) => {
    const references = counts.get(placeOf(target)) ?? 0;
    return references > 0 ? [{ range: rangeOfSpan(target.file, target.unit, target.definition.span), references }] : [];
  });
}

/** The definition that each reference by one of some names means. */
function* placesReferredTo(names: ReadonlySet<string>, index: WorkspaceIndex): Generator<string> {
  for (const file of index.filesWith(names)) {
    for (const document of file.symbols.documents) {
      for (const { symbols } of document.units) {
        for (const reference of symbols.references) {
          if (names.has(reference.name)) yield* resolve(reference, { index, file, document }).map(placeOf);
        }
      }
    }
  }
}

function definitionsOf(index: WorkspaceIndex, uri: string): Target[] {
  const file = index.get(uri);
  if (!file) return [];
  return file.symbols.documents.flatMap((document) =>
    document.units.flatMap((unit) =>
      unit.symbols.definitions
        .filter(({ kind }) => counted.has(kind))
        .map((definition) => ({ file, document, unit, definition })),
    ),
  );
}

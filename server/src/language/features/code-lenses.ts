import type { Target } from '../symbols/resolve.ts';
import type { SymbolKind } from '../symbols/symbol.ts';
import type { WorkspaceIndex } from '../symbols/workspace-index.ts';
import { placeOf, usesOf } from './navigate.ts';
import { type Range, rangeOfSpan } from './symbol-at.ts';

export interface CodeLens {
  readonly range: Range;
  /** How many places refer to what is named there; at least one. */
  readonly references: number;
}

/** What other documents and steps refer to by name. Params and outputs are left out: too many lines would move. */
const counted: ReadonlySet<SymbolKind> = new Set(['document', 'step', 'environment', 'channel', 'analysis', 'stage']);

/** Above what something in the workspace refers to: how often, as Find All References counts. Costs one walk for all of them. */
export function codeLenses(index: WorkspaceIndex, uri: string): CodeLens[] {
  const targets = definitionsOf(index, uri);
  if (targets.length === 0) return [];
  const counts = new Map(targets.map((target) => [placeOf(target), 0]));
  for (const { places } of usesOf(targets, index)) {
    for (const place of places) counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return targets.flatMap((target) => {
    const references = counts.get(placeOf(target)) ?? 0;
    return references > 0 ? [{ range: rangeOfSpan(target.file, target.unit, target.definition.span), references }] : [];
  });
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

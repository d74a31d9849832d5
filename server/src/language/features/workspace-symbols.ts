import type { Target } from '../symbols/resolve.ts';
import type { SymbolKind } from '../symbols/symbol.ts';
import type { WorkspaceIndex } from '../symbols/workspace-index.ts';
import { type Location, rangeOfSpan } from './symbol-at.ts';

export interface WorkspaceSymbol {
  readonly name: string;
  readonly kind: SymbolKind;
  /** The document, or the step, that it is in. */
  readonly container: string;
  readonly location: Location;
}

/** More than an editor shows; who looks for something types more. */
const MAX_SYMBOLS = 500;

/** Definitions whose name has the letters of a query in their order. */
export function workspaceSymbols(index: WorkspaceIndex, query: string): WorkspaceSymbol[] {
  const wanted = query.toLowerCase();
  const found: WorkspaceSymbol[] = [];
  for (const { file, document, unit, definition } of allDefinitions(index, wanted)) {
    if (!hasInOrder(definition.name.toLowerCase(), wanted)) continue;
    const outer = definition.kind === 'document' ? document.kind : document.name;
    const location = { uri: file.uri, range: rangeOfSpan(file, unit, definition.span) };
    found.push({
      name: definition.name,
      kind: definition.kind,
      container: definition.owner || (outer ?? ''),
      location,
    });
    if (found.length >= MAX_SYMBOLS) break;
  }
  return found;
}

function* allDefinitions(index: WorkspaceIndex, wanted: string): Generator<Target> {
  for (const file of index.files()) {
    // A file that is not open is read again only where something in it may be what is looked for.
    if (file.summary && !hasInOrder(file.summary.names.toLowerCase(), wanted)) continue;
    for (const document of file.symbols.documents)
      for (const unit of document.units)
        for (const definition of unit.symbols.definitions) yield { file, document, unit, definition };
  }
}

function hasInOrder(text: string, letters: string): boolean {
  let from = 0;
  for (const letter of letters) {
    const at = text.indexOf(letter, from);
    if (at < 0) return false;
    from = at + letter.length;
  }
  return true;
}

import { rangeOf } from '../diagnostics/ranges.ts';
import type { DocumentSymbols, Unit } from '../symbols/file-symbols.ts';
import { resolve, type Target } from '../symbols/resolve.ts';
import type { SymbolDefinition, SymbolReference } from '../symbols/symbol.ts';
import type { Span } from '../symbols/view.ts';
import type { IndexedFile, WorkspaceIndex } from '../symbols/workspace-index.ts';
import type { Position } from './cursor.ts';
import { offsetAt } from './locate.ts';

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface Location {
  readonly uri: string;
  readonly range: Range;
}

/** A position in a file of the workspace. */
export interface Place {
  readonly index: WorkspaceIndex;
  readonly uri: string;
  readonly position: Position;
}

/** The name at a position: what it defines, or what it refers to. */
export interface SymbolAt {
  readonly file: IndexedFile;
  readonly document: DocumentSymbols;
  readonly unit: Unit;
  readonly span: Span;
  readonly definition: SymbolDefinition | null;
  readonly reference: SymbolReference | null;
}

export function symbolAt({ index, uri, position }: Place): SymbolAt | null {
  const file = index.get(uri);
  if (!file) return null;
  const offset = offsetAt(file.symbols.source, position);
  for (const document of file.symbols.documents) {
    const { firstLine, endLine } = document.document;
    if (position.line < firstLine || position.line >= endLine) continue;
    for (const unit of document.units) {
      const part = unit.chunks.findIndex((chunk) => offset >= chunk.offset && offset <= chunk.offset + chunk.length);
      if (part < 0) continue;
      const found = inUnit(unit, part, offset - (unit.chunks[part]?.offset ?? 0));
      if (found) return { file, document, unit, ...found };
    }
  }
  return null;
}

function inUnit(unit: Unit, part: number, offset: number): Pick<SymbolAt, 'span' | 'definition' | 'reference'> | null {
  const touches = ({ span }: { readonly span: Span }) =>
    span.part === part && span.start <= offset && offset <= span.end;
  const reference = unit.symbols.references.find(touches);
  if (reference) return { span: reference.span, definition: null, reference };
  const definition = unit.symbols.definitions.find(touches);
  return definition ? { span: definition.span, definition, reference: null } : null;
}

/** The definitions that a name stands for; itself where it is one. */
export function targetsAt(at: SymbolAt, index: WorkspaceIndex): Target[] {
  const { file, document, unit, definition, reference } = at;
  if (definition) return [{ file, document, unit, definition }];
  return reference ? resolve(reference, { index, file, document }) : [];
}

export function rangeOfSpan(file: IndexedFile, unit: Unit, span: Span): Range {
  const chunk = unit.chunks[span.part];
  if (!chunk) return { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  const range = rangeOf(span, chunk, file.symbols.source.lines);
  return {
    start: { line: range.startLine + chunk.firstLine, character: range.startCharacter },
    end: { line: range.endLine + chunk.firstLine, character: range.endCharacter },
  };
}

export function locationOf({ file, unit, definition }: Target): Location {
  return { uri: file.uri, range: rangeOfSpan(file, unit, definition.span) };
}

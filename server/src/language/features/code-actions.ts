import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { DocumentSymbols } from '../symbols/file-symbols.ts';
import type { Origin } from '../symbols/resolve.ts';
import type { IndexedFile, WorkspaceIndex } from '../symbols/workspace-index.ts';
import type { CodeAction } from './actions/action.ts';
import { addMissingKeys } from './actions/add-missing-keys.ts';
import { createFile } from './actions/create-file.ts';
import { createStep } from './actions/create-step.ts';
import { extractStep } from './actions/extract-step.ts';
import { literalToParam } from './actions/literal-to-param.ts';
import { suppress } from './actions/suppress.ts';
import type { Position } from './cursor.ts';
import type { TextEdit } from './format.ts';

/** What could be done about a diagnostic of a file. Without the index, nothing that other files have a part in. */
export function codeActions(file: IndexedFile, diagnostic: Diagnostic, index?: WorkspaceIndex): CodeAction[] {
  const document = documentAt(file, diagnostic.range.startLine);
  return [
    ...replacements(diagnostic),
    ...addMissingKeys(file.symbols.source, diagnostic),
    ...createStep(file, diagnostic),
    ...(index && document ? createFile({ index, file, document }, diagnostic) : []),
    ...suppress(file, diagnostic),
  ];
}

/** What could be made of what stands at a position, without anything being wrong. */
export function refactorings(file: IndexedFile, index: WorkspaceIndex, position: Position): CodeAction[] {
  const document = documentAt(file, position.line);
  if (document?.kind !== 'Pipeline') return [];
  const origin: Origin = { index, file, document };
  return [...literalToParam(origin, position), ...extractStep(origin, position.line)];
}

/** All corrections that there is no choice about, at once; the first of those that overlap. */
export function fixAll(diagnostics: readonly Diagnostic[]): TextEdit[] {
  const edits: TextEdit[] = [];
  const sorted = diagnostics
    .filter(({ replacements: texts }) => texts.length === 1)
    .flatMap((diagnostic) => replacements(diagnostic).flatMap((action) => action.edits))
    .sort((a, b) => compare(a.range.start, b.range.start) || compare(a.range.end, b.range.end));
  for (const edit of sorted) {
    const last = edits.at(-1);
    if (!last || compare(edit.range.start, last.range.end) >= 0) edits.push(edit);
  }
  return edits;
}

function compare(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character;
}

function documentAt(file: IndexedFile, line: number): DocumentSymbols | null {
  return (
    file.symbols.documents.find(({ document: { firstLine, endLine } }) => line >= firstLine && line < endLine) ?? null
  );
}

/** The corrections that a diagnostic itself brings along. */
export function replacements({ range, replacements: texts }: Diagnostic): CodeAction[] {
  const at = {
    start: { line: range.startLine, character: range.startCharacter },
    end: { line: range.endLine, character: range.endCharacter },
  };
  return texts.map((text) => ({
    title: `Change to ${text}`,
    edits: [{ range: at, text }],
    preferred: texts.length === 1,
  }));
}

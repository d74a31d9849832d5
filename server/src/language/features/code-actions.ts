import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { IndexedFile } from '../symbols/workspace-index.ts';
import type { CodeAction } from './actions/action.ts';
import { addMissingKeys } from './actions/add-missing-keys.ts';
import { createStep } from './actions/create-step.ts';
import { suppress } from './actions/suppress.ts';

/** What could be done about a diagnostic of a file. */
export function codeActions(file: IndexedFile, diagnostic: Diagnostic): CodeAction[] {
  return [
    ...replacements(diagnostic),
    ...addMissingKeys(file.symbols.source, diagnostic),
    ...createStep(file, diagnostic),
    ...suppress(file, diagnostic),
  ];
}

function replacements({ range, replacements: texts }: Diagnostic): CodeAction[] {
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

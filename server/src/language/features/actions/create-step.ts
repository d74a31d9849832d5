import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { IndexedFile } from '../../symbols/workspace-index.ts';
import { lineText } from '../line-shape.ts';
import { rangeOfSpan } from '../symbol-at.ts';
import { type CodeAction, newlineOf } from './action.ts';

/** A step that something waits for and that is not there, before the one that waits. */
export function createStep(file: IndexedFile, { code, range }: Diagnostic): CodeAction[] {
  if (code !== 'unknown-step') return [];
  const { source } = file.symbols;
  const name = lineText(source, range.startLine).slice(range.startCharacter, range.endCharacter);
  if (!/^[A-Za-z_][\w-]*$/.test(name)) return [];
  for (const { units } of file.symbols.documents) {
    for (const unit of units) {
      const isAround = unit.chunks.some(
        ({ firstLine, endLine }) => range.startLine >= firstLine && range.startLine < endLine,
      );
      const key = unit.symbols.definitions.find(({ kind, name: own }) => kind === 'step' && own === unit.name);
      if (!isAround || unit.section !== 'steps' || !key) continue;
      const { start, end } = rangeOfSpan(file, unit, key.full);
      if (
        range.startLine < start.line ||
        range.startLine > end.line ||
        /\S/.test(lineText(source, start.line).slice(0, start.character))
      )
        continue;
      const indent = ' '.repeat(start.character);
      const at = { line: start.line, character: 0 };
      const newline = newlineOf(source);
      const text = `${indent}${name}:${newline}${indent}  run: python ${name}.py${newline}`;
      return [{ title: `Create the step ${name}`, edits: [{ range: { start: at, end: at }, text }], preferred: false }];
    }
  }
  return [];
}

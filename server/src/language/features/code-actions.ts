import type { Diagnostic, DiagnosticCode } from '../diagnostics/diagnostic.ts';
import type { IndexedFile } from '../symbols/workspace-index.ts';
import type { TextEdit } from './format.ts';
import { lineText } from './line-shape.ts';
import { offsetAt } from './locate.ts';
import { chunkAt, nodesAround } from './node-at.ts';
import { rangeOfSpan } from './symbol-at.ts';

export interface CodeAction {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** The likeliest; done at once where somebody asks for a fix. */
  readonly preferred: boolean;
}

/** What could be done about a diagnostic of a file. */
export function codeActions(file: IndexedFile, diagnostic: Diagnostic): CodeAction[] {
  return [...replacements(diagnostic), ...createStep(file, diagnostic), ...suppress(file, diagnostic)];
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

/** A step that something waits for and that is not there, before the one that waits. */
function createStep(file: IndexedFile, { code, range }: Diagnostic): CodeAction[] {
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
      const text = `${indent}${name}:\n${indent}  run: python ${name}.py\n`;
      return [{ title: `Create the step ${name}`, edits: [{ range: { start: at, end: at }, text }], preferred: false }];
    }
  }
  return [];
}

function suppress(file: IndexedFile, { code, range }: Diagnostic): CodeAction[] {
  const { source } = file.symbols;
  const line = lineText(source, range.startLine);
  const title = `Ignore ${code} here`;
  const offset = offsetAt(source, { line: range.startLine, character: range.startCharacter });
  const chunk = chunkAt(source, offset);
  const around = chunk ? nodesAround(chunk.parsed.root, offset - chunk.offset) : [];
  // Inside of a block text a comment would be text.
  if (around.some(({ node }) => node?.type === 'scalar' && /literal|folded/.test(node.style))) return [];
  if (chunk?.parsed.problems.length) return [];
  const existing = /#\s*mlops-ignore:\s*[\w-]+(?:\s*,\s*[\w-]+)*/.exec(line);
  const character = existing ? existing.index + existing[0].length : line.trimEnd().length;
  const text = existing ? `, ${code}` : `  # mlops-ignore: ${code}`;
  if (!existing && /\s#/.test(line))
    return above(title, code, { line: range.startLine, indent: /^ */.exec(line)?.[0] ?? '' });
  const at = { line: range.startLine, character };
  return [{ title, edits: [{ range: { start: at, end: at }, text }], preferred: false }];
}

function above(title: string, code: DiagnosticCode, { line, indent }: { line: number; indent: string }): CodeAction[] {
  const at = { line, character: 0 };
  return [
    { title, edits: [{ range: { start: at, end: at }, text: `${indent}# mlops-ignore: ${code}\n` }], preferred: false },
  ];
}

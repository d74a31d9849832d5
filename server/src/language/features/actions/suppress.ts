import type { Diagnostic, DiagnosticCode } from '../../diagnostics/diagnostic.ts';
import type { IndexedFile } from '../../symbols/workspace-index.ts';
import { lineText } from '../line-shape.ts';
import { offsetAt } from '../locate.ts';
import { chunkAt, nodesAround } from '../node-at.ts';
import { type CodeAction, newlineOf } from './action.ts';

/** A comment that keeps a problem from being told. */
export function suppress(file: IndexedFile, { code, range }: Diagnostic): CodeAction[] {
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
    return above(title, code, {
      line: range.startLine,
      indent: /^ */.exec(line)?.[0] ?? '',
      newline: newlineOf(source),
    });
  const at = { line: range.startLine, character };
  return [{ title, edits: [{ range: { start: at, end: at }, text }], preferred: false }];
}

function above(
  title: string,
  code: DiagnosticCode,
  { line, indent, newline }: { line: number; indent: string; newline: string },
): CodeAction[] {
  const at = { line, character: 0 };
  return [
    {
      title,
      edits: [{ range: { start: at, end: at }, text: `${indent}# mlops-ignore: ${code}${newline}` }],
      preferred: false,
    },
  ];
}

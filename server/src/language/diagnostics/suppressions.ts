import { COMMENT } from '../syntax/lines.ts';
import type { Source } from '../syntax/source.ts';
import type { Diagnostic } from './diagnostic.ts';
import { lineAt } from './ranges.ts';

const marker = 'mlops-ignore';
const comment = /(?:^|\s)#\s*mlops-ignore\b(?::\s*([\w-]+(?:\s*,\s*[\w-]+)*))?/;

/**
 * Leaves out what a comment asks to be left out: `# mlops-ignore: code, code` (or all, without codes) on the line
 * itself, or on a line of its own above.
 */
export function suppressed(source: Source, diagnostics: Diagnostic[]): Diagnostic[] {
  if (diagnostics.length === 0 || !source.text.includes(marker)) return diagnostics;
  const lines = ignoredLines(source);
  return diagnostics.filter(({ range, code }) => {
    const codes = lines.get(range.startLine);
    return !(codes && (codes.size === 0 || codes.has(code)));
  });
}

/** Line → codes; an empty set is all of them. */
function ignoredLines(source: Source): Map<number, Set<string>> {
  const { text, lines } = source;
  const ignored = new Map<number, Set<string>>();
  for (let at = text.indexOf(marker); at >= 0; at = text.indexOf(marker, at + 1)) {
    const line = lineAt(lines, at);
    const found = comment.exec(text.slice(lines.starts[line], lines.starts[line + 1]));
    if (!found) continue;
    const codes = new Set(found[1]?.split(/\s*,\s*/) ?? []);
    ignored.set(line, codes);
    if (lines.indents[line] === COMMENT) ignored.set(line + 1, codes);
  }
  return ignored;
}

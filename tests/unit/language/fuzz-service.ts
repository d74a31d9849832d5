import { parseAllDocuments } from 'yaml';
import { codeActions, fixAll, refactorings } from '#server/language/features/code-actions.ts';
import { complete } from '#server/language/features/complete.ts';
import { completeExpression } from '#server/language/features/complete-expression.ts';
import { completeReferences } from '#server/language/features/complete-references.ts';
import type { Position } from '#server/language/features/cursor.ts';
import { foldingRanges } from '#server/language/features/folding.ts';
import { format, type TextEdit } from '#server/language/features/format.ts';
import { hover } from '#server/language/features/hover.ts';
import { hoverSymbol } from '#server/language/features/hover-symbol.ts';
import { inlayHints } from '#server/language/features/inlay-hints.ts';
import { definition, highlights, links, references } from '#server/language/features/navigate.ts';
import { formatDash, formatNewLine } from '#server/language/features/on-type.ts';
import { prepareRename, rename } from '#server/language/features/rename.ts';
import { selectionRanges } from '#server/language/features/selection.ts';
import { semanticTokens } from '#server/language/features/semantic-tokens.ts';
import { outline } from '#server/language/features/symbols.ts';
import { workspaceSymbols } from '#server/language/features/workspace-symbols.ts';
import { LanguageWorkspace } from '#server/language/language-workspace.ts';
import type { Node } from '#server/language/syntax/ast.ts';
import { convertNode } from '#server/language/syntax/full-parse.ts';

const uri = 'file:///ws/a.mlops.yaml';

/** Milliseconds that each feature kept the thread busy with one text. */
export type Timings = Map<string, number>;

/** Asks every feature about a text, at a few places; answers how long each took. What one throws goes through. */
export async function exercise(text: string, random: () => number): Promise<Timings> {
  const timings: Timings = new Map();
  const timed = <T>(name: string, run: () => T): T => {
    const started = process.threadCpuUsage();
    const result = run();
    const { user, system } = process.threadCpuUsage(started);
    timings.set(name, (timings.get(name) ?? 0) + (user + system) / 1000);
    return result;
  };
  const workspace = new LanguageWorkspace({ exists: () => undefined, revision: 0 });
  const { index } = workspace;
  timed('open', () => workspace.open(uri, 1, text));
  const diagnostics = timed('diagnostics', () => workspace.diagnostics(uri));
  const file = index.get(uri);
  if (!file) return timings;
  const { source } = file.symbols;
  for (const { range } of diagnostics) {
    if (range.startLine < 0 || range.endLine > source.lines.count || range.endLine < range.startLine)
      throw new Error(`A diagnostic stands outside of the text: ${JSON.stringify(range)}`);
  }
  timed('symbols', () => outline(source));
  timed('workspace symbols', () => workspaceSymbols(index, 'a'));
  timed('semantic tokens', () => semanticTokens(file));
  timed('folding', () => foldingRanges(source));
  timed('hints', () => inlayHints({ index, file }, { start: 0, end: source.lines.count }));
  timed('links', () => links({ index, uri }));
  const edits = timed('format', () => format(source, { indent: 2 }));
  if (edits.length > 0 && valuesOf(text) !== valuesOf(applied(text, source.lines.starts, edits)))
    throw new Error('Formatting changed what the text says.');
  for (const diagnostic of diagnostics.slice(0, 5)) timed('code actions', () => codeActions(file, diagnostic, index));
  timed('fix all', () => fixAll(diagnostics));
  for (let count = 0; count < 3; count++) {
    const line = Math.floor(random() * source.lines.count);
    const length = (source.lines.starts[line + 1] ?? text.length) - (source.lines.starts[line] ?? 0);
    const position: Position = { line, character: Math.floor(random() * (length + 1)) };
    const place = { index, uri, position };
    timed('completion', () => complete(source, position));
    timed('completion', () => completeExpression(place));
    await timed('completion', () => completeReferences(place, async () => []));
    timed('hover', () => hoverSymbol(place) ?? hover(source, position));
    timed('definition', () => definition(place));
    timed('references', () => references(place, { includeDeclaration: true }));
    timed('highlights', () => highlights(place));
    timed('selection', () => selectionRanges(source, position));
    timed('on type', () => [formatNewLine(source, position, { indent: 2 }), formatDash(source, position)]);
    timed('refactorings', () => refactorings(file, index, position));
    if (timed('rename', () => prepareRename(place))) timed('rename', () => rename(place, 'other'));
  }
  const { length } = text;
  const at = { line: 0, character: Math.floor(random() * Math.min(length, 20)) };
  timed('edit', () => workspace.change(uri, 2, [{ range: { start: at, end: at }, text: 'x' }]));
  timed('edit', () => workspace.diagnostics(uri));
  return timings;
}

function applied(text: string, starts: Int32Array, edits: readonly TextEdit[]): string {
  const offset = ({ line, character }: Position) => (starts[line] ?? text.length) + character;
  return [...edits]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (now, { range, text: added }) => now.slice(0, offset(range.start)) + added + now.slice(offset(range.end)),
      text,
    );
}

/** What a text says, without where it says it; nothing with an anchor is nothing. */
function valuesOf(text: string): string {
  const documents = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false, prettyErrors: false });
  const list = Array.isArray(documents) ? documents : [];
  return JSON.stringify(
    list.map(({ contents }) => plainOf(convertNode(contents))),
    (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  );
}

function plainOf(node: Node | null): unknown {
  if (node === null) return null;
  if (node.type === 'alias') return { alias: node.name };
  if (node.type === 'seq') return node.items.map(plainOf);
  if (node.type === 'map') return { map: node.items.map(({ key, value }) => [plainOf(key), plainOf(value)]) };
  return Number.isNaN(node.value) ? 'NaN' : node.value;
}

import { checkSource } from '#server/language/diagnostics/check-source.ts';
import type { Diagnostic } from '#server/language/diagnostics/diagnostic.ts';
import type { CodeAction } from '#server/language/features/actions/action.ts';
import { codeActions } from '#server/language/features/code-actions.ts';
import type { TextEdit } from '#server/language/features/format.ts';
import { offsetAt } from '#server/language/features/locate.ts';
import { checkMeaning } from '#server/language/meaning/check-meaning.ts';
import { parseSource } from '#server/language/syntax/source.ts';
import { type Marked, marked } from '../marked.ts';

/** A text with edits done to it; they must not overlap. */
export function applied(text: string, edits: readonly TextEdit[]): string {
  const source = parseSource(text);
  const spans = edits
    .map(({ range, text: inserted }) => ({
      start: offsetAt(source, range.start),
      end: offsetAt(source, range.end),
      inserted,
    }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let at = 0;
  for (const { start, end, inserted } of spans) {
    if (start < at) throw new Error(`Edits overlap at ${start}`);
    result += text.slice(at, start) + inserted;
    at = end;
  }
  return result + text.slice(at);
}

/** The files of a workspace after an action. */
export function filesAfter(workspace: Marked, action: CodeAction): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [uri, text] of workspace.texts) files[uri] = uri === workspace.uri ? applied(text, action.edits) : text;
  for (const { uri, text } of action.newFiles ?? []) files[uri] = text;
  return files;
}

export function diagnosticsOf({ index, uri }: Pick<Marked, 'index' | 'uri'>): Diagnostic[] {
  const file = index.get(uri);
  return file ? [...checkSource(file.symbols.source), ...checkMeaning(file, index)] : [];
}

/** `code: message` of all that is wrong in some files, by their paths or URIs. */
export function problemsIn(files: Readonly<Record<string, string>>): string[] {
  const { index } = marked(
    Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replace('file:///ws/', ''), text])),
  );
  return [...index.files()].flatMap(({ uri }) =>
    diagnosticsOf({ index, uri }).map(({ code, message }) => `${code}: ${message}`),
  );
}

/** The text after the fix with a title (its beginning) for the first diagnostic of a code; null where there is none. */
export function fixed(text: string, code: string, title = ''): string | null {
  const workspace = marked(text);
  const file = workspace.index.get(workspace.uri);
  const diagnostic = diagnosticsOf(workspace).find((each) => each.code === code);
  if (!file || !diagnostic) return null;
  const action = codeActions(file, diagnostic).find((each) => each.title.startsWith(title));
  return action ? applied(text, action.edits) : null;
}

import {
  FoldingRangeKind,
  type SelectionRange,
  SemanticTokensBuilder,
  type ServerCapabilities,
  type TextEdit,
} from 'vscode-languageserver/node';
import { foldingRanges } from '../language/features/folding.ts';
import { type FormatOptions, format } from '../language/features/format.ts';
import { inlayHints } from '../language/features/inlay-hints.ts';
import { formatDash, formatNewLine } from '../language/features/on-type.ts';
import { selectionRanges } from '../language/features/selection.ts';
import { semanticTokens, tokenModifiers, tokenTypes } from '../language/features/semantic-tokens.ts';
import { codeActionKinds } from './language-actions.ts';
import type { LanguageContext } from './language-context.ts';
import type { SettingsOfLanguage } from './language-settings.ts';

export const editingCapabilities: ServerCapabilities = {
  foldingRangeProvider: true,
  selectionRangeProvider: true,
  semanticTokensProvider: {
    legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] },
    full: true,
    range: true,
  },
  codeActionProvider: { codeActionKinds },
  inlayHintProvider: true,
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  documentOnTypeFormattingProvider: { firstTriggerCharacter: '\n', moreTriggerCharacter: ['-'] },
};

/** Folding, selection, colours, hints and formatting. */
export function registerEditing(
  { connection, workspace, guarded }: LanguageContext,
  settings: Pick<SettingsOfLanguage, 'current'>,
): void {
  const { index } = workspace;
  const sourceOf = (uri: string) => index.get(uri)?.symbols.source;

  connection.onFoldingRanges(({ textDocument: { uri } }) => {
    const source = sourceOf(uri);
    if (!source) return [];
    return guarded('Folding', [], () =>
      foldingRanges(source).map(({ startLine, endLine, kind }) => ({
        startLine,
        endLine,
        ...(kind === 'comment' ? { kind: FoldingRangeKind.Comment } : {}),
      })),
    );
  });
  connection.onSelectionRanges(({ textDocument: { uri }, positions }) => {
    const source = sourceOf(uri);
    if (!source) return [];
    return guarded('Selection', [], () =>
      positions.map((position) =>
        selectionRanges(source, position).reduceRight<SelectionRange>((parent, range) => ({ range, parent }), {
          range: { start: { line: 0, character: 0 }, end: { line: source.lines.count, character: 0 } },
        }),
      ),
    );
  });
  const tokens = (uri: string, lines?: { start: number; end: number }) => {
    const builder = new SemanticTokensBuilder();
    const file = index.get(uri);
    const found = file ? guarded('Colours', [], () => semanticTokens(file, lines)) : [];
    for (const { line, character, length, type, declaration } of found) {
      builder.push(line, character, length, tokenTypes.indexOf(type), declaration ? 1 : 0);
    }
    return builder.build();
  };
  connection.languages.semanticTokens.on(({ textDocument: { uri } }) => tokens(uri));
  connection.languages.semanticTokens.onRange(({ textDocument: { uri }, range }) =>
    tokens(uri, { start: range.start.line, end: range.end.line }),
  );
  connection.languages.inlayHint.on(({ textDocument: { uri }, range }) => {
    const file = index.get(uri);
    if (!file) return [];
    const hints = guarded('Hints', [], () =>
      inlayHints({ index, file }, { start: range.start.line, end: range.end.line }),
    );
    return hints
      .filter(({ kind }) => settings.current.inlayHints[kind])
      .map(({ position, text }) => ({ position, label: text, paddingLeft: true }));
  });
  const formatted = (uri: string, options: FormatOptions): TextEdit[] => {
    const source = sourceOf(uri);
    if (!source) return [];
    return guarded('Formatting', [], () =>
      format(source, options).map(({ range, text }) => ({ range, newText: text })),
    );
  };
  connection.onDocumentFormatting(({ textDocument: { uri }, options }) => formatted(uri, { indent: options.tabSize }));
  connection.onDocumentRangeFormatting(({ textDocument: { uri }, options, range }) =>
    formatted(uri, { indent: options.tabSize, lines: { start: range.start.line, end: range.end.line } }),
  );
  connection.onDocumentOnTypeFormatting(({ textDocument: { uri }, position, ch, options }) => {
    const source = sourceOf(uri);
    if (!source) return [];
    return guarded('Formatting', [], () =>
      (ch === '-' ? formatDash(source, position) : formatNewLine(source, position, { indent: options.tabSize })).map(
        ({ range, text }) => ({ range, newText: text }),
      ),
    );
  });
}

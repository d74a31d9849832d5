import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  DiagnosticSeverity,
  DiagnosticTag,
  type DocumentSymbol,
  InsertTextFormat,
  InsertTextMode,
  type Diagnostic as LspDiagnostic,
  MarkupKind,
  type Range,
  SymbolKind,
} from 'vscode-languageserver/node';
import {
  type Diagnostic,
  documentationUrl,
  type RelativeRange,
  type Severity,
} from '../language/diagnostics/diagnostic.ts';
import type { Completion } from '../language/features/complete.ts';
import type { OutlineSymbol } from '../language/features/symbols.ts';
import type { SymbolKind as OwnKind } from '../language/symbols/symbol.ts';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export function toLsp(diagnostic: Diagnostic, uri: string): LspDiagnostic {
  const related = diagnostic.related.map(({ range, message, uri: other }) => ({
    location: { uri: other ?? uri, range: toRange(range) },
    message,
  }));
  return {
    range: toRange(diagnostic.range),
    severity: severities[diagnostic.severity],
    code: diagnostic.code,
    codeDescription: { href: documentationUrl(diagnostic.code) },
    source: 'mlops',
    message: diagnostic.message,
    ...(related.length > 0 ? { relatedInformation: related } : {}),
    ...(diagnostic.unnecessary ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    ...(diagnostic.replacements.length > 0 ? { data: { replacements: diagnostic.replacements } } : {}),
  };
}

export function toRange(range: RelativeRange): Range {
  return {
    start: { line: range.startLine, character: range.startCharacter },
    end: { line: range.endLine, character: range.endCharacter },
  };
}

const completionKinds: Readonly<Record<Completion['kind'], CompletionItemKind>> = {
  key: CompletionItemKind.Property,
  value: CompletionItemKind.EnumMember,
  snippet: CompletionItemKind.Snippet,
  function: CompletionItemKind.Function,
  reference: CompletionItemKind.Reference,
  file: CompletionItemKind.File,
};

export function toCompletionItem(completion: Completion): CompletionItem {
  const { line, start, end } = completion.replace;
  return {
    label: completion.label,
    kind: completionKinds[completion.kind],
    detail: completion.detail,
    ...(completion.summary ? { labelDetails: { description: completion.summary } } : {}),
    documentation: { kind: MarkupKind.Markdown, value: completion.documentation },
    sortText: completion.sort,
    insertTextFormat: InsertTextFormat.Snippet,
    insertTextMode: InsertTextMode.asIs,
    textEdit: { range: { start: { line, character: start }, end: { line, character: end } }, newText: completion.text },
    ...(completion.continues ? { command: { title: '', command: 'editor.action.triggerSuggest' } } : {}),
  };
}

/** With `isIncomplete` the editor asks again with the next character. */
export function toCompletionList(
  completions: readonly Completion[],
  isIncomplete: boolean,
): CompletionList | CompletionItem[] {
  const items = completions.map(toCompletionItem);
  return isIncomplete ? { isIncomplete, items } : items;
}

const symbolKinds: Readonly<Record<OutlineSymbol['kind'], SymbolKind>> = {
  document: SymbolKind.Module,
  step: SymbolKind.Function,
  object: SymbolKind.Object,
  array: SymbolKind.Array,
  string: SymbolKind.String,
  number: SymbolKind.Number,
  boolean: SymbolKind.Boolean,
  null: SymbolKind.Null,
};

export function toSymbol(symbol: OutlineSymbol): DocumentSymbol {
  return {
    name: symbol.name,
    detail: symbol.detail,
    kind: symbolKinds[symbol.kind],
    range: { start: symbol.start, end: symbol.end },
    selectionRange: { start: symbol.nameStart, end: symbol.nameEnd },
    children: symbol.children.map(toSymbol),
  };
}

export function toSymbolKind(kind: OwnKind): SymbolKind {
  switch (kind) {
    case 'document':
      return SymbolKind.Module;
    case 'step':
      return SymbolKind.Function;
    case 'param':
    case 'matrix':
      return SymbolKind.Variable;
    case 'environment':
    case 'channel':
    case 'tracker':
      return SymbolKind.Object;
    default:
      return SymbolKind.Field;
  }
}

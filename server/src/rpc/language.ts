import {
  type CompletionItem,
  CompletionItemKind,
  type Connection,
  DiagnosticSeverity,
  DocumentDiagnosticReportKind,
  type DocumentSymbol,
  type InitializeParams,
  InsertTextFormat,
  InsertTextMode,
  type Diagnostic as LspDiagnostic,
  MarkupKind,
  type Range,
  type ServerCapabilities,
  SymbolKind,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import {
  type Diagnostic,
  documentationUrl,
  type RelativeRange,
  type Severity,
} from '../language/diagnostics/diagnostic.ts';
import { type Completion, complete } from '../language/features/complete.ts';
import { hover } from '../language/features/hover.ts';
import { type OutlineSymbol, outline } from '../language/features/symbols.ts';
import { type OpenDocument, OpenDocuments } from '../language/open-documents.ts';
import { isMlopsFile } from '../language/validate-files.ts';

const languageCapabilities: ServerCapabilities = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  completionProvider: { triggerCharacters: [' ', ':', '-', '{', '[', ',', '\n'] },
  hoverProvider: true,
  documentSymbolProvider: true,
  diagnosticProvider: { interFileDependencies: false, workspaceDiagnostics: false },
};

/** Answers an editor's questions about our documents. A feature that fails is logged and answered empty. */
export function registerLanguage(connection: Connection): { configure(params: InitializeParams): ServerCapabilities } {
  const documents = new OpenDocuments();
  let pull = false;

  const guarded = <T>(what: string, fallback: T, run: () => T): T => {
    try {
      return run();
    } catch (error) {
      connection.console.error(
        `${what} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      return fallback;
    }
  };
  const publish = (document: OpenDocument | undefined) => {
    if (pull || !document) return;
    const diagnostics = guarded('Diagnostics', [], () => documents.diagnostics(document.uri)).map((each) =>
      toLsp(each, document.uri),
    );
    connection.sendDiagnostics({ uri: document.uri, version: document.version, diagnostics });
  };

  connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
    if (languageId !== 'mlops' && !isMlopsFile(decodeURIComponent(uri))) return;
    publish(guarded('Opening', undefined, () => documents.open(uri, version, text)));
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
    publish(guarded('An edit', undefined, () => documents.change(uri, version, contentChanges)));
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    const known = documents.get(uri) !== undefined;
    documents.close(uri);
    if (known && !pull) connection.sendDiagnostics({ uri, diagnostics: [] });
  });

  connection.languages.diagnostics.on(({ textDocument: { uri } }) => ({
    kind: DocumentDiagnosticReportKind.Full,
    items: guarded('Diagnostics', [], () => documents.diagnostics(uri)).map((each) => toLsp(each, uri)),
  }));
  connection.onCompletion(({ textDocument: { uri }, position }) => {
    const source = documents.get(uri)?.source;
    return source ? guarded('Completion', [], () => complete(source, position).map(toCompletionItem)) : [];
  });
  connection.onHover(({ textDocument: { uri }, position }) => {
    const source = documents.get(uri)?.source;
    const found = source ? guarded('Hover', null, () => hover(source, position)) : null;
    return (
      found && {
        contents: { kind: MarkupKind.Markdown, value: found.text },
        range: { start: found.start, end: found.end },
      }
    );
  });
  connection.onDocumentSymbol(({ textDocument: { uri } }) => {
    const source = documents.get(uri)?.source;
    return source ? guarded('The outline', [], () => outline(source).map(toSymbol)) : [];
  });

  return {
    configure(params) {
      pull = params.capabilities.textDocument?.diagnostic !== undefined;
      if (pull) return languageCapabilities;
      const { diagnosticProvider: _, ...pushed } = languageCapabilities;
      return pushed;
    },
  };
}

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

function toLsp(diagnostic: Diagnostic, uri: string): LspDiagnostic {
  const related = diagnostic.related.map(({ range, message }) => ({
    location: { uri, range: toRange(range) },
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
  };
}

function toRange(range: RelativeRange): Range {
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

function toCompletionItem(completion: Completion): CompletionItem {
  const { line, start, end } = completion.replace;
  return {
    label: completion.label,
    kind: completionKinds[completion.kind],
    detail: completion.detail,
    documentation: { kind: MarkupKind.Markdown, value: completion.documentation },
    sortText: completion.sort,
    insertTextFormat: InsertTextFormat.Snippet,
    insertTextMode: InsertTextMode.asIs,
    textEdit: { range: { start: { line, character: start }, end: { line, character: end } }, newText: completion.text },
    ...(completion.continues ? { command: { title: '', command: 'editor.action.triggerSuggest' } } : {}),
  };
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

function toSymbol(symbol: OutlineSymbol): DocumentSymbol {
  return {
    name: symbol.name,
    detail: symbol.detail,
    kind: symbolKinds[symbol.kind],
    range: { start: symbol.start, end: symbol.end },
    selectionRange: { start: symbol.nameStart, end: symbol.nameEnd },
    children: symbol.children.map(toSymbol),
  };
}

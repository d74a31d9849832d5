import {
  type Connection,
  type Diagnostic,
  DocumentDiagnosticReportKind,
  type InitializeParams,
  MarkupKind,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import type { InitializationOptions } from '#schemas/protocol/workspace.ts';
import { complete } from '../language/features/complete.ts';
import { completeExpression } from '../language/features/complete-expression.ts';
import { completeLive, liveNumbers, noLiveCompletions, withLive } from '../language/features/complete-live.ts';
import { completeReferences } from '../language/features/complete-references.ts';
import { hover } from '../language/features/hover.ts';
import { hoverLive } from '../language/features/hover-live.ts';
import { hoverSymbol } from '../language/features/hover-symbol.ts';
import { outline } from '../language/features/symbols.ts';
import { FileKnowledge, listFolder } from '../language/file-knowledge.ts';
import { isMlopsFile } from '../language/find-files.ts';
import { LanguageWorkspace } from '../language/language-workspace.ts';
import type { LiveKnowledge } from '../language/providers/ports.ts';
import { registerCodeActions } from './language-actions.ts';
import { createGuard, type LanguageContext } from './language-context.ts';
import { toCompletionItem, toCompletionList, toLsp, toSymbol } from './language-convert.ts';
import { createEcosystem } from './language-ecosystem.ts';
import { editingCapabilities, registerEditing } from './language-editing.ts';
import { registerWorkspaceFiles } from './language-files.ts';
import { registerLenses } from './language-lenses.ts';
import { type AskBackend, createLanguageLive } from './language-live.ts';
import { navigationCapabilities, registerNavigation } from './language-navigation.ts';
import { createPythonFeatures, type PythonFeatures } from './language-python.ts';
import { registerLanguageSettings } from './language-settings.ts';

export const languageCapabilities: ServerCapabilities = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  completionProvider: { triggerCharacters: [' ', ':', '-', '{', '[', ',', '\n', '.', "'", '/', '@'] },
  hoverProvider: true,
  documentSymbolProvider: true,
  codeLensProvider: {},
  diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: true },
  ...navigationCapabilities,
  ...editingCapabilities,
};

export interface Language {
  configure(params: InitializeParams, state: InitializationOptions): ServerCapabilities;
  stateChanged(state: InitializationOptions): void;
  /** The backend told the client something. */
  backendTold(method: string, params: unknown): void;
}

/** Answers an editor's questions about our documents. A feature that fails is logged and answered empty. */
export function registerLanguage(connection: Connection, askBackend: AskBackend): Language {
  const files = new FileKnowledge(() => {
    workspaceFiles.changed();
    ecosystem.republish();
  });
  const python: PythonFeatures = createPythonFeatures(connection, {
    workspace: () => workspace,
    onNews: () => workspaceFiles.changed(),
  });
  const live = createLanguageLive(connection, askBackend, () => workspaceFiles.changed());
  const workspace: LanguageWorkspace = new LanguageWorkspace(files, python.knowledge, live.modelsKnown);
  const guarded = createGuard(connection);
  const ecosystem = createEcosystem(connection, guarded, { files, workspace });
  const context: LanguageContext = { connection, workspace, ecosystem, python, guarded };
  const publisher = registerDocuments(context, () => workspaceFiles);
  const workspaceFiles = registerWorkspaceFiles(context, (uris) => {
    publisher.republish(uris);
    lenses.refresh();
  });
  registerQuestions(context, live);
  registerNavigation(context);
  const settings = registerLanguageSettings(context, () => workspaceFiles.changed());
  registerEditing(context, settings);
  const lenses = registerLenses(context, settings);
  connection.onInitialized(() => {
    settings.initialized();
    workspaceFiles.initialized();
    ecosystem.initialized();
    python.initialized();
  });
  const actions = registerCodeActions(context);

  return {
    configure(params, state) {
      const pull = params.capabilities.textDocument?.diagnostic !== undefined;
      publisher.configure(pull);
      actions.configure(params);
      settings.configure(params);
      lenses.configure(params, state);
      workspaceFiles.configure(params);
      workspaceFiles.trustChanged(state.trusted);
      python.configure(params);
      python.trustChanged(state.trusted);
      live.configure(params, state.trusted);
      ecosystem.configure(params, state);
      if (pull) return languageCapabilities;
      const { diagnosticProvider: _, ...pushed } = languageCapabilities;
      return pushed;
    },
    backendTold: live.backendTold,
    stateChanged(state) {
      workspaceFiles.trustChanged(state.trusted);
      python.trustChanged(state.trusted);
      live.trustChanged(state.trusted);
      lenses.trustChanged(state.trusted);
      ecosystem.stateChanged(state);
      const { diagnostics, codeLens, inlayHints } = state.settings;
      settings.replace({ diagnostics, codeLens, inlayHints });
    },
  };
}

/** Follows what is open, and gives its diagnostics: by push, or where the client can ask, by answer. */
function registerDocuments(
  { connection, workspace, ecosystem, python, guarded }: LanguageContext,
  workspaceFiles: () => ReturnType<typeof registerWorkspaceFiles>,
): { configure(pull: boolean): void; republish(uris: readonly string[]): void } {
  let pull = false;
  /** What was sent last, and what was known of other files then. */
  const sent = new Map<string, { diagnostics: readonly Diagnostic[]; surroundings: string }>();
  const diagnosticsOf = (uri: string) =>
    guarded('Diagnostics', [], () => workspace.diagnostics(uri)).map((each) => toLsp(each, uri));
  const publish = (uri: string) => {
    const document = workspace.documents.get(uri);
    if (pull || !document) return;
    const diagnostics = diagnosticsOf(uri);
    sent.set(uri, { diagnostics, surroundings: workspace.surroundings(uri) });
    void connection.sendDiagnostics({ uri, version: document.version, diagnostics });
  };
  /** Another file changed: told only where that makes a difference. */
  const republish = (uri: string) => {
    const before = sent.get(uri);
    if (before?.surroundings === workspace.surroundings(uri)) return;
    if (JSON.stringify(before?.diagnostics) !== JSON.stringify(diagnosticsOf(uri))) publish(uri);
  };
  /** Runs something that may change what other files can see. */
  const watched = (what: string, run: () => unknown) => {
    const before = workspace.index.revision;
    guarded(what, undefined, run);
    if (workspace.index.revision !== before) workspaceFiles().changed();
  };

  connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
    if (languageId === 'python') return python.opened(uri, text);
    if (languageId !== 'mlops' && !isMlopsFile(decodeURIComponent(uri))) {
      guarded('Opening', undefined, () => ecosystem.documents.open(uri, version, text));
      ecosystem.publish(uri);
      return;
    }
    watched('Opening', () => workspace.open(uri, version, text));
    publish(uri);
    if (!pull) workspaceFiles().answered();
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
    if (python.isPython(uri)) {
      // Python is sent whole.
      for (const { text } of contentChanges) python.opened(uri, text);
      return;
    }
    if (!workspace.documents.get(uri)) {
      guarded('An edit', undefined, () => ecosystem.documents.change(uri, version, contentChanges));
      ecosystem.publish(uri);
      return;
    }
    watched('An edit', () => workspace.change(uri, version, contentChanges));
    publish(uri);
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    if (python.isPython(uri)) return python.closed(uri);
    const known = workspace.documents.get(uri) !== undefined;
    ecosystem.documents.close(uri);
    ecosystem.publish(uri);
    watched('Closing', () => workspace.close(uri));
    sent.delete(uri);
    if (known && !pull) void connection.sendDiagnostics({ uri, diagnostics: diagnosticsOf(uri) });
  });
  connection.languages.diagnostics.on(({ textDocument: { uri } }) => {
    const items = workspace.documents.get(uri) ? diagnosticsOf(uri) : ecosystem.diagnostics(uri);
    workspaceFiles().answered();
    return { kind: DocumentDiagnosticReportKind.Full, items };
  });

  return {
    configure(canPull) {
      pull = canPull;
    },
    republish: (uris) => uris.forEach(republish),
  };
}

function registerQuestions(
  { connection, workspace, ecosystem, python, guarded }: LanguageContext,
  live: LiveKnowledge,
): void {
  const { documents, index } = workspace;
  connection.onCompletion(async ({ textDocument: { uri }, position }) => {
    const source = documents.get(uri)?.source;
    if (!source)
      return guarded('Completion', [], () => ecosystem.documents.complete(uri, position).map(toCompletionItem));
    const place = { index, uri, position };
    const numbers = liveNumbers(place, live);
    const inExpression = guarded('Completion', null, () => completeExpression(place, numbers.names));
    if (inExpression) return toCompletionList(inExpression, numbers.isPending());
    const inPython = await python.complete(uri, position).catch(() => []);
    if (inPython.length > 0) return toCompletionList(inPython, false);
    const own = guarded('Completion', [], () => complete(source, position));
    const named = await guarded('Completion', Promise.resolve([]), () => completeReferences(place, listFolder));
    const known = guarded('Live values', noLiveCompletions, () => completeLive(place, live));
    return toCompletionList([...named, ...withLive(own, known)], known.pending);
  });
  connection.onHover(async ({ textDocument: { uri }, position }) => {
    const source = documents.get(uri)?.source;
    const place = { index, uri, position };
    const inPython = await python.hover(uri, position).catch(() => null);
    const found = guarded('Hover', null, () =>
      source
        ? (inPython ?? hoverSymbol(place) ?? hoverLive(place, live) ?? hover(source, position))
        : ecosystem.documents.hover(uri, position),
    );
    return (
      found && {
        contents: { kind: MarkupKind.Markdown, value: found.text },
        range: { start: found.start, end: found.end },
      }
    );
  });
  connection.onDocumentSymbol(({ textDocument: { uri } }) => {
    const source = documents.get(uri)?.source;
    return guarded('The outline', [], () =>
      (source ? outline(source) : ecosystem.documents.outline(uri)).map(toSymbol),
    );
  });
}

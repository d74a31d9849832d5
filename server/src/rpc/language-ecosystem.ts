import {
  BulkRegistration,
  CodeActionKind,
  CodeActionRequest,
  CompletionRequest,
  type Connection,
  DefinitionRequest,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentDiagnosticRequest,
  DocumentLinkRequest,
  DocumentSymbolRequest,
  HoverRequest,
  type InitializeParams,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import type { InitializationOptions } from '#schemas/protocol/workspace.ts';
import { EcosystemDocuments } from '../language/ecosystem/ecosystem-documents.ts';
import { OtherFiles } from '../language/ecosystem/other-files.ts';
import type { FileKnowledge } from '../language/file-knowledge.ts';
import type { LanguageWorkspace } from '../language/language-workspace.ts';
import { toLsp } from './language-convert.ts';

export interface EcosystemFiles {
  readonly documents: EcosystemDocuments;
  initialized(): void;
  configure(params: InitializeParams, state: InitializationOptions): void;
  stateChanged(state: InitializationOptions): void;
  diagnostics(uri: string): Diagnostic[];
  /** Sends what is wrong in a file where the client does not ask by itself. */
  publish(uri: string): void;
  /** Something beside the files changed. */
  republish(): void;
}

const selector = [{ language: 'yaml' }];
/** What changes in short order is told together. */
const GATHER_MS = 50;

/**
 * Other tools' YAML files. They are asked for by registrations of their own, so that of all YAML files only these few
 * features come from here, and a person's formatter and the like stay as they are.
 */
export function createEcosystem(
  connection: Connection,
  guarded: <T>(what: string, fallback: T, run: () => T) => T,
  { files, workspace }: { files: Pick<FileKnowledge, 'exists'>; workspace: LanguageWorkspace },
): EcosystemFiles {
  const others = new OtherFiles(() => gather());
  const documents = new EcosystemDocuments({
    exists: (uri) => files.exists(uri),
    read: (uri) => others.read(uri),
  });
  let pulls = false;
  let canRefresh = false;
  let canRegister = false;
  let hasYamlExtension = false;
  let gathering: NodeJS.Timeout | null = null;
  const shown = new Set<string>();

  const diagnostics = (uri: string) =>
    guarded('Diagnostics', [], () => workspace.withChosenSeverities(uri, documents.diagnostics(uri))).map((each) =>
      toLsp(each, uri),
    );
  const publish = (uri: string) => {
    if (pulls) return;
    const found = diagnostics(uri);
    if (found.length === 0 && !shown.has(uri)) return;
    if (found.length > 0) shown.add(uri);
    else shown.delete(uri);
    const version = documents.version(uri);
    void connection.sendDiagnostics({ uri, diagnostics: found, ...(version === undefined ? {} : { version }) });
  };
  const republish = () => {
    gathering = null;
    if (!pulls) for (const uri of documents.all()) publish(uri);
    else if (canRefresh) connection.languages.diagnostics.refresh();
  };
  const gather = () => {
    if (!gathering) gathering = setTimeout(republish, GATHER_MS);
  };

  return {
    documents,
    initialized() {
      if (canRegister) void register(connection, { pulls, hasYamlExtension });
    },
    configure({ capabilities: { textDocument, workspace } }, state) {
      pulls = textDocument?.diagnostic !== undefined;
      canRefresh = workspace?.diagnostics?.refreshSupport === true;
      canRegister = textDocument?.synchronization?.dynamicRegistration === true;
      hasYamlExtension = state.hasYamlExtension;
      documents.configure(state.settings, state.hasYamlExtension);
    },
    stateChanged(state) {
      documents.configure(state.settings, state.hasYamlExtension);
      gather();
    },
    diagnostics,
    publish,
    republish: gather,
  };
}

async function register(
  connection: Connection,
  { pulls, hasYamlExtension }: { pulls: boolean; hasYamlExtension: boolean },
): Promise<void> {
  const bulk = BulkRegistration.create();
  bulk.add(DidOpenTextDocumentNotification.type, { documentSelector: selector });
  bulk.add(DidChangeTextDocumentNotification.type, {
    documentSelector: selector,
    syncKind: TextDocumentSyncKind.Incremental,
  });
  bulk.add(DidCloseTextDocumentNotification.type, { documentSelector: selector });
  bulk.add(CompletionRequest.type, { documentSelector: selector, triggerCharacters: [' ', ':', '-', '\n'] });
  bulk.add(HoverRequest.type, { documentSelector: selector });
  bulk.add(DefinitionRequest.type, { documentSelector: selector });
  bulk.add(DocumentLinkRequest.type, { documentSelector: selector });
  bulk.add(CodeActionRequest.type, { documentSelector: selector, codeActionKinds: [CodeActionKind.QuickFix] });
  if (!hasYamlExtension) bulk.add(DocumentSymbolRequest.type, { documentSelector: selector });
  if (pulls) {
    bulk.add(DocumentDiagnosticRequest.type, {
      documentSelector: selector,
      identifier: 'ecosystem',
      interFileDependencies: true,
      workspaceDiagnostics: false,
    });
  }
  await connection.client.register(bulk);
}

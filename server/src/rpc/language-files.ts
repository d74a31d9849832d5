import {
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type InitializeParams,
  type WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver/node';
import { isMlopsFile } from '../language/find-files.ts';
import type { LanguageContext } from './language-context.ts';
import { toLsp } from './language-convert.ts';

/** Open documents come first: the rest of the workspace is read once they are answered, or after this. */
const PATIENCE_MS = 300;
/** What changes in short order is told together. */
const GATHER_MS = 50;

export interface WorkspaceFiles {
  /** The client is ready. */
  initialized(): void;
  configure(params: InitializeParams): void;
  trustChanged(trusted: boolean): void;
  /** The diagnostics of an open document were sent. */
  answered(): void;
  /** Something that other files can see changed. */
  changed(): void;
}

/** Files that are not open: read in the background, followed by the client's watcher, checked like the open ones. */
export function registerWorkspaceFiles(
  { connection, workspace, python, guarded }: LanguageContext,
  republish: (uris: readonly string[]) => void,
): WorkspaceFiles {
  let folders: readonly string[] = [];
  let trusted = false;
  let pulls = false;
  let canRefresh = false;
  let canWatch = false;
  let isReady = false;
  let indexing: AbortController | null = null;
  let gathering: NodeJS.Timeout | null = null;
  let shown = new Set<string>();

  const closedFiles = () =>
    [...workspace.index.files()].map(({ uri }) => uri).filter((uri) => !workspace.index.isOpen(uri));

  const tell = () => {
    gathering = null;
    if (pulls) {
      if (canRefresh) connection.languages.diagnostics.refresh();
      return;
    }
    const files = closedFiles();
    republish([...workspace.documents.all()].map(({ uri }) => uri));
    for (const uri of files) send(uri);
    for (const uri of shown) if (!workspace.index.get(uri)) void connection.sendDiagnostics({ uri, diagnostics: [] });
    shown = new Set(files);
  };
  const send = (uri: string) => {
    const diagnostics = guarded('Diagnostics', [], () => workspace.diagnostics(uri)).map((each) => toLsp(each, uri));
    if (diagnostics.length > 0 || shown.has(uri)) void connection.sendDiagnostics({ uri, diagnostics });
  };
  const gather = () => {
    if (!gathering) gathering = setTimeout(tell, GATHER_MS);
  };
  const start = async () => {
    if (indexing || !trusted || !isReady) return;
    indexing = new AbortController();
    const started = performance.now();
    try {
      const count = await workspace.indexFolders(folders, indexing.signal);
      connection.console.info(
        `${count} files of the workspace were read in ${Math.round(performance.now() - started)} ms.`,
      );
      gather();
    } catch (error) {
      if (!indexing.signal.aborted) connection.console.error(`The workspace could not be read: ${String(error)}`);
    }
  };

  const initialized = () => {
    isReady = true;
    if (canWatch) void watch();
    setTimeout(() => void start(), PATIENCE_MS).unref();
  };
  const watch = () =>
    connection.client.register(DidChangeWatchedFilesNotification.type, {
      watchers: ['**/*.mlops.yaml', '**/*.mlops.yml', '**/mlops.yaml', '**/mlops.yml'].map((globPattern) => ({
        globPattern,
      })),
    });
  connection.onDidChangeWatchedFiles(async ({ changes }) => {
    if (!trusted) return;
    for (const { uri, type } of changes) {
      if (python.isPython(uri)) python.changed(uri);
      if (!isMlopsFile(decodeURIComponent(uri))) continue;
      if (type === FileChangeType.Deleted) workspace.removed(uri);
      else await workspace.refresh(uri);
    }
    gather();
  });
  connection.languages.diagnostics.onWorkspace(({ previousResultIds }) => {
    const before = new Map(previousResultIds.map(({ uri, value }) => [uri, value]));
    const items: WorkspaceDocumentDiagnosticReport[] = [];
    for (const uri of closedFiles()) {
      const file = workspace.index.get(uri);
      const resultId = `${contentId(file)}:${workspace.surroundings(uri)}`;
      if (before.get(uri) === resultId) items.push({ kind: 'unchanged', uri, version: null, resultId });
      else {
        const found = guarded('Diagnostics', [], () => workspace.diagnostics(uri)).map((each) => toLsp(each, uri));
        items.push({ kind: 'full', uri, version: null, resultId, items: found });
      }
      before.delete(uri);
    }
    // What was reported and is no file any more is clean; an open one is asked for by itself.
    for (const uri of before.keys()) {
      if (!workspace.index.isOpen(uri)) items.push({ kind: 'full', uri, version: null, items: [] });
    }
    return { items };
  });

  return {
    initialized,
    configure({ workspaceFolders, capabilities }) {
      folders = (workspaceFolders ?? []).map(({ uri }) => uri);
      pulls = capabilities.textDocument?.diagnostic !== undefined;
      canRefresh = capabilities.workspace?.diagnostics?.refreshSupport === true;
      canWatch = capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    },
    trustChanged(now) {
      trusted = now;
      if (now) void start();
      else indexing?.abort();
    },
    answered: () => void start(),
    changed: gather,
  };
}

const ids = new WeakMap<object, number>();
let nextId = 1;

/** A number that is the same for the same reading of a file. */
function contentId(source: object | undefined): number {
  if (!source) return 0;
  const id = ids.get(source) ?? nextId++;
  ids.set(source, id);
  return id;
}

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  BulkRegistration,
  type Connection,
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  type InitializeParams,
  type Location,
  type Position,
  ReferencesRequest,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import type { Completion } from '../language/features/complete.ts';
import type { Hover } from '../language/features/hover.ts';
import { offsetAt } from '../language/features/locate.ts';
import type { LanguageWorkspace } from '../language/language-workspace.ts';
import { completePython } from '../language/python/complete-python.ts';
import { hoverPython } from '../language/python/hover-python.ts';
import { entrypointReferences, pythonDefinition } from '../language/python/navigate.ts';
import { PythonKnowledge } from '../language/python/python-knowledge.ts';
import { PythonModules } from '../language/python/python-modules.ts';
import { toRange } from './language-convert.ts';

export interface PythonFeatures {
  readonly knowledge: PythonKnowledge;
  configure(params: InitializeParams): void;
  initialized(): void;
  trustChanged(trusted: boolean): void;
  /** Whether a document is Python's, and none of ours. */
  isPython(uri: string): boolean;
  opened(uri: string, text: string): void;
  closed(uri: string): void;
  /** A file changed on disk. */
  changed(uri: string): void;
  definition(uri: string, position: Position): Promise<Location | null>;
  /** Functions of an entrypoint's file, and parameters of its function. */
  complete(uri: string, position: Position): Promise<Completion[]>;
  /** The head and docstring of an entrypoint's function. */
  hover(uri: string, position: Position): Promise<Hover | null>;
  /** The entrypoints that call the function named at a position of a Python file. */
  references(uri: string, position: Position): Promise<Location[]>;
}

interface Surroundings {
  readonly workspace: () => LanguageWorkspace;
  /** Something is known of a file that was not known before. */
  readonly onNews: () => void;
}

const selector = [{ language: 'python' }];

/** The Python that pipelines call: as the editor has it open, else, in a trusted workspace, as it is on disk. */
export function createPythonFeatures(connection: Connection, { workspace, onNews }: Surroundings): PythonFeatures {
  const open = new Map<string, string>();
  let trusted = false;
  let canRegister = false;
  const modules = new PythonModules({
    async read(uri) {
      return open.get(uri) ?? (trusted ? readText(uri) : null);
    },
  });
  const knowledge = new PythonKnowledge({
    modules,
    fileAt: (uri) => workspace().checkedFile(uri),
    onNews,
    onFailure: (error) => connection.console.error(`The Python check failed: ${String(error)}`),
  });

  return {
    knowledge,
    configure({ capabilities: { textDocument, workspace: can } }) {
      canRegister =
        textDocument?.synchronization?.dynamicRegistration === true &&
        can?.didChangeWatchedFiles?.dynamicRegistration === true;
    },
    initialized() {
      if (!canRegister) return;
      const bulk = BulkRegistration.create();
      bulk.add(DidOpenTextDocumentNotification.type, { documentSelector: selector });
      bulk.add(DidChangeTextDocumentNotification.type, {
        documentSelector: selector,
        syncKind: TextDocumentSyncKind.Full,
      });
      bulk.add(DidCloseTextDocumentNotification.type, { documentSelector: selector });
      bulk.add(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: '**/*.py' }] });
      bulk.add(ReferencesRequest.type, { documentSelector: selector });
      void connection.client.register(bulk);
    },
    trustChanged(now) {
      if (trusted === now) return;
      trusted = now;
      knowledge.allChanged();
    },
    isPython: (uri) => open.has(uri) || uri.endsWith('.py'),
    opened(uri, text) {
      const isNews = open.get(uri) !== text;
      open.set(uri, text);
      if (isNews) knowledge.pythonChanged(uri);
    },
    closed(uri) {
      open.delete(uri);
      knowledge.pythonChanged(uri);
    },
    changed(uri) {
      if (!open.has(uri)) knowledge.pythonChanged(uri);
    },
    async definition(uri, position) {
      const source = workspace().documents.get(uri)?.source;
      if (!source) return null;
      const found = await pythonDefinition({ source, uri, offset: offsetAt(source, position), modules });
      return found && { uri: found.uri, range: toRange(found.range) };
    },
    async complete(uri, position) {
      const source = workspace().documents.get(uri)?.source;
      return source ? completePython({ source, uri, position, modules }) : [];
    },
    async hover(uri, position) {
      const source = workspace().documents.get(uri)?.source;
      return source ? hoverPython({ source, uri, position, modules }) : null;
    },
    async references(uri, position) {
      const file = await modules.load(uri);
      if (!file) return [];
      const { lineStarts, functions } = file.module;
      const offset = (lineStarts[position.line] ?? 0) + position.character;
      const name = [...functions].find(([, { span }]) => span.start <= offset && offset <= span.end)?.[0];
      if (name === undefined) return [];
      const sources = [...workspace().index.files()].flatMap((each) => {
        const checked = workspace().checkedFile(each.uri);
        const isMentioned = !each.summary || each.summary.names.includes(`:${name}\n`);
        return checked && isMentioned ? [{ uri: each.uri, source: checked.source() }] : [];
      });
      return entrypointReferences({ uri, functionName: name }, sources).map((place) => ({
        uri: place.uri,
        range: toRange(place.range),
      }));
    },
  };
}

async function readText(uri: string): Promise<string | null> {
  try {
    return await readFile(fileURLToPath(uri), 'utf8');
  } catch {
    return null;
  }
}

import { DocumentHighlightKind, type ServerCapabilities, type TextEdit } from 'vscode-languageserver/node';
import { definition, highlights, links, references } from '../language/features/navigate.ts';
import { prepareRename, rename } from '../language/features/rename.ts';
import { workspaceSymbols } from '../language/features/workspace-symbols.ts';
import type { LanguageContext } from './language-context.ts';
import { toRange, toSymbolKind } from './language-convert.ts';

export const navigationCapabilities: ServerCapabilities = {
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  documentLinkProvider: {},
  renameProvider: { prepareProvider: true },
  workspaceSymbolProvider: true,
};

/** Definition, references, rename, highlights, links and symbols of the workspace. */
export function registerNavigation({ connection, workspace, ecosystem, python, guarded }: LanguageContext): void {
  const { index } = workspace;
  connection.onDefinition(async ({ textDocument: { uri }, position }) => {
    const inPython = await python.definition(uri, position).catch(() => null);
    if (inPython) return [inPython];
    return guarded('Definition', [], () =>
      ecosystem.documents.has(uri)
        ? ecosystem.documents
            .definition(uri, position)
            .map(({ uri: to, range }) => ({ uri: to, range: toRange(range) }))
        : definition({ index, uri, position }).map(copied),
    );
  });
  connection.onReferences(({ textDocument: { uri }, position, context }) =>
    python.isPython(uri)
      ? python.references(uri, position)
      : guarded('References', [], () => references({ index, uri, position }, context).map(copied)),
  );
  connection.onDocumentHighlight(({ textDocument: { uri }, position }) =>
    guarded('Highlights', [], () =>
      highlights({ index, uri, position }).map(({ range, isDefinition }) => ({
        range,
        kind: isDefinition ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
      })),
    ),
  );
  connection.onDocumentLinks(({ textDocument: { uri } }) =>
    guarded('Links', [], () =>
      ecosystem.documents.has(uri)
        ? ecosystem.documents.links(uri).map(({ range, target }) => ({ range: toRange(range), target }))
        : links({ index, uri }).map(({ range, target }) => ({ range, target })),
    ),
  );
  connection.onPrepareRename(({ textDocument: { uri }, position }) => {
    const found = guarded('Rename', null, () => prepareRename({ index, uri, position }));
    return found && { range: found.range, placeholder: found.name };
  });
  connection.onRenameRequest(({ textDocument: { uri }, position, newName }) => {
    const places = guarded('Rename', [], () => rename({ index, uri, position }, newName));
    const changes: Record<string, TextEdit[]> = {};
    for (const place of places) {
      const edits = changes[place.uri] ?? [];
      edits.push({ range: place.range, newText: newName });
      changes[place.uri] = edits;
    }
    return { changes };
  });
  connection.onWorkspaceSymbol(({ query }) =>
    guarded('Symbols', [], () =>
      workspaceSymbols(index, query).map(({ name, kind, container, location }) => ({
        name,
        kind: toSymbolKind(kind),
        containerName: container,
        location: copied(location),
      })),
    ),
  );
}

function copied<
  T extends { readonly uri: string; readonly range: { readonly start: unknown; readonly end: unknown } },
>({ uri, range }: T): { uri: string; range: T['range'] } {
  return { uri, range };
}

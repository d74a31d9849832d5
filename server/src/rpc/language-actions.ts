import {
  CodeActionKind,
  type CodeActionParams,
  type InitializeParams,
  type CodeAction as LspAction,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { Diagnostic } from '../language/diagnostics/diagnostic.ts';
import type { CodeAction } from '../language/features/actions/action.ts';
import { codeActions, fixAll, refactorings, replacements } from '../language/features/code-actions.ts';
import type { TextEdit } from '../language/features/format.ts';
import type { TextFix } from '../language/python/fixes.ts';
import type { LanguageContext } from './language-context.ts';
import { toLsp, toRange } from './language-convert.ts';

export const fixAllKind = `${CodeActionKind.SourceFixAll}.mlops`;
export const codeActionKinds = [CodeActionKind.QuickFix, CodeActionKind.RefactorExtract, fixAllKind];

/** Fixes of what is wrong, and changes of what is not. */
export function registerCodeActions({ connection, workspace, ecosystem, guarded }: LanguageContext): {
  configure(params: InitializeParams): void;
} {
  const { index } = workspace;
  let canCreate = false;

  const edit = (uri: string, { edits, newFiles = [] }: Pick<CodeAction, 'edits' | 'newFiles'>): WorkspaceEdit => {
    if (newFiles.length === 0) return { changes: { [uri]: edits.map(toLspEdit) } };
    return {
      documentChanges: [
        ...newFiles.flatMap(({ uri: made, text }) => [
          { kind: 'create' as const, uri: made, options: { overwrite: false, ignoreIfExists: false } },
          { textDocument: { uri: made, version: null }, edits: [{ range: start, newText: text }] },
        ]),
        ...(edits.length > 0
          ? [
              {
                textDocument: { uri, version: workspace.documents.get(uri)?.version ?? null },
                edits: edits.map(toLspEdit),
              },
            ]
          : []),
      ],
    };
  };
  const possible = ({ newFiles }: CodeAction) => canCreate || newFiles === undefined;

  const fixes = ({ textDocument: { uri }, range }: CodeActionParams): LspAction[] => {
    const file = index.get(uri);
    const found = file ? workspace.diagnostics(uri) : ecosystem.documents.diagnostics(uri);
    return found
      .filter((each) => each.range.startLine <= range.end.line && each.range.endLine >= range.start.line)
      .flatMap((diagnostic) =>
        [
          ...(file ? codeActions(file, diagnostic, index) : replacements(diagnostic))
            .filter(possible)
            .map((action) => ({ title: action.title, isPreferred: action.preferred, edit: edit(uri, action) })),
          ...pythonFixes(diagnostic, uri),
        ]
          .filter(({ title }, at, all) => all.findIndex((other) => other.title === title) === at)
          .map((action) => ({
            ...action,
            kind: CodeActionKind.QuickFix,
            diagnostics: [toLsp(diagnostic, uri)],
          })),
      );
  };
  const changes = ({ textDocument: { uri }, range }: CodeActionParams): LspAction[] => {
    const file = index.get(uri);
    if (!file) return [];
    return refactorings(file, index, range.start)
      .filter(possible)
      .map((action) => ({ title: action.title, kind: CodeActionKind.RefactorExtract, edit: edit(uri, action) }));
  };
  const all = ({ textDocument: { uri } }: CodeActionParams): LspAction[] => {
    const edits = fixAll(workspace.diagnostics(uri));
    if (edits.length === 0) return [];
    return [{ title: 'Fix all MLOps problems', kind: fixAllKind, edit: edit(uri, { edits }) }];
  };

  connection.onCodeAction((params) => {
    const { only } = params.context;
    const wants = (kind: string) => only?.some((each) => kind === each || kind.startsWith(`${each}.`)) ?? true;
    return [
      ...(wants(CodeActionKind.QuickFix) ? guarded('Fixes', [], () => fixes(params)) : []),
      ...(wants(CodeActionKind.RefactorExtract) ? guarded('Refactorings', [], () => changes(params)) : []),
      // On save, or when somebody asks for it: not in the list at every line.
      ...(only && wants(fixAllKind) ? guarded('Fixes', [], () => all(params)) : []),
    ];
  });

  return {
    configure({ capabilities: { workspace: can } }) {
      const { documentChanges, resourceOperations = [] } = can?.workspaceEdit ?? {};
      canCreate = documentChanges === true && resourceOperations.includes('create');
    },
  };
}

/** What puts a step and the Python that it calls together, in either file. */
function pythonFixes(
  diagnostic: Diagnostic & { readonly fixes?: readonly TextFix[] },
  uri: string,
): { title: string; isPreferred: boolean; edit: WorkspaceEdit }[] {
  return (diagnostic.fixes ?? []).map((fix) => ({
    title: fix.title,
    isPreferred: false,
    edit: { changes: { [fix.uri ?? uri]: [{ range: toRange(fix.range), newText: fix.newText }] } },
  }));
}

const start = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function toLspEdit({ range, text }: TextEdit) {
  return { range, newText: text };
}

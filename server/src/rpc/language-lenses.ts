import { type CodeLens, CodeLensRefreshRequest, type InitializeParams } from 'vscode-languageserver/node';
import { showReferences } from '#schemas/protocol/language-settings.ts';
import type { InitializationOptions } from '#schemas/protocol/workspace.ts';
import { codeLenses } from '../language/features/code-lenses.ts';
import type { LanguageContext } from './language-context.ts';
import type { SettingsOfLanguage } from './language-settings.ts';

export interface Lenses {
  configure(params: InitializeParams, state: InitializationOptions): void;
  /** Settings or files changed. */
  refresh(): void;
}

/** Lenses that say how often something is referred to. A click opens the places where the editor has a command for it. */
export function registerLenses(
  { connection, workspace, guarded }: LanguageContext,
  settings: SettingsOfLanguage,
): Lenses {
  let canShow = false;
  let canRefresh = false;
  connection.onCodeLens(({ textDocument: { uri } }): CodeLens[] => {
    if (!settings.current.codeLens.enabled) return [];
    return guarded('Lenses', [], () =>
      codeLenses(workspace.index, uri).map(({ range, references }) => ({
        range,
        command: {
          title: references === 1 ? '1 reference' : `${references} references`,
          command: canShow ? showReferences : '',
          arguments: [uri, range.start],
        },
      })),
    );
  });
  return {
    configure({ capabilities }, { commands }) {
      canShow = commands.includes(showReferences);
      canRefresh = capabilities.workspace?.codeLens?.refreshSupport === true;
    },
    refresh() {
      if (canRefresh) void connection.sendRequest(CodeLensRefreshRequest.type);
    },
  };
}

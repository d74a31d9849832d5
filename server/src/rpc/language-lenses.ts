import { type CodeLens, CodeLensRefreshRequest, type InitializeParams } from 'vscode-languageserver/node';
import { openDashboard, openDrift, showReferences } from '#schemas/protocol/language-settings.ts';
import type { InitializationOptions } from '#schemas/protocol/workspace.ts';
import { codeLenses } from '../language/features/code-lenses.ts';
import { dashboardLenses, monitorLenses } from '../language/features/monitor-lenses.ts';
import type { LanguageContext } from './language-context.ts';
import type { SettingsOfLanguage } from './language-settings.ts';

export interface Lenses {
  configure(params: InitializeParams, state: InitializationOptions): void;
  trustChanged(trusted: boolean): void;
  /** Settings or files changed. */
  refresh(): void;
}

/**
 * Lenses that say how often something is referred to, and in a trusted workspace those that show the drift of a monitor's data and its
 * dashboard.
 * A click does something where the editor has a command for it.
 */
export function registerLenses(
  { connection, workspace, guarded }: LanguageContext,
  settings: SettingsOfLanguage,
): Lenses {
  let canShow = false;
  let canShowDrift = false;
  let canShowDashboard = false;
  let trusted = false;
  let canRefresh = false;
  connection.onCodeLens(({ textDocument: { uri } }): CodeLens[] => {
    if (!settings.current.codeLens.enabled) return [];
    return guarded('Lenses', [], () => [...referenceLenses(uri), ...driftLenses(uri), ...drawnLenses(uri)]);
  });
  const referenceLenses = (uri: string): CodeLens[] =>
    codeLenses(workspace.index, uri).map(({ range, references }) => ({
      range,
      command: {
        title: references === 1 ? '1 reference' : `${references} references`,
        command: canShow ? showReferences : '',
        arguments: [uri, range.start],
      },
    }));
  // Nothing is read in an untrusted workspace, so nothing is offered either.
  const driftLenses = (uri: string): CodeLens[] =>
    (canShowDrift && trusted ? monitorLenses(workspace.index, uri) : []).map(({ range, monitor }) => ({
      range,
      command: { title: 'Show drift', command: openDrift, arguments: [uri, monitor] },
    }));
  const drawnLenses = (uri: string): CodeLens[] =>
    (canShowDashboard && trusted ? dashboardLenses(workspace.index, uri) : []).map(({ range, monitor }) => ({
      range,
      command: { title: 'Show dashboard', command: openDashboard, arguments: [uri, monitor] },
    }));
  return {
    configure({ capabilities }, state) {
      canShow = state.commands.includes(showReferences);
      canShowDrift = state.commands.includes(openDrift);
      canShowDashboard = state.commands.includes(openDashboard);
      trusted = state.trusted;
      canRefresh = capabilities.workspace?.codeLens?.refreshSupport === true;
    },
    trustChanged(isTrusted) {
      if (trusted === isTrusted) return;
      trusted = isTrusted;
      this.refresh();
    },
    refresh() {
      if (canRefresh) void connection.sendRequest(CodeLensRefreshRequest.type);
    },
  };
}

import { l10n, commands as registry, window } from 'vscode';
import { type CommandId, commands } from '../contributions/commands.ts';
import { views } from '../contributions/views.ts';
import { failureLine, toFailure } from './failures.ts';

/** Tells the person what went wrong and what to do, on one line; nothing where they cancelled it themselves. */
export async function showFailure(error: unknown): Promise<void> {
  const failure = toFailure(error);
  if (failure.reason === 'cancelled') return;
  const actions: Record<string, CommandId | string> = {};
  switch (failure.reason) {
    case 'permission':
    case 'unreachable':
    case 'remote':
      actions[l10n.t('Show Connections')] = `${views.connections}.focus`;
      break;
    case 'untrusted':
      actions[l10n.t('Manage Workspace Trust')] = 'workbench.trust.manage';
      break;
    case 'restarted':
      actions[l10n.t('Restart')] = commands.restartServer;
      actions[l10n.t('Show Log')] = commands.showLog;
      break;
    case 'internal':
      actions[l10n.t('Show Log')] = commands.showLog;
      break;
  }
  const chosen = await window.showErrorMessage(failureLine(failure), ...Object.keys(actions));
  const command = chosen === undefined ? undefined : actions[chosen];
  if (command) await registry.executeCommand(command);
}

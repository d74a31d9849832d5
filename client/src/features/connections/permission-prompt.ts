import { l10n, window } from 'vscode';
import type { Ask } from '../../platform/permissions.ts';
import { folderLabel } from './commands.ts';

/**
 * Asks whether a folder's configuration may connect to an origin. In a dialog: a request waits for the answer, and a
 * notification that nobody saw would keep it waiting. Closing it is no answer.
 */
export const askAllowed: Ask = async ({ folder, origin, connection }) => {
  const allow = l10n.t('Allow');
  const deny = l10n.t('Don’t Allow');
  const answer = await window.showWarningMessage(
    l10n.t('Allow the folder “{0}” to connect to {1}?', folderLabel(folder), origin),
    {
      modal: true,
      detail: l10n.t(
        'Its configuration names this server (as “{0}”) and decides what is asked of it. Your sign-in for other servers is not sent there.',
        connection,
      ),
    },
    allow,
    deny,
  );
  if (answer === allow) return 'allow';
  return answer === deny ? 'deny' : undefined;
};

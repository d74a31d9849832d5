import { l10n, window } from 'vscode';
import type { Ask } from '../../platform/permissions.ts';
import { folderLabel } from './commands.ts';

/** Asks whether a folder's configuration may connect to an origin. Closing the message is no answer. */
export const askAllowed: Ask = async ({ folder, origin, connection }) => {
  const allow = l10n.t('Allow');
  const deny = l10n.t('Don’t Allow');
  const answer = await window.showWarningMessage(
    l10n.t(
      'The configuration of “{0}” wants to connect to {1} (as “{2}”). Allow it?',
      folderLabel(folder),
      origin,
      connection,
    ),
    allow,
    deny,
  );
  if (answer === allow) return 'allow';
  return answer === deny ? 'deny' : undefined;
};

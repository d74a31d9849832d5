import { env, l10n, Uri, window } from 'vscode';
import type { AlertNotice } from '#schemas/domain/alert-notice.ts';

type Show = (message: string, ...actions: string[]) => Thenable<string | undefined>;

/**
 * Shows a notice as a notification, as gravely as its gravest alert, with the way to its runbook. It is shown when this
 * returns; whether anybody reads it is not waited for.
 */
export function showAlertNotice(notice: AlertNotice): void {
  const { firing, resolved, monitor } = notice;
  const [first] = [...firing, ...resolved];
  if (!first) return;
  const runbook = [...firing, ...resolved].map((alert) => webAddress(alert.runbook)).find((link) => link !== null);
  const action = l10n.t('Open Runbook');
  const more = firing.length + resolved.length - 1;
  const said =
    first.endedAt === null
      ? l10n.t('{0}: {1} – {2}', monitor, first.name, first.found)
      : l10n.t('{0}: {1} is over – {2}', monitor, first.name, first.found);
  const message = oneLine(more === 0 ? said : l10n.t('{0} (and {1} more)', said, more));
  void showFor(notice)(message, ...(runbook ? [action] : [])).then(async (chosen) => {
    if (chosen === action && runbook) await env.openExternal(runbook);
  });
}

function showFor({ firing }: AlertNotice): Show {
  const severities = new Set(firing.map(({ severity }) => severity));
  if (severities.has('critical')) return window.showErrorMessage;
  return severities.has('warning') ? window.showWarningMessage : window.showInformationMessage;
}

function webAddress(runbook: string | null): Uri | null {
  if (runbook === null || !/^https?:\/\//i.test(runbook) || !URL.canParse(runbook)) return null;
  return Uri.parse(runbook, true);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 500);
}

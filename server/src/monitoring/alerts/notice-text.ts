import type { AlertNotice, NoticeAlert } from '#schemas/domain/alert-notice.ts';

/** One line for a subject or a heading: `[FIRING:2] slow – churn`. */
export function noticeTitle(notice: AlertNotice): string {
  const { firing, resolved, kind, monitor } = notice;
  const shown = firing.length > 0 ? firing : resolved;
  const names = [...new Set(shown.map(({ name }) => name))];
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  const state =
    kind === 'test' ? 'TEST' : firing.length > 0 ? `FIRING:${firing.length}` : `RESOLVED:${resolved.length}`;
  return `[${state}] ${names.slice(0, 3).join(', ')}${more} – ${monitor}`;
}

/** What to say of one alert, one line. */
export function alertLine({ name, severity, found, endedAt }: NoticeAlert): string {
  return endedAt === null ? `${name} (${severity}): ${found}` : `${name} is over: ${found}`;
}

/** Labels that tell alerts of one name apart, as `pod=a, plan=free`. */
export function labelsLine({ labels }: NoticeAlert): string {
  const shown = Object.entries(labels).filter(
    ([name]) => name !== 'alert' && name !== 'monitor' && name !== 'severity',
  );
  return shown
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(', ');
}

/** The runbook where it is an address that a person may follow. */
export function runbookLink({ runbook }: NoticeAlert): string | null {
  return runbook !== null && /^https?:\/\//i.test(runbook) && URL.canParse(runbook) ? runbook : null;
}

/** All of a notice as plain text, for terminals and mail. */
export function noticeText(notice: AlertNotice): string {
  const part = (alert: NoticeAlert) => {
    const since = new Date(alert.startedAt).toISOString();
    const until = alert.endedAt === null ? '' : `, until ${new Date(alert.endedAt).toISOString()}`;
    return [
      alertLine(alert),
      `  condition: ${alert.condition}`,
      `  since ${since}${until}`,
      ...(labelsLine(alert) === '' ? [] : [`  ${labelsLine(alert)}`]),
      ...(alert.runbook === null ? [] : [`  runbook: ${alert.runbook}`]),
    ].join('\n');
  };
  return [...notice.firing.map(part), ...notice.resolved.map(part)].join('\n\n');
}

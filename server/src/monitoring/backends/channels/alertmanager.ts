import type { AlertNotice, NoticeAlert } from '#schemas/domain/alert-notice.ts';
import type { AlertmanagerChannel } from '../../../platform/configuration/resolved-channel.ts';
import type { CredentialSource } from '../../../platform/credentials.ts';
import type { HttpClient } from '../../../platform/http.ts';
import type { AlertChannel } from '../../alerts/alert-channel.ts';
import { runbookLink } from '../../alerts/notice-text.ts';
import { post } from './post.ts';

export interface Connected {
  readonly http: HttpClient;
  readonly credentials: CredentialSource;
}

/**
 * Prometheus' Alertmanager by its API v2. It routes, groups and silences by its own configuration. It forgets an alert at its
 * `endsAt`, so alerts that fire are sent with every check.
 */
export function createAlertmanagerChannel(
  { name, url }: AlertmanagerChannel,
  { http, credentials }: Connected,
  clock: () => number,
): AlertChannel {
  return {
    name,
    type: 'alertmanager',
    paceMs: 0,
    isRefreshed: true,
    async send(notice, signal) {
      const body = JSON.stringify(alertmanagerAlerts(notice, clock()));
      const headers = authorization(await credentials());
      await post(
        http,
        { url: `${url.replace(/\/+$/, '')}/api/v2/alerts`, headers, body, receiver: 'Alertmanager' },
        signal,
      );
    },
  };
}

/** The alerts of a notice as `POST /api/v2/alerts` takes them. */
export function alertmanagerAlerts(notice: AlertNotice, now: number): readonly object[] {
  // A notice that waited for long says as much as a fresh one: what is over follows behind it.
  const until = Math.max(notice.validUntil, now + (notice.validUntil - notice.at));
  return [
    ...notice.firing.map((alert) => toAlert(alert, notice, until)),
    ...notice.resolved.map((alert) => toAlert(alert, notice, alert.endedAt ?? now)),
  ];
}

function toAlert(alert: NoticeAlert, { model }: AlertNotice, endsAt: number): object {
  const link = runbookLink(alert);
  return {
    labels: { ...labelsFor(alert), alertname: alert.name },
    annotations: {
      summary: alert.found === '' ? alert.condition : alert.found,
      description: `${alert.condition}${model === null ? '' : ` (${model})`}`,
      ...(alert.runbook === null ? {} : { [link === null ? 'runbook' : 'runbook_url']: alert.runbook }),
    },
    startsAt: new Date(Math.min(alert.startedAt, endsAt)).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
  };
}

/** Prometheus' label names have letters, digits and underscores; a label without a value is none. */
function labelsFor({ labels }: NoticeAlert): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels)
      .filter(([name, value]) => value !== '' && name !== 'alert')
      .map(([name, value]) => [name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_'), value]),
  );
}

function authorization(credential: Awaited<ReturnType<CredentialSource>>): Record<string, string> {
  if (credential === null) return {};
  if (credential.type === 'bearer') return { authorization: `Bearer ${credential.token}` };
  const { username, password } = credential;
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

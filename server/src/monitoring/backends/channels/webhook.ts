import { createHmac } from 'node:crypto';
import type { AlertNotice } from '#schemas/domain/alert-notice.ts';
import type { WebhookChannel } from '../../../platform/configuration/resolved-channel.ts';
import type { HttpClient } from '../../../platform/http.ts';
import type { AlertChannel } from '../../alerts/alert-channel.ts';
import { post } from './post.ts';

/** An HTTP POST with a notice as JSON, signed as Standard Webhooks has it (https://www.standardwebhooks.com). */
export function createWebhookChannel(
  { name, url, secret, headers }: WebhookChannel,
  http: HttpClient,
  clock: () => number,
): AlertChannel {
  return {
    name,
    type: 'webhook',
    paceMs: 0,
    isRefreshed: false,
    send(notice, signal) {
      const body = JSON.stringify(webhookBody(notice));
      const timestamp = Math.floor(clock() / 1_000);
      const about = { 'idempotency-key': notice.id, 'webhook-id': notice.id, 'webhook-timestamp': String(timestamp) };
      const signature =
        secret === null ? {} : { 'webhook-signature': sign({ id: notice.id, timestamp, body, secret }) };
      const request = { url, headers: { ...headers, ...about, ...signature }, body, receiver: new URL(url).host };
      return post(http, request, signal);
    },
  };
}

/** What travels: version 1 of it gains keys, and loses none. */
export function webhookBody({ group, groupLabels, ...notice }: AlertNotice): object {
  return { version: 1, status: notice.firing.length > 0 ? 'firing' : 'resolved', group, groupLabels, ...notice };
}

interface Signed {
  readonly id: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly body: string;
  readonly secret: string;
}

/** HMAC SHA-256 over id, timestamp and body; a secret that begins with `whsec_` holds its key in base64. */
function sign({ id, timestamp, body, secret }: Signed): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret;
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

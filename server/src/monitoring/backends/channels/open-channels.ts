import type { AlertNotice } from '#schemas/domain/alert-notice.ts';
import type { Consent } from '../../../platform/configuration/resolved.ts';
import type { ResolvedChannel } from '../../../platform/configuration/resolved-channel.ts';
import { type AlertChannel, DeliveryError } from '../../alerts/alert-channel.ts';
import { type Connected, createAlertmanagerChannel } from './alertmanager.ts';
import { createEmailChannel } from './email.ts';
import { createSlackChannel } from './slack.ts';
import { createWebhookChannel } from './webhook.ts';

/** Shows a notice to the person: a notification in the editor, lines in the terminal. */
export type ShowNotice = (notice: AlertNotice, signal: AbortSignal) => Promise<void>;

interface Server {
  readonly name: string;
  readonly origin: string;
  readonly consent: Consent;
}

/** How channels reach what they send to; the person is asked before the first connection to an origin. */
export interface ChannelAccess {
  readonly show: ShowNotice;
  /** A client for one origin that sends nothing twice by itself. */
  readonly connect: (server: Server) => Connected;
  /** For what is no HTTP: fails where the person did not allow the connection. */
  readonly permit: (server: Server) => (signal?: AbortSignal) => Promise<void>;
  readonly clock: () => number;
}

/** Opens a channel of the configuration; nothing connects before something is sent. */
export function openChannel(channel: ResolvedChannel, access: ChannelAccess): AlertChannel {
  const { connect, permit, show, clock } = access;
  switch (channel.type) {
    case 'vscode':
      return { name: channel.name, type: 'vscode', paceMs: 0, isRefreshed: false, send: show };
    case 'slack':
      return createSlackChannel(channel, connect(channel).http);
    case 'email':
      return createEmailChannel(channel, permit(channel));
    case 'webhook':
      return createWebhookChannel(channel, connect(channel).http, clock);
    case 'alertmanager':
      return createAlertmanagerChannel(channel, connect(channel), clock);
    case 'broken':
      return brokenChannel(channel.name, channel.problem);
  }
}

/** What is missing may be there in the next process (a variable, say): its notices wait. */
function brokenChannel(name: string, problem: string): AlertChannel {
  const send = async () => {
    const remedy = 'Correct it in alerting.channels of mlops.yaml.';
    throw new DeliveryError(`The channel “${name}” can’t be used: ${problem}`, { reason: 'input', remedy });
  };
  return { name, type: 'broken', paceMs: 0, isRefreshed: false, send };
}

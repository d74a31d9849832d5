import type { AlertNotice, NoticeAlert } from '#schemas/domain/alert-notice.ts';
import type { SlackChannel } from '../../../platform/configuration/resolved-channel.ts';
import type { HttpClient } from '../../../platform/http.ts';
import type { AlertChannel } from '../../alerts/alert-channel.ts';
import { alertLine, labelsLine, noticeTitle, runbookLink } from '../../alerts/notice-text.ts';
import { post } from './post.ts';

/** What Slack takes at most: https://docs.slack.dev/reference/block-kit/blocks. */
const mostBlocks = 50;
const longestHeader = 150;
const longestSection = 3_000;
/** Slack takes about one message a second of a webhook. */
const paceMs = 1_000;

/** A channel of Slack, by an incoming webhook. */
export function createSlackChannel({ name, url, channel }: SlackChannel, http: HttpClient): AlertChannel {
  return {
    name,
    type: 'slack',
    paceMs,
    isRefreshed: false,
    send(notice, signal) {
      const message = { ...slackMessage(notice), ...(channel === null ? {} : { channel }) };
      return post(http, { url, body: JSON.stringify(message), receiver: 'Slack' }, signal);
    },
  };
}

interface SlackMessage {
  /** For notifications, and where blocks can't be shown. */
  readonly text: string;
  readonly blocks: readonly object[];
}

/** A notice in Block Kit, within Slack's limits; of too many alerts, the first and how many more there are. */
export function slackMessage(notice: AlertNotice): SlackMessage {
  const title = noticeTitle(notice);
  const alerts = [...notice.firing, ...notice.resolved];
  const room = mostBlocks - 2;
  const shown = alerts.length > room ? alerts.slice(0, room - 1) : alerts;
  const left = alerts.length - shown.length;
  return {
    text: escaped(title, longestSection),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(title, longestHeader), emoji: false } },
      ...shown.map((alert) => ({ type: 'section', text: { type: 'mrkdwn', text: sectionText(alert) } })),
      ...(left > 0 ? [{ type: 'section', text: { type: 'mrkdwn', text: `… and ${left} more alerts.` } }] : []),
      { type: 'context', elements: [{ type: 'mrkdwn', text: contextText(notice) }] },
    ],
  };
}

function sectionText(alert: NoticeAlert): string {
  const link = runbookLink(alert);
  // An address that does not fit would be cut into another: it is left out.
  const runbook = link === null || link.length > 1_000 ? '' : `\n<${escaped(encodePipe(link), 1_500)}|Runbook>`;
  const labels = labelsLine(alert);
  const about = [alertLine(alert), `condition: ${alert.condition}`, ...(labels === '' ? [] : [labels])].join('\n');
  return escaped(about, longestSection - runbook.length) + runbook;
}

/** In a link, `|` and `>` end the address. */
function encodePipe(link: string): string {
  return link.replaceAll('|', '%7C').replaceAll('>', '%3E').replaceAll('<', '%3C');
}

function contextText({ model, at }: AlertNotice): string {
  const time = new Date(at).toISOString();
  return escaped(model === null ? time : `${model} · ${time}`, longestSection);
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text with Slack's three entities, cut so that no more than so many characters come out and none is cut apart. */
function escaped(text: string, most: number): string {
  let result = '';
  for (const character of text) {
    const next = entities[character] ?? character;
    if (result.length + next.length > most - 1) return `${result}…`;
    result += next;
  }
  return result;
}

function cut(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= most ? line : `${line.slice(0, most - 1).toWellFormed()}…`;
}

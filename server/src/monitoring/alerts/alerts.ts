import { relative } from 'node:path';
import type { AlertNotice } from '#schemas/domain/alert-notice.ts';
import type { OutboxEntry } from '#schemas/domain/alert-outbox.ts';
import { digestOfJson } from '../../platform/canonical-json.ts';
import { FailureError, toFailure } from '../../platform/failure.ts';
import type { Logger } from '../../platform/log.ts';
import type { MonitorFacts, ProcessAlerts } from '../monitor-facts.ts';
import { type AlertChannel, DeliveryError } from './alert-channel.ts';
import type { ActiveAlert } from './alert-memory.ts';
import { AlertStore } from './alert-store.ts';
import { judgeCondition, type Outcome } from './conditions.ts';
import { type Delivered, type Delivery, deliver } from './deliver.ts';
import { judgeAlerts } from './judge-alerts.ts';
import { policyOf } from './rules.ts';

/** The alerts of a workspace. */
export interface Alerts {
  /** Fails with `busy` where the disk is full: then nothing of the check is remembered, and the next one does it all. */
  readonly process: ProcessAlerts;
  /** Sends what is due, without a check. */
  deliver(signal: AbortSignal): Promise<Delivered>;
  /** What failed for good waits again. Answers how many. */
  retryFailed(): number;
  /** Sends a notice that says that it is a test, past the outbox. Fails with `not-found` for an unknown channel. */
  test(channel: string, signal: AbortSignal): Promise<void>;
  readonly channels: readonly Pick<AlertChannel, 'name' | 'type'>[];
  /** Alerts that wait or fire, by monitor. */
  active(): readonly { readonly monitor: string; readonly alert: ActiveAlert }[];
  /** Newest last. */
  outbox(): readonly OutboxEntry[];
  close(): Promise<void>;
}

export interface AlertsOptions {
  /** Absolute: the folder of the configuration, whose `.mlops/state.db` remembers. */
  readonly root: string;
  readonly channels: readonly AlertChannel[];
  readonly runbookBase: string | null;
  readonly logger: Logger;
  /** Takes secrets out of what is kept about a failure. */
  readonly redact: (text: string) => string;
  readonly clock: () => number;
  /** Milliseconds that a delivery waits at most for what is due soon. */
  readonly patienceMs: number;
}

export function createAlerts(options: AlertsOptions): Alerts {
  const { root, channels, runbookBase, logger, clock } = options;
  const store = new AlertStore(root);
  const byName = new Map(channels.map((channel) => [channel.name, channel]));
  const delivery: Delivery = { ...options, outbox: store.outbox, channel: (name) => byName.get(name) ?? unknown(name) };
  const refreshed = new Set(channels.filter(({ isRefreshed }) => isRefreshed).map(({ name }) => name));
  const warn = (monitor: string) => (message: string) => logger.warn(message, { monitor });

  return {
    async process({ document, folder, facts, now }, signal = new AbortController().signal) {
      const { name } = document.metadata;
      // Two folders may each have a monitor of that name.
      const place = relative(root, folder).replaceAll('\\', '/');
      const key = place === '' ? name : `${place}/${name}`;
      const policy = policyOf(document, runbookBase, warn(name));
      if (policy.rules.length === 0 && !store.knows(key)) return [];
      const outcomes = new Map(policy.rules.map((rule) => [rule.name, judged(rule.when, facts, warn(name))] as const));
      const { statuses } = store.advance(key, (memory) => judgeAlerts(memory, { policy, outcomes, refreshed, now }));
      await deliver(delivery, signal);
      return statuses;
    },
    deliver: (signal) => deliver(delivery, signal),
    retryFailed: () => store.outbox.retryFailed(clock()),
    async test(name, signal) {
      const channel = byName.get(name);
      if (!channel) throw noChannel(name, channels);
      try {
        await channel.send(testNotice(name, clock()), AbortSignal.any([signal, AbortSignal.timeout(testMs)]));
      } catch (error) {
        if (error instanceof FailureError || signal.aborted) throw error;
        throw new FailureError('remote', `${name}: ${toFailure(error).message}`, { cause: error });
      }
    },
    channels: channels.map((channel) => ({ name: channel.name, type: channel.type })),
    active: () => store.active(),
    outbox: () => store.outbox.list(),
    close: async () => store.close(),
  };
}

const testMs = 45_000;

/** A condition with a mistake is unknown, with the mistake as the reason: it must not keep the others from being judged. */
function judged(when: string, facts: MonitorFacts, onWarning: (message: string) => void): readonly Outcome[] {
  try {
    return judgeCondition(when, facts);
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    onWarning(error.message);
    return [{ labels: {}, holds: null, found: error.message }];
  }
}

function testNotice(channel: string, now: number): AlertNotice {
  const { digest } = digestOfJson({ test: channel, now });
  const alert = {
    fingerprint: digest,
    name: 'Test',
    severity: 'info' as const,
    labels: { alert: 'Test', monitor: 'test', severity: 'info' },
    condition: 'true',
    found: `This is a test of the channel “${channel}”. Nothing is wrong.`,
    startedAt: now,
    endedAt: null,
    runbook: null,
  };
  return {
    id: digest,
    monitor: 'test',
    model: null,
    channel,
    group: digest,
    groupLabels: {},
    kind: 'test',
    firing: [alert],
    resolved: [],
    at: now,
    validUntil: now + 60_000,
  };
}

/** Stands for a channel that an alert names and the configuration does not have. */
function unknown(name: string): AlertChannel {
  const send = async () => {
    throw new DeliveryError(`There is no channel “${name}” in mlops.yaml.`, {
      reason: 'not-found',
      permanent: true,
      remedy: 'Add it to alerting.channels, then send what failed again.',
    });
  };
  return { name, type: 'unknown', paceMs: 0, isRefreshed: false, send };
}

function noChannel(name: string, channels: readonly AlertChannel[]): FailureError {
  const known = channels.map((channel) => channel.name).join(', ');
  return new FailureError('not-found', `There is no channel “${name}”.`, {
    remedy: known === '' ? 'Add one to alerting.channels of mlops.yaml.' : `Known are: ${known}.`,
  });
}

import { setTimeout as sleep } from 'node:timers/promises';
import { toFailure } from '../../platform/failure.ts';
import type { Logger } from '../../platform/log.ts';
import { type AlertChannel, DeliveryError } from './alert-channel.ts';
import { type Claim, leaseMs, type Outbox } from './outbox.ts';

export interface Delivery {
  readonly outbox: Outbox;
  /** By its name; of one that the configuration does not have, one that says so. */
  readonly channel: (name: string) => AlertChannel;
  readonly logger: Logger;
  /** Takes secrets out of what is kept about a failure. */
  readonly redact: (text: string) => string;
  /** Milliseconds that a delivery waits at most for what is due soon, such as for the pace of a channel. */
  readonly patienceMs: number;
  readonly clock: () => number;
}

export interface Delivered {
  readonly sent: number;
  /** For good. */
  readonly failed: number;
  readonly putOff: number;
}

/** How long a single attempt may take: well below the lease, so that nobody else takes it over meanwhile. */
const attemptMs = leaseMs / 2;
const leastPauseMs = 1_000;
const firstPauseMs = 30_000;
const longestPauseMs = 3_600_000;

/**
 * Sends what is due, channel beside channel. What fails for now waits for longer each time, what fails for good is kept and
 * told in the log. Throws only for the outbox's own failures and the signal's AbortError.
 */
export async function deliver(delivery: Delivery, signal: AbortSignal): Promise<Delivered> {
  const channels = delivery.outbox.waitingChannels().map((name) => delivery.channel(name));
  const all = await Promise.all(channels.map((channel) => drain(channel, delivery, signal)));
  const count = (of: keyof Delivered) => all.reduce((sum, one) => sum + one[of], 0);
  return { sent: count('sent'), failed: count('failed'), putOff: count('putOff') };
}

async function drain(channel: AlertChannel, delivery: Delivery, signal: AbortSignal): Promise<Delivered> {
  const { outbox, clock } = delivery;
  const patience = clock() + delivery.patienceMs;
  const done = { sent: 0, failed: 0, putOff: 0 };
  for (;;) {
    signal.throwIfAborted();
    const claim = outbox.claim(channel.name, { now: clock(), paceMs: channel.paceMs });
    if (claim) done[await attempt(claim, channel, delivery, signal)] += 1;
    else {
      const due = outbox.nextDue(channel.name);
      if (due === null || due > patience || clock() > patience) return done;
      await sleep(Math.max(1, due - clock()), undefined, { signal });
    }
  }
}

async function attempt(
  claim: Claim,
  channel: AlertChannel,
  { outbox, logger, redact, clock }: Delivery,
  signal: AbortSignal,
): Promise<keyof Delivered> {
  const about = { channel: channel.name, monitor: claim.notice.monitor, notice: claim.notice.id };
  try {
    await withinTime(channel, claim, signal);
  } catch (error) {
    if (signal.aborted) {
      outbox.release(claim);
      throw error;
    }
    const message = redact(toFailure(error).message);
    if (error instanceof DeliveryError && error.permanent) {
      outbox.fail(claim, message, clock());
      logger.error('An alert can’t be sent', { ...about, error: message });
      return 'failed';
    }
    const asked = error instanceof DeliveryError ? error.retryAfterMs : null;
    const at = clock() + (asked === null ? pauseAfter(claim.attempts) : Math.max(asked, leastPauseMs));
    outbox.putOff(claim, { at, error: message, wholeChannel: asked !== null });
    logger.warn('An alert waits to be sent again', { ...about, error: message, attempts: claim.attempts });
    return 'putOff';
  }
  if (!outbox.finish(claim, clock())) logger.warn('An alert may have been sent twice', about);
  return 'sent';
}

async function withinTime(channel: AlertChannel, { notice }: Claim, signal: AbortSignal): Promise<void> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]);
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = () =>
    reject(signal.aborted ? signal.reason : new DeliveryError(`${channel.name} did not answer in time.`));
  limited.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([channel.send(notice, limited), stopped]);
  } finally {
    limited.removeEventListener('abort', stop);
  }
}

/** 30 s, 60 s, 120 s … up to an hour, a fifth more or less, so that processes don't come together. */
function pauseAfter(attempts: number): number {
  const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(20, attempts - 1));
  return Math.round(pause * (0.8 + 0.4 * Math.random()));
}

import { createHash } from 'node:crypto';
import { Cron } from 'croner';

/** Schedules mean the same wherever they run: in every window, in CI and in a Kubernetes CronJob. */
export const scheduleTimeZone = 'UTC';

const longestJitterMs = 30_000;

/** When a monitor is checked, by its cron expression. */
export class Schedule {
  readonly #cron: Cron;
  /** From 0 to 1, always the same for one monitor. */
  readonly #share: number;

  /** Fails where the pattern is no cron expression. `key` is what the monitor differs from others by. */
  constructor(pattern: string, key: string) {
    this.#cron = new Cron(pattern, { paused: true, utcOffset: 0 });
    this.#share = createHash('sha256').update(key).digest().readUInt32BE() / 2 ** 32;
  }

  /** The first time after `time`, both Unix milliseconds; null where there is none. */
  next(time: number): number | null {
    return this.#cron.nextRun(new Date(time))?.getTime() ?? null;
  }

  /**
   * How many milliseconds after its time a check begins, so that all monitors of an hour don't begin in one moment: at most half
   * a minute, and a tenth of the time to the next.
   */
  jitter(time: number): number {
    const next = this.next(time);
    return next === null ? 0 : Math.floor(this.#share * Math.min(longestJitterMs, (next - time) / 10));
  }
}

/** Null for what is no cron expression. */
export function readSchedule(pattern: string, key: string): Schedule | null {
  try {
    return new Schedule(pattern, key);
  } catch {
    return null;
  }
}

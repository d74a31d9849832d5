import { type PollClock, systemClock } from '../../platform/poll.ts';
import { leaseMs } from './lease.ts';
import { readSchedule, type Schedule } from './schedule.ts';

export interface SchedulerOptions {
  /** Whether this process is the one that runs schedules, from now on for as long as a lease lasts. */
  readonly lease: { hold(now: number): boolean; release(): void };
  /** Checks a monitor. Never fails. */
  readonly run: (key: string) => Promise<void>;
  /** When a monitor was last checked, by whomever: Unix milliseconds; null for never. */
  readonly checkedAt: (key: string) => number | null;
  /** This process runs the schedules now, or no longer does; what others checked meanwhile is to be read. */
  readonly onHeld: (isHeld: boolean) => void;
  /** The lease can't be had, and why: nothing is run. */
  readonly onFailed: (error: unknown) => void;
  readonly clock?: PollClock | undefined;
}

/** So often the lease is renewed, or asked for: whatever the machine slept through is noticed then too. */
export const tickMs = leaseMs / 3;

interface Entry {
  readonly pattern: string;
  readonly schedule: Schedule;
  /** Since when it is known, and when it was last run from here: Unix milliseconds. */
  readonly knownSince: number;
  readonly triedAt: number | null;
  /** By the schedule, and with the jitter; null where it never comes. */
  readonly next: number | null;
  readonly dueAt: number | null;
}

/**
 * Runs monitors when they are due: by one timer for all of them, in one of the processes that share a folder. One that still
 * runs is not run a second time, and what was missed meanwhile, however often, is run once.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #clock: PollClock;
  readonly #entries = new Map<string, Entry>();
  readonly #running = new Set<string>();
  #cancel: () => void = () => undefined;
  #isHeld = false;
  #isDisposed = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Which monitors there are now, by key, with their cron expressions. */
  set(monitors: ReadonlyMap<string, string>): void {
    for (const key of this.#entries.keys()) if (!monitors.has(key)) this.#entries.delete(key);
    for (const [key, pattern] of monitors) {
      if (this.#entries.get(key)?.pattern === pattern) continue;
      const schedule = readSchedule(pattern, key);
      if (schedule === null) this.#entries.delete(key);
      else
        this.#entries.set(key, this.#planned(key, { pattern, schedule, knownSince: this.#clock.now(), triedAt: null }));
    }
    if (this.#entries.size > 0) this.#arm(0);
    else this.#letGo();
  }

  /** Somebody checked a monitor: its next run is after that. */
  checked(key: string): void {
    const entry = this.#entries.get(key);
    if (entry) this.#entries.set(key, this.#planned(key, entry));
  }

  /** When a monitor is checked next, Unix milliseconds; null where it has no schedule. */
  nextRun(key: string): number | null {
    return this.#entries.get(key)?.next ?? null;
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#letGo();
  }

  /** What fell due since the last check is due now, once; a check that failed left no report, but was one. */
  #planned(key: string, entry: Omit<Entry, 'next' | 'dueAt'>): Entry {
    const times = [this.#options.checkedAt(key), entry.triedAt].filter((time) => time !== null);
    const next = entry.schedule.next(times.length === 0 ? entry.knownSince : Math.max(...times));
    return { ...entry, next, dueAt: next === null ? null : next + entry.schedule.jitter(next) };
  }

  #letGo(): void {
    this.#cancel();
    if (!this.#isHeld) return;
    this.#isHeld = false;
    try {
      this.#options.lease.release();
    } catch {
      // It ends by itself.
    }
  }

  #arm(milliseconds: number): void {
    this.#cancel();
    if (!this.#isDisposed) this.#cancel = this.#clock.after(milliseconds, () => this.#tick());
  }

  #tick(): void {
    const now = this.#clock.now();
    this.#hold(now);
    if (this.#isHeld) for (const key of this.#due(now)) void this.#run(key);
    this.#arm(Math.max(0, Math.min(tickMs, this.#earliest() - this.#clock.now())));
  }

  #hold(now: number): void {
    const before = this.#isHeld;
    try {
      this.#isHeld = this.#options.lease.hold(now);
    } catch (error) {
      this.#isHeld = false;
      this.#options.onFailed(error);
    }
    if (before !== this.#isHeld) this.#options.onHeld(this.#isHeld);
  }

  /** Those that waited longest first. */
  #due(now: number): string[] {
    return this.#waiting()
      .filter(({ dueAt }) => dueAt <= now)
      .sort((a, b) => a.dueAt - b.dueAt)
      .map(({ key }) => key);
  }

  #earliest(): number {
    if (!this.#isHeld) return Number.POSITIVE_INFINITY;
    return this.#waiting().reduce((least, { dueAt }) => Math.min(least, dueAt), Number.POSITIVE_INFINITY);
  }

  #waiting(): { key: string; dueAt: number }[] {
    return [...this.#entries].flatMap(([key, { dueAt }]) =>
      dueAt === null || this.#running.has(key) ? [] : [{ key, dueAt }],
    );
  }

  async #run(key: string): Promise<void> {
    this.#running.add(key);
    await this.#options.run(key);
    this.#running.delete(key);
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#isDisposed) return;
    this.#entries.set(key, this.#planned(key, { ...entry, triedAt: this.#clock.now() }));
    this.#arm(0);
  }
}

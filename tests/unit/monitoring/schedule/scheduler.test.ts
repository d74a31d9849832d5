import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readSchedule } from '#server/monitoring/schedule/schedule.ts';
import { Scheduler, tickMs } from '#server/monitoring/schedule/scheduler.ts';
import { TestClock } from '../../platform/test-clock.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('schedules of monitors', () => {
  let clock: TestClock;
  let ran: string[];
  let checkedAt: Map<string, number>;
  let isFree: boolean;
  let finish: (() => void) | null;
  let held: boolean[];
  let failures: unknown[];
  let scheduler: Scheduler;

  beforeEach(() => {
    clock = new TestClock();
    [ran, checkedAt, isFree, finish, held, failures] = [[], new Map(), true, () => undefined, [], []];
    scheduler = new Scheduler({
      lease: {
        hold: () => {
          if (failures.length > 0) throw failures[0];
          return isFree;
        },
        release: () => undefined,
      },
      run: async (key) => {
        ran.push(key);
        if (finish === null) await new Promise<void>((resolve) => (finish = resolve));
        checkedAt.set(key, clock.now());
      },
      checkedAt: (key) => checkedAt.get(key) ?? null,
      onHeld: (isHeld) => held.push(isHeld),
      onFailed: () => undefined,
      clock,
    });
    onTestFinished(() => scheduler.dispose());
  });

  /** Lets so much time pass as the clock of a machine that is awake does. */
  async function pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= tickMs) await clock.pass(Math.min(left, tickMs));
  }

  it('run when they are due, with a spread that is the same each time, and not before', async () => {
    scheduler.set(new Map([['a', '0 * * * *']]));
    const due = scheduler.nextRun('a') ?? 0;
    expect(due % hour).toBe(0);
    const jitter = readSchedule('0 * * * *', 'a')?.jitter(due) ?? 0;
    expect(jitter).toBeLessThanOrEqual(30_000);
    await clock.pass(0);
    await clock.pass(due + jitter - clock.now() - 1);
    expect(ran).toEqual([]);
    await pass(1);
    expect(ran).toEqual(['a']);
    expect(scheduler.nextRun('a')).toBe(due + hour);
    await clock.pass(hour);
    await clock.pass(hour);
    expect(ran).toEqual(['a', 'a', 'a']);
  });

  it('are made up for once after a sleep, however often they were missed', async () => {
    scheduler.set(new Map([['a', '* * * * *']]));
    await pass(2 * minute);
    const before = ran.length;
    // While a machine sleeps no timer comes: the first one after it wakes is late.
    await clock.pass(8 * hour);
    await clock.pass(0);
    expect(ran.length - before).toBe(1);
  });

  it('are made up for once where the editor was closed since the last check', async () => {
    checkedAt.set('a', clock.now() - 26 * hour);
    scheduler.set(new Map([['a', '0 * * * *']]));
    await clock.pass(0);
    expect(ran).toEqual(['a']);
    await pass(minute);
    expect(ran).toEqual(['a']);
  });

  it('don’t pile up while one is still going', async () => {
    finish = null;
    scheduler.set(new Map([['a', '* * * * *']]));
    await pass(10 * minute);
    expect(ran).toEqual(['a']);
    const end: () => void = finish ?? (() => expect.unreachable());
    finish = () => undefined;
    end();
    await pass(2 * minute);
    expect(ran.length).toBeGreaterThan(1);
    expect(ran.length).toBeLessThanOrEqual(3);
  });

  it('don’t run while another process has the lease, and do as soon as it is free', async () => {
    isFree = false;
    scheduler.set(new Map([['a', '* * * * *']]));
    await pass(5 * minute);
    expect(ran).toEqual([]);
    expect(scheduler.isHeld).toBe(false);
    isFree = true;
    await pass(tickMs);
    expect(held).toEqual([true]);
    expect(ran).toEqual(['a']);
  });

  it('don’t run where the lease can’t be had', async () => {
    failures.push(new Error('disk full'));
    scheduler.set(new Map([['a', '* * * * *']]));
    await pass(5 * minute);
    expect(ran).toEqual([]);
    failures.length = 0;
    await pass(tickMs);
    expect(ran).toEqual(['a']);
  });

  it('begin anew after a check by hand, and end with the document', async () => {
    scheduler.set(new Map([['a', '0 * * * *']]));
    const due = scheduler.nextRun('a') ?? 0;
    await pass(due - clock.now() + minute);
    expect(ran).toEqual(['a']);
    checkedAt.set('a', due + hour + minute);
    scheduler.checked('a');
    expect(scheduler.nextRun('a')).toBe(due + 2 * hour);
    scheduler.set(new Map());
    expect(clock.next).toBeNull();
    expect(scheduler.nextRun('a')).toBeNull();
  });
});

describe('a schedule', () => {
  it('is read in UTC, whatever the machine’s zone is', () => {
    expect(readSchedule('30 6 * * *', 'a')?.next(Date.UTC(2026, 6, 1))).toBe(Date.UTC(2026, 6, 1, 6, 30));
  });

  it('spreads monitors of one time over less than a tenth of the time to the next', () => {
    const at = Date.UTC(2026, 6, 1);
    const spread = Array.from({ length: 200 }, (_, n) => readSchedule('* * * * *', `m${n}`)?.jitter(at) ?? -1);
    expect(Math.max(...spread)).toBeLessThan(6_000);
    expect(Math.min(...spread)).toBeGreaterThanOrEqual(0);
    expect(new Set(spread).size).toBeGreaterThan(150);
  });

  it('is none where it is no cron expression', () => {
    expect(readSchedule('61 * * * *', 'a')).toBeNull();
  });
});

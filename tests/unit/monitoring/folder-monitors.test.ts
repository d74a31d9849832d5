import { describe, expect, it, vi } from 'vitest';
import type { MonitorReport } from '#schemas/domain/monitor-report.ts';
import { FolderMonitors, type FolderMonitorsOptions } from '#server/monitoring/folder-monitors.ts';
import { CheckQueue } from '#server/monitoring/schedule/check-queue.ts';
import { isUnattended } from '#server/platform/attendance.ts';
import type { PollClock } from '#server/platform/poll.ts';

const hour = 3_600_000;
const report: MonitorReport = { monitor: 'm', model: null, at: 0, state: 'ok', checks: [], alerts: [], drift: null };
const monitor = (name: string) => ({
  ...{ file: 'm.mlops.yaml', name, line: 0, model: null, schedule: '0 * * * *', hasDrift: false, problem: null },
});

/** A clock that goes when it is told. */
class HandClock implements PollClock {
  time = hour * 500_000 + 1;
  readonly #timers = new Map<() => void, number>();

  now(): number {
    return this.time;
  }

  after(milliseconds: number, work: () => void): () => void {
    const begin = () => work();
    this.#timers.set(begin, this.time + milliseconds);
    return () => this.#timers.delete(begin);
  }

  async goOn(milliseconds: number): Promise<void> {
    this.time += milliseconds;
    for (const [begin, at] of [...this.#timers]) {
      if (at > this.time) continue;
      this.#timers.delete(begin);
      begin();
    }
    await vi.waitFor(() => undefined);
  }
}

function monitorsOf(parts: Partial<FolderMonitorsOptions> & { readonly names?: readonly string[] }) {
  const { names = ['m'], ...options } = parts;
  const clock = new HandClock();
  const history = { latest: () => null, mainSeries: () => [], newsSince: vi.fn(() => null) };
  const monitors = new FolderMonitors({
    folder: '/repo',
    found: { read: async () => names.map(monitor) },
    check: async () => report,
    history,
    lease: { hold: () => true, release: () => undefined },
    queue: new CheckQueue(1),
    historyFile: null,
    onChange: () => undefined,
    onWarning: () => undefined,
    clock,
    ...options,
  });
  return { monitors, clock, history };
}

const options = { signal: new AbortController().signal, onProgress: () => undefined };

describe('the monitors of a folder', () => {
  it('are checked by a schedule without anybody being asked, and with it when a person does', async () => {
    const attended: boolean[] = [];
    const check = async () => {
      attended.push(!isUnattended());
      return report;
    };
    const { monitors, clock } = monitorsOf({ check });
    await monitors.list();
    await clock.goOn(0);
    await clock.goOn(2 * hour);
    await vi.waitFor(async () => expect((await monitors.list()).monitors[0]?.state).not.toBe('checking'));
    expect(attended).toEqual([false]);
    await monitors.check({ file: 'm.mlops.yaml', name: 'm' }, options);
    expect(attended).toEqual([false, true]);
    monitors.dispose();
  });

  it('that wait for their turn are left to the window that has the schedules by then', async () => {
    let mine = true;
    const ends: (() => void)[] = [];
    const began: (string | null)[] = [];
    const { monitors, clock } = monitorsOf({
      names: ['a', 'b'],
      lease: { hold: () => mine, release: () => undefined },
      check: ({ name }) => {
        began.push(name);
        return new Promise((resolve) => ends.push(() => resolve(report)));
      },
    });
    await monitors.list();
    await clock.goOn(0);
    await clock.goOn(2 * hour);
    await vi.waitFor(() => expect(began).toHaveLength(1));
    mine = false;
    await clock.goOn(60_000);
    ends[0]?.();
    await vi.waitFor(async () => {
      const { monitors: listed } = await monitors.list();
      expect(listed.filter(({ state }) => state === 'checking')).toEqual([]);
    });
    expect(began).toHaveLength(1);
    monitors.dispose();
  });

  it('leave the history alone once they are closed, though a check ends later', async () => {
    const { monitors, history } = monitorsOf({
      check: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => queueMicrotask(() => reject(signal.reason)));
        }),
    });
    await monitors.list();
    const checking = monitors.check({ file: 'm.mlops.yaml', name: 'm' }, options);
    await vi.waitFor(async () => expect((await monitors.list()).monitors[0]?.state).toBe('checking'));
    history.newsSince.mockClear();
    monitors.dispose();
    await expect(checking).rejects.toThrow();
    expect(history.newsSince).not.toHaveBeenCalled();
  });
});

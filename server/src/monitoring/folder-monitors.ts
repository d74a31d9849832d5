import { join } from 'node:path';
import type { MonitorReport } from '#schemas/domain/monitor-report.ts';
import type { MonitorState, MonitorSummary, ScheduleRunner } from '#schemas/protocol/monitoring.ts';
import { unattended } from '../platform/attendance.ts';
import { FailureError, toFailure } from '../platform/failure.ts';
import { Poll, type PollClock, systemClock } from '../platform/poll.ts';
import { SharedTask } from '../platform/shared-task.ts';
import type { FoundMonitor, FoundMonitors } from './found-monitors.ts';
import type { CheckMonitor } from './monitor-checker.ts';
import type { MonitorHistory, MonitorKey } from './monitor-history.ts';
import type { CheckQueue } from './schedule/check-queue.ts';
import { scheduleTimeZone } from './schedule/schedule.ts';
import { Scheduler, type SchedulerOptions } from './schedule/scheduler.ts';

export interface FolderMonitorsOptions {
  /** Absolute. */
  readonly folder: string;
  readonly found: Pick<FoundMonitors, 'read'>;
  readonly check: CheckMonitor;
  readonly history: Pick<MonitorHistory, 'latest' | 'mainSeries' | 'newsSince'>;
  /** Null where schedules are switched off. */
  readonly lease: SchedulerOptions['lease'] | null;
  readonly queue: CheckQueue;
  /** Where reports are kept: a change of it is looked at soon. */
  readonly historyFile: string | null;
  readonly onChange: (revision: number) => void;
  readonly onWarning: (message: string) => void;
  readonly clock?: PollClock;
}

interface LastCheck {
  readonly at: number;
  readonly state: MonitorReport['state'];
  readonly values: readonly (number | null)[];
  /** Why nothing could be told. */
  readonly reason: string | null;
}

interface Running {
  readonly task: SharedTask<MonitorReport>;
  readonly listeners: Set<(what: string) => void>;
}

/** Values of the main check that are shown. */
const shownValues = 20;
const shortestLookMs = 1_000;
const lookMs = 15_000;

/** The monitors of a folder with how their last checks ended: checks them when somebody asks and on their schedules. */
export class FolderMonitors {
  #revision = 1;
  readonly #options: FolderMonitorsOptions;
  readonly #scheduler: Scheduler | null;
  readonly #stopped = new AbortController();
  readonly #last = new Map<string, LastCheck>();
  /** Why the last try came to no report, by the monitor. */
  readonly #failed = new Map<string, string>();
  readonly #running = new Map<string, Running>();
  readonly #poll: Poll;
  #monitors: Promise<readonly FoundMonitor[]>;
  #reading = false;
  #readAgain = false;
  /** Of the newest report that is known. */
  #lastId = 0;
  #leaseProblem: string | null = null;

  constructor(options: FolderMonitorsOptions) {
    this.#options = options;
    const { clock = systemClock, lease } = options;
    this.#scheduler =
      lease &&
      new Scheduler({
        lease,
        run: (key) => this.#runScheduled(key),
        checkedAt: (key) => this.#last.get(key)?.at ?? null,
        onHeld: () => {
          this.#leaseProblem = null;
          this.#takeNews();
          this.#tell();
        },
        onFailed: (error) => this.#cannotSchedule(error),
        clock,
      });
    this.#monitors = this.#read();
    this.#monitors.catch(() => undefined);
    this.#poll = new Poll({
      look: async () => {
        if (this.#takeNews()) this.#tell();
        return lookMs;
      },
      file: options.historyFile,
      shortestMs: () => shortestLookMs,
      clock,
    });
  }

  /** Fails where the folder can't be looked through. */
  async list(): Promise<{ monitors: MonitorSummary[]; runner: ScheduleRunner }> {
    const found = await this.#monitors;
    this.#takeNews();
    return { monitors: found.map((monitor) => this.#summary(monitor)), runner: this.#runner() };
  }

  report(key: MonitorKey): MonitorReport | null {
    return this.#options.history.latest(key);
  }

  /**
   * Checks a monitor now; one that is being checked is waited for. Fails as {@link CheckMonitor} does. The check ends when the
   * last who waits for it aborts.
   */
  async check(
    key: MonitorKey,
    { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (what: string) => void },
  ): Promise<MonitorReport> {
    const monitors = await this.#monitors;
    const known = monitors.find(({ file, name }) => file === key.file && name === key.name);
    if (known === undefined) {
      throw new FailureError('not-found', `There is no monitor ${key.name} in ${key.file}.`, {
        remedy: 'Refresh the view: the file may have changed.',
      });
    }
    return this.#checked(key, { signal, onProgress, isUrgent: true });
  }

  /** Files came, went or changed. */
  filesChanged(): void {
    if (this.#reading) this.#readAgain = true;
    else {
      this.#monitors = this.#read();
      this.#monitors.then(
        () => this.#tell(),
        () => this.#tell(),
      );
    }
  }

  dispose(): void {
    this.#stopped.abort();
    this.#poll.stop();
    this.#scheduler?.dispose();
  }

  async #read(): Promise<readonly FoundMonitor[]> {
    this.#reading = true;
    try {
      let found: readonly FoundMonitor[];
      do {
        this.#readAgain = false;
        found = await this.#options.found.read(this.#stopped.signal);
      } while (this.#readAgain);
      this.#takeNews();
      if (!this.#stopped.signal.aborted) this.#scheduler?.set(schedulesOf(found));
      return found;
    } finally {
      this.#reading = false;
    }
  }

  async #checked(
    key: MonitorKey,
    options: { readonly signal: AbortSignal; readonly onProgress?: (what: string) => void; readonly isUrgent: boolean },
  ): Promise<MonitorReport> {
    const id = idOf(key);
    const known = this.#running.get(id);
    const running = known && !known.task.abandoned ? known : this.#begin(key, id, options.isUrgent);
    if (options.onProgress) running.listeners.add(options.onProgress);
    try {
      return await running.task.wait(options.signal);
    } finally {
      if (options.onProgress) running.listeners.delete(options.onProgress);
    }
  }

  #begin(key: MonitorKey, id: string, isUrgent: boolean): Running {
    const { folder, check, queue } = this.#options;
    const listeners = new Set<(what: string) => void>();
    const task = new SharedTask(async (given) => {
      const signal = AbortSignal.any([given, this.#stopped.signal]);
      const work = async () => {
        const onProgress = (what: string) => {
          for (const listener of listeners) listener(what);
        };
        return check({ file: join(folder, key.file), name: key.name }, { signal, onProgress });
      };
      if (isUrgent) return queue.run(work, { signal, isUrgent });
      return queue.run(() => this.#stillOurs(() => unattended(work)), { signal, isUrgent });
    });
    const running = { task, listeners };
    this.#running.set(id, running);
    this.#tell();
    task.result
      .then(
        () => this.#failed.delete(id),
        (error: unknown) => {
          const { reason, message } = toFailure(error);
          if (reason !== 'cancelled') this.#failed.set(id, message);
        },
      )
      .finally(() => {
        if (this.#running.get(id) === running) this.#running.delete(id);
        this.#takeNews();
        this.#tell();
      });
    return running;
  }

  /** While it waited, another window may have taken the schedules over, and checked it. */
  async #stillOurs<T>(work: () => Promise<T>): Promise<T> {
    if (this.#scheduler?.isHeld) return work();
    throw new FailureError('cancelled', 'Another window runs the schedules now.');
  }

  async #runScheduled(id: string): Promise<void> {
    try {
      await this.#checked(keyOf(id), { signal: this.#stopped.signal, isUrgent: false });
    } catch (error) {
      if (this.#stopped.signal.aborted || toFailure(error).reason === 'cancelled') return;
      this.#options.onWarning(`The scheduled check of ${keyOf(id).name} failed: ${toFailure(error).message}`);
    }
  }

  /** Takes in reports that were kept since the last look, by whomever; false where there are none. */
  #takeNews(): boolean {
    // Reading would open the history again that was closed.
    if (this.#stopped.signal.aborted) return false;
    const { history, onWarning } = this.#options;
    try {
      const news = history.newsSince(this.#lastId);
      if (news === null) return false;
      this.#lastId = news.id;
      for (const key of news.monitors) {
        const series = history.mainSeries(key, shownValues);
        const last = series.at(-1);
        if (last === undefined) continue;
        const id = idOf(key);
        const { at, state } = last;
        this.#last.set(id, { at, state, values: series.map(({ value }) => value), reason: this.#reason(key, state) });
        this.#failed.delete(id);
        this.#scheduler?.checked(id);
      }
      return true;
    } catch (error) {
      onWarning(`The history of monitors can’t be read: ${toFailure(error).message}`);
      return false;
    }
  }

  #reason(key: MonitorKey, state: MonitorReport['state']): string | null {
    if (state === 'ok' || state === 'out-of-bounds') return null;
    const checks = this.#options.history.latest(key)?.checks ?? [];
    return checks.find((check) => check.state === state && check.reason !== null)?.reason ?? null;
  }

  #cannotSchedule(error: unknown): void {
    const { message } = toFailure(error);
    if (this.#leaseProblem === message) return;
    this.#leaseProblem = message;
    this.#options.onWarning(`Schedules of monitors don’t run: ${message}`);
    this.#tell();
  }

  #tell(): void {
    if (this.#stopped.signal.aborted) return;
    this.#revision += 1;
    this.#options.onChange(this.#revision);
  }

  #summary({ problem, ...found }: FoundMonitor): MonitorSummary {
    const id = found.name === null ? null : idOf({ file: found.file, name: found.name });
    const last = id === null ? undefined : this.#last.get(id);
    const failed = id === null ? undefined : this.#failed.get(id);
    return {
      ...found,
      nextRun: (problem === null && id !== null && this.#scheduler?.nextRun(id)) || null,
      state: this.#state(id, problem, last, failed),
      lastState: last?.state ?? null,
      checkedAt: last?.at ?? null,
      reason: problem ?? failed ?? last?.reason ?? null,
      values: [...(last?.values ?? [])],
    };
  }

  #state(
    id: string | null,
    problem: string | null,
    last: LastCheck | undefined,
    failed: string | undefined,
  ): MonitorState {
    if (problem !== null || id === null) return 'invalid';
    if (this.#running.has(id)) return 'checking';
    if (failed !== undefined) return 'could-not-check';
    return last?.state ?? 'never-checked';
  }

  #runner(): ScheduleRunner {
    const said = (state: ScheduleRunner['state'], reason: string | null = null) => ({
      ...{ state, reason, timeZone: scheduleTimeZone },
    });
    if (this.#scheduler === null) return said('off');
    if (this.#scheduler.isEmpty) return said('none');
    if (this.#leaseProblem !== null) return said('failed', this.#leaseProblem);
    return said(this.#scheduler.isHeld ? 'here' : 'elsewhere');
  }
}

const separator = '\u001f';

function idOf({ file, name }: MonitorKey): string {
  return `${file}${separator}${name}`;
}

function keyOf(id: string): MonitorKey {
  const [file = '', name = ''] = id.split(separator);
  return { file, name };
}

function schedulesOf(found: readonly FoundMonitor[]): ReadonlyMap<string, string> {
  return new Map(
    found.flatMap(({ file, name, schedule, problem }) =>
      name === null || schedule === null || problem !== null ? [] : [[idOf({ file, name }), schedule] as const],
    ),
  );
}

import { Poll, type PollClock } from '../platform/poll.ts';
import type { Revisions } from './revisions.ts';
import type { Tracker } from './tracker.ts';

export interface WatchTarget {
  readonly folder: string;
  /** The tracker's name in that folder. */
  readonly name: string;
  open(signal: AbortSignal): Promise<Tracker>;
  /** The database file of a store on this disk: a change of it is looked at soon. */
  readonly databaseFile: string | null;
}

export interface WatcherOptions {
  readonly revisions: Revisions;
  /** How often to look while runs are running, milliseconds. */
  readonly refreshMs: () => number;
  readonly onChange: (target: WatchTarget, revision: number) => void;
  readonly onError?: (target: WatchTarget, error: unknown) => void;
  readonly clock?: PollClock;
}

/** Where nothing is running, this much slower, and at least this seldom. */
const idleFactor = 6;
const idleMs = 30_000;

/** Looks at the trackers that somebody looks at, and tells when one changed. A tracker that fails is asked again later. */
export class TrackerWatcher {
  readonly #options: WatcherOptions;
  readonly #watched = new Map<string, Watched>();

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  /** From now on exactly these trackers of the folder are watched. */
  watch(folder: string, targets: readonly WatchTarget[]): void {
    const wanted = new Set(targets.map(keyOf));
    for (const [key, watched] of this.#watched) {
      if (watched.target.folder !== folder || wanted.has(key)) continue;
      watched.stop();
      this.#watched.delete(key);
    }
    for (const target of targets) {
      const key = keyOf(target);
      if (!this.#watched.has(key)) this.#watched.set(key, new Watched(target, this.#options));
    }
  }

  dispose(): void {
    for (const watched of this.#watched.values()) watched.stop();
    this.#watched.clear();
  }
}

function keyOf({ folder, name }: WatchTarget): string {
  return `${folder}\n${name}`;
}

class Watched {
  readonly target: WatchTarget;
  readonly #options: WatcherOptions;
  readonly #poll: Poll;
  #lastTold: number | null = null;
  #running = false;

  constructor(target: WatchTarget, options: WatcherOptions) {
    this.target = target;
    this.#options = options;
    const { refreshMs, clock } = options;
    this.#poll = new Poll({
      look: (signal) => this.#look(signal),
      file: target.databaseFile,
      shortestMs: refreshMs,
      clock,
    });
  }

  stop(): void {
    this.#poll.stop();
  }

  async #look(signal: AbortSignal): Promise<number> {
    try {
      await this.#compare(signal);
    } catch (error) {
      this.#running = false;
      if (!signal.aborted) this.#options.onError?.(this.target, error);
    }
    const refresh = this.#options.refreshMs();
    return this.#running ? refresh : Math.max(idleMs, refresh * idleFactor);
  }

  async #compare(signal: AbortSignal): Promise<void> {
    const tracker = await this.target.open(signal);
    // What views were told before anybody watched is what they show.
    this.#lastTold ??= this.#options.revisions.known(tracker.key);
    const revision = await this.#options.revisions.current(tracker, { force: true, signal });
    if (revision === this.#lastTold) return;
    const isNews = this.#lastTold !== null;
    this.#lastTold = revision;
    if (isNews && !signal.aborted) this.#options.onChange(this.target, revision);
    this.#running = await hasRunningRuns(tracker, signal);
  }
}

async function hasRunningRuns({ store }: Tracker, signal: AbortSignal): Promise<boolean> {
  const page = await store.searchRuns(
    {
      experimentIds: [],
      conditions: [{ entity: 'attribute', key: 'status', comparator: '=', value: 'RUNNING' }],
      orderBy: [],
      view: 'active',
    },
    { limit: 1, page: null, fields: { params: [], metrics: [], tags: [] }, signal },
  );
  return page.runs.length > 0;
}

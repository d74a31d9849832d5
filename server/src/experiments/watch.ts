import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Revisions } from './revisions.ts';
import type { Tracker } from './tracker.ts';

export interface WatchClock {
  now(): number;
  /** Returns what cancels it. */
  after(milliseconds: number, run: () => void): () => void;
}

const systemClock: WatchClock = {
  now: Date.now,
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

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
  readonly clock?: WatchClock;
}

/** Where nothing is running, this much slower, and at least this seldom. */
const idleFactor = 6;
const idleMs = 30_000;
/** A store that was touched will be touched again in a moment. */
const settleMs = 300;

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
  readonly #clock: WatchClock;
  readonly #stopped = new AbortController();
  readonly #files: FSWatcher | null;
  #cancel: () => void = () => undefined;
  #dueAt = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking = false;
  #lastTold: number | null = null;
  #running = false;

  constructor(target: WatchTarget, options: WatcherOptions) {
    this.target = target;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#files = target.databaseFile === null ? null : watchFile(target.databaseFile, () => this.#hint());
    this.#schedule(0);
  }

  stop(): void {
    this.#stopped.abort();
    this.#cancel();
    this.#files?.close();
  }

  #schedule(milliseconds: number): void {
    this.#cancel();
    if (this.#stopped.signal.aborted) return;
    this.#dueAt = this.#clock.now() + milliseconds;
    this.#cancel = this.#clock.after(milliseconds, () => void this.#look());
  }

  /** The file changed: look soon, but no more often than while runs are running. */
  #hint(): void {
    if (this.#looking) return;
    const now = this.#clock.now();
    const due = Math.max(now + settleMs, this.#lookedAt + this.#options.refreshMs());
    if (due < this.#dueAt) this.#schedule(due - now);
  }

  async #look(): Promise<void> {
    this.#looking = true;
    try {
      await this.#compare();
    } catch (error) {
      this.#running = false;
      if (!this.#stopped.signal.aborted) this.#options.onError?.(this.target, error);
    }
    this.#looking = false;
    this.#lookedAt = this.#clock.now();
    const refresh = this.#options.refreshMs();
    this.#schedule(this.#running ? refresh : Math.max(idleMs, refresh * idleFactor));
  }

  async #compare(): Promise<void> {
    const { signal } = this.#stopped;
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

/** Tells of changes of a database file and what lies beside it (journal, write-ahead log); null where that can't be had. */
function watchFile(file: string, onChange: () => void): FSWatcher | null {
  try {
    const name = basename(file);
    const watcher = watch(dirname(file), { persistent: false }, (_event, changed) => {
      if (changed === null || changed.startsWith(name)) onChange();
    });
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}

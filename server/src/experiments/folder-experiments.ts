import type { RunRef } from '#schemas/domain/run.ts';
import { toFailure } from '../platform/failure.ts';
import { type MarkChange, type MarkSet, noMarks, RunMarksStore } from './marks.ts';
import type { Revisions } from './revisions.ts';
import type { Tracker } from './tracker.ts';
import type { TrackingStore } from './tracking-store.ts';

/** What views are computed from: answers of one revision and the same marks agree with each other. */
export interface ViewState {
  /** Of what the store has. */
  readonly revision: number;
  /** Of what is shown, marks included: what answers tell. */
  readonly shownRevision: number;
  readonly marks: MarkSet;
}

export interface FolderOptions {
  /** Absolute path. */
  readonly folder: string;
  readonly revisions: Revisions;
  readonly openStore: (name: string, signal?: AbortSignal) => Promise<TrackingStore>;
  readonly warn: (message: string) => void;
}

const storeNumbers = new WeakMap<TrackingStore, number>();
let nextStoreNumber = 1;

/** The trackers of one workspace folder with what was marked of their runs. */
export class FolderExperiments {
  readonly #options: FolderOptions;
  readonly #marks: RunMarksStore;
  readonly #markedAt = new Map<string, number>();
  #warned = false;

  constructor(options: FolderOptions) {
    this.#options = options;
    this.#marks = new RunMarksStore(options.folder);
  }

  async tracker(name: string, signal?: AbortSignal): Promise<Tracker> {
    const store = await this.#options.openStore(name, signal);
    return { key: `${this.#options.folder}\n${name}\n${numberOf(store)}`, name, store };
  }

  /** The tracker with its present state. Marks that can't be read count as none, and a warning says so once. */
  async open(name: string, signal?: AbortSignal): Promise<{ tracker: Tracker; state: ViewState }> {
    const tracker = await this.tracker(name, signal);
    const revision = await this.#options.revisions.current(tracker, signal ? { signal } : {});
    const shownRevision = Math.max(revision, this.#markedAt.get(name) ?? 0);
    return { tracker, state: { revision, shownRevision, marks: this.#readMarks(name) } };
  }

  /** One number for the present states of several trackers. */
  async revision(names: readonly string[], signal?: AbortSignal): Promise<number> {
    const present = [...new Set(names)].map(async (name) => (await this.open(name, signal)).state.shownRevision);
    return Math.max(0, ...(await Promise.all(present)));
  }

  /** Marks runs, and gives the trackers whose views changed by it their new revision. */
  mark(runs: readonly RunRef[], change: MarkChange): ReadonlyMap<string, number> {
    this.#marks.write(runs, change);
    const names = new Set(runs.map(({ tracker }) => tracker));
    const changed = new Map([...names].map((name) => [name, this.#options.revisions.next()]));
    for (const [name, revision] of changed) this.#markedAt.set(name, revision);
    return changed;
  }

  close(): void {
    this.#marks.close();
  }

  #readMarks(tracker: string): MarkSet {
    try {
      return this.#marks.read(tracker);
    } catch (error) {
      if (!this.#warned) this.#options.warn(`Stars and hidden runs can’t be read: ${toFailure(error).message}`);
      this.#warned = true;
      return noMarks;
    }
  }
}

function numberOf(store: TrackingStore): number {
  const known = storeNumbers.get(store);
  if (known !== undefined) return known;
  const number = nextStoreNumber;
  nextStoreNumber += 1;
  storeNumbers.set(store, number);
  return number;
}

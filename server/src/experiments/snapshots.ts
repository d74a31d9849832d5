import { LRUCache } from 'lru-cache';
import { SharedTask } from '../platform/shared-task.ts';
import type { Tracker } from './tracker.ts';

interface Entry<T> {
  readonly revision: number;
  readonly task: SharedTask<T>;
}

/**
 * What was read of trackers, kept while its revision is the present one. Callers that ask for the same thing at the same
 * time share one reading; failures are not kept. A new revision takes the old one's place.
 */
export class Snapshots<T> {
  readonly #entries: LRUCache<string, Entry<T>>;

  /** At most `max` things are kept: those asked for last. */
  constructor(max: number) {
    this.#entries = new LRUCache<string, Entry<T>>({ max });
  }

  async get(
    of: { tracker: Tracker; revision: number; name: string },
    read: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const key = `${of.tracker.key}\n${of.name}`;
    const present = this.#entries.get(key);
    if (present && present.revision === of.revision && !present.task.abandoned) return present.task.wait(signal);

    const entry = { revision: of.revision, task: new SharedTask(read) };
    this.#entries.set(key, entry);
    entry.task.result.catch(() => {
      if (this.#entries.peek(key) === entry) this.#entries.delete(key);
    });
    return entry.task.wait(signal);
  }

  clear(): void {
    this.#entries.clear();
  }
}

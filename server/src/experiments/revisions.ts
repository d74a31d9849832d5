import { isServer, type Tracker } from './tracker.ts';

export interface Clock {
  now(): number;
}

interface Known {
  token: string | null;
  revision: number;
  checkedAt: number;
}

/** How long an answer of `changeToken` is taken for the present, milliseconds. */
const freshLocally = 200;
const freshOnServer = 2_000;
/** How long what was read is shown where nothing cheap tells of changes. */
const freshWithoutToken = 10_000;

/**
 * Numbers the states of each tracker: the revision rises whenever its store's change token is another. Revisions rise
 * over restarts of the process as well, as they begin with the time.
 */
export class Revisions {
  readonly #known = new Map<string, Known>();
  readonly #clock: Clock;
  #last: number;

  constructor(clock: Clock = Date) {
    this.#clock = clock;
    this.#last = clock.now();
  }

  /** The present revision. Asks the store unless it was asked a moment ago; `force` asks in any case. */
  async current(tracker: Tracker, options: { force?: boolean; signal?: AbortSignal } = {}): Promise<number> {
    const known = this.#known.get(tracker.key);
    const now = this.#clock.now();
    const fresh = isServer(tracker.store) ? freshOnServer : freshLocally;
    if (known && !options.force && now - known.checkedAt < fresh) return known.revision;

    const token = await tracker.store.changeToken(options.signal);
    // Another call may have been quicker.
    const latest = this.#known.get(tracker.key);
    if (latest && !this.#outdated(latest, token, now)) {
      if (token !== null) latest.checkedAt = now;
      return latest.revision;
    }
    const revision = this.next();
    this.#known.set(tracker.key, { token, revision, checkedAt: now });
    return revision;
  }

  /** The revision last told; null for a tracker that was never asked. */
  known(trackerKey: string): number | null {
    return this.#known.get(trackerKey)?.revision ?? null;
  }

  /** A number for something that changed beside the stores: later ones are higher. */
  next(): number {
    this.#last += 1;
    return this.#last;
  }

  #outdated(known: Known, token: string | null, now: number): boolean {
    if (token !== null || known.token !== null) return token !== known.token;
    return now - known.checkedAt >= freshWithoutToken;
  }
}

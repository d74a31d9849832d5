import { toFailure } from '../platform/failure.ts';
import { Poll, type PollClock } from '../platform/poll.ts';

export interface RegistryWatcherOptions {
  /** What changes whenever the registry of a folder may answer something else; null where nothing cheap tells. */
  readonly token: (folder: string, signal: AbortSignal) => Promise<string | null>;
  readonly refreshMs: () => number;
  readonly onChange: (folder: string, revision: number) => void;
  readonly clock?: PollClock;
}

interface Watched {
  /** Null until somebody looked. */
  token: string | null;
  revision: number;
  /** Null while nobody looks. */
  poll: Poll | null;
}

/** A registry on a server reads all of its models to tell: no more than this part of the time goes into it. */
const share = 20;

/** Looks every few seconds whether somebody else changed a registry, while somebody looks at it. */
export class RegistryWatcher {
  readonly #options: RegistryWatcherOptions;
  readonly #clock: Pick<PollClock, 'now'>;
  readonly #folders = new Map<string, Watched>();

  constructor(options: RegistryWatcherOptions) {
    this.#options = options;
    this.#clock = options.clock ?? Date;
  }

  /** Somebody looks at the registry of a folder, or nobody does any more; what changed meanwhile is told on return. */
  watch(folder: string, isInSight: boolean): void {
    const watched = this.#of(folder);
    if (!isInSight) {
      watched.poll?.stop();
      watched.poll = null;
    } else {
      const { refreshMs: shortestMs, clock } = this.#options;
      watched.poll ??= new Poll({ look: (signal) => this.#look(folder, watched, signal), shortestMs, clock });
    }
  }

  /** The registry was changed from here, or is another one now. */
  changed(folder: string): void {
    const watched = this.#of(folder);
    watched.revision += 1;
    this.#options.onChange(folder, watched.revision);
  }

  dispose(): void {
    for (const { poll } of this.#folders.values()) poll?.stop();
    this.#folders.clear();
  }

  #of(folder: string): Watched {
    const known = this.#folders.get(folder);
    if (known) return known;
    const made: Watched = { token: null, revision: 1, poll: null };
    this.#folders.set(folder, made);
    return made;
  }

  async #look(folder: string, watched: Watched, signal: AbortSignal): Promise<number> {
    const began = this.#clock.now();
    const token = await this.#options
      .token(folder, signal)
      .catch((error: unknown) => `failed: ${toFailure(error).message}`);
    if (!signal.aborted && token !== null) {
      const isNews = watched.token !== null && token !== watched.token;
      watched.token = token;
      if (isNews) this.changed(folder);
    }
    return Math.max(this.#options.refreshMs(), (this.#clock.now() - began) * share);
  }
}

import { toFailure } from '../platform/failure.ts';

export interface RegistryWatcherOptions {
  /** What changes whenever the registry of a folder may answer something else; null where nothing cheap tells. */
  readonly token: (folder: string) => Promise<string | null>;
  readonly refreshMs: () => number;
  readonly onChange: (folder: string, revision: number) => void;
}

interface Watched {
  token: string | null;
  revision: number;
  timer: NodeJS.Timeout | null;
}

/** Looks every few seconds whether somebody else changed a registry that somebody looks at. */
export class RegistryWatcher {
  readonly #options: RegistryWatcherOptions;
  readonly #folders = new Map<string, Watched>();

  constructor(options: RegistryWatcherOptions) {
    this.#options = options;
  }

  /** Somebody looks at the registry of a folder. */
  watch(folder: string): void {
    const watched = this.#of(folder);
    if (watched.timer === null) void this.#look(folder, watched, true);
  }

  /** The registry was changed from here, or is another one now. */
  changed(folder: string): void {
    const watched = this.#of(folder);
    watched.revision += 1;
    this.#options.onChange(folder, watched.revision);
  }

  forget(folder: string): void {
    const watched = this.#folders.get(folder);
    if (watched?.timer) clearTimeout(watched.timer);
    this.#folders.delete(folder);
  }

  dispose(): void {
    for (const folder of [...this.#folders.keys()]) this.forget(folder);
  }

  #of(folder: string): Watched {
    const known = this.#folders.get(folder);
    if (known) return known;
    const made: Watched = { token: null, revision: 1, timer: null };
    this.#folders.set(folder, made);
    return made;
  }

  async #look(folder: string, watched: Watched, isFirst: boolean): Promise<void> {
    const token = await this.#options.token(folder).catch((error: unknown) => `failed: ${toFailure(error).message}`);
    if (this.#folders.get(folder) !== watched) return;
    const isNews = !isFirst && token !== null && token !== watched.token;
    watched.token = token;
    if (isNews) this.changed(folder);
    watched.timer = setTimeout(() => void this.#look(folder, watched, false), this.#options.refreshMs());
    watched.timer.unref();
  }
}

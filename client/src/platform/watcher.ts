/** Names of what someone looks at, by folder. */
export type Watched = ReadonlyMap<string, ReadonlySet<string>>;

export interface WatcherOptions {
  readonly inSight: () => Watched;
  /** Tells the server what is in sight of a folder now. */
  readonly tell: (folder: string, names: string[]) => Promise<unknown>;
  readonly onError: (error: unknown) => void;
}

/** Keeps the server told what is in sight: it looks for changes of that alone. */
export class Watcher {
  private told = new Map<string, string>();

  private readonly options: WatcherOptions;

  constructor(options: WatcherOptions) {
    this.options = options;
  }

  update(): void {
    const { inSight, tell, onError } = this.options;
    const watched = inSight();
    for (const folder of new Set([...this.told.keys(), ...watched.keys()])) {
      const names = [...(watched.get(folder) ?? [])].sort();
      const text = names.join('\n');
      if ((this.told.get(folder) ?? '') === text) continue;
      this.told.set(folder, text);
      tell(folder, names).catch((error: unknown) => {
        this.told.delete(folder);
        onError(error);
      });
    }
  }

  /** A new server knows nothing of what was told to the one before. */
  repeat(): void {
    this.told = new Map();
    this.update();
  }
}

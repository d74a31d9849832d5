import { watchExperiments } from '#schemas/protocol/experiments.ts';
import type { Server } from '../../platform/server-connection.ts';

/** Trackers that someone looks at, by folder. */
export type Watched = ReadonlyMap<string, ReadonlySet<string>>;

/** Keeps the server told which trackers are in sight: it polls those alone, and only while runs are going on in them. */
export class Watcher {
  private told = new Map<string, string>();

  private readonly server: Pick<Server, 'request'>;
  private readonly inSight: () => Watched;
  private readonly onError: (error: unknown) => void;

  constructor(server: Pick<Server, 'request'>, inSight: () => Watched, onError: (error: unknown) => void) {
    this.server = server;
    this.inSight = inSight;
    this.onError = onError;
  }

  update(): void {
    const watched = this.inSight();
    for (const folder of new Set([...this.told.keys(), ...watched.keys()])) {
      const trackers = [...(watched.get(folder) ?? [])].sort();
      const text = trackers.join('\n');
      if ((this.told.get(folder) ?? '') === text) continue;
      this.told.set(folder, text);
      this.server.request(watchExperiments, { folder, trackers }).catch((error: unknown) => {
        this.told.delete(folder);
        this.onError(error);
      });
    }
  }

  /** A new server knows nothing of what was told to the one before. */
  repeat(): void {
    this.told = new Map();
    this.update();
  }
}

/** What the tree and the panels in sight show. */
export function watchedOf(sight: {
  readonly isTreeVisible: boolean;
  readonly folders: readonly { readonly uri: string }[];
  readonly model: { knownTrackers(folder: string): readonly { readonly name: string }[] };
  readonly panels: readonly { readonly folder: string; readonly trackers: ReadonlySet<string> }[];
}): Watched {
  const watched = new Map<string, Set<string>>();
  const add = (folder: string, trackers: Iterable<string>) => {
    const names = watched.get(folder) ?? new Set();
    for (const name of trackers) names.add(name);
    if (names.size > 0) watched.set(folder, names);
  };
  for (const { uri } of sight.isTreeVisible ? sight.folders : []) {
    add(
      uri,
      sight.model.knownTrackers(uri).map(({ name }) => name),
    );
  }
  for (const { folder, trackers } of sight.panels) add(folder, trackers);
  return watched;
}

import type { Watched } from '../../platform/watcher.ts';

/** Trackers that the tree and the panels in sight show, by folder. */
export function trackersInSight(sight: {
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

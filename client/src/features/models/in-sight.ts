import type { Watched } from '../../platform/watcher.ts';

/** The registries that the tree and the panels in sight show; a folder has one. */
export function registriesInSight(sight: {
  readonly isTreeVisible: boolean;
  readonly folders: readonly { readonly uri: string }[];
  /** Whether somebody asked for that folder's models: before, a view is as good as hidden. */
  readonly isListed: (folder: string) => boolean;
  readonly panels: readonly { readonly folder: string; readonly hasModels: boolean }[];
}): Watched {
  const folders = [
    ...(sight.isTreeVisible ? sight.folders.map(({ uri }) => uri).filter(sight.isListed) : []),
    ...sight.panels.filter(({ hasModels }) => hasModels).map(({ folder }) => folder),
  ];
  return new Map(folders.map((folder) => [folder, new Set(['registry'])]));
}

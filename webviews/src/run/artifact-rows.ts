import type { ArtifactEntry } from '#schemas/domain/run.ts';

/** What is known of a folder: what lies in it, or why that can't be told. Nothing is known of it while it is read. */
export type FolderListing =
  | { readonly entries: readonly ArtifactEntry[]; readonly truncated: boolean }
  | { readonly error: unknown };

interface Place {
  /** Unique in the tree; an entry's own path, or its folder's with a word that no path has. */
  readonly id: string;
  /** 1 at the top. */
  readonly level: number;
}

/** A line of the tree of artifacts. */
export type ArtifactRow = Place &
  (
    | {
        readonly kind: 'entry';
        readonly entry: ArtifactEntry;
        readonly name: string;
        /** For folders. */
        readonly open: boolean;
        /** Position among its siblings, from 1, and how many there are. */
        readonly position: number;
        readonly siblings: number;
      }
    | { readonly kind: 'loading' }
    | { readonly kind: 'truncated' }
    | { readonly kind: 'failed'; readonly folder: string; readonly error: unknown }
  );

/** The lines that a tree shows: everything in open folders, one below the other. */
export function artifactRows(
  listings: ReadonlyMap<string, FolderListing>,
  openFolders: ReadonlySet<string>,
  folder = '',
  level = 1,
): ArtifactRow[] {
  const listing = listings.get(folder);
  if (!listing) return [{ kind: 'loading', id: `${folder}//loading`, level }];
  if ('error' in listing) return [{ kind: 'failed', id: `${folder}//failed`, level, folder, error: listing.error }];
  const { entries, truncated } = listing;
  const rows = entries.flatMap((entry, index): ArtifactRow[] => {
    const { path, isDirectory } = entry;
    const open = isDirectory && openFolders.has(path);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const position = { position: index + 1, siblings: entries.length };
    const own: ArtifactRow = { kind: 'entry', id: path, level, entry, name, open, ...position };
    return open ? [own, ...artifactRows(listings, openFolders, path, level + 1)] : [own];
  });
  return truncated ? [...rows, { kind: 'truncated', id: `${folder}//truncated`, level }] : rows;
}

export type TreeMove = { readonly to: number } | { readonly open: string } | { readonly close: string };

/** What a key does to a tree with the focus on line `at`; null where it does nothing. */
export function moveInTree(rows: readonly ArtifactRow[], at: number, key: string): TreeMove | null {
  const row = rows[at];
  const to = (index: number): TreeMove | null =>
    index !== at && index >= 0 && index < rows.length ? { to: index } : null;
  const folder = row?.kind === 'entry' && row.entry.isDirectory ? row : null;
  switch (key) {
    case 'ArrowDown':
      return to(at + 1);
    case 'ArrowUp':
      return to(at - 1);
    case 'Home':
      return to(0);
    case 'End':
      return to(rows.length - 1);
    case 'ArrowRight':
      if (!folder) return null;
      return folder.open ? to(at + 1) : { open: folder.id };
    case 'ArrowLeft':
      if (folder?.open) return { close: folder.id };
      return row ? to(rows.findLastIndex(({ level }, index) => index < at && level < row.level)) : null;
    default:
      return null;
  }
}

import { join } from 'node:path';
import {
  type Entry,
  listKnownFolder,
  type Stamp,
  sameStamp,
  stampOf,
  statInside,
  statOrNull,
} from '../../../platform/mlflow/files.ts';

/** The keys in `params`, `metrics` or `tags` of a run: files, where a `/` in a key makes folders. */
export interface KeyListing {
  readonly root: string;
  readonly keys: ReadonlySet<string>;
  readonly folders: ReadonlyMap<string, Stamp | undefined>;
  /** When it was read, Unix milliseconds. */
  readonly readAt: number;
}

// File systems stamp in ticks, network ones in seconds: what changed just before it was read may have changed after.
const UNSURE_MS = 2_000;
const NO_KEYS = /^(\.DS_Store|\.nfs[0-9a-f]+)$/;

/** Lists the keys below a folder; answers `previous` while no folder of it changed. */
export async function listKeys(folder: string, boundary: string, previous?: KeyListing): Promise<KeyListing> {
  if (previous && (await isCurrent(previous))) return previous;
  const readAt = Date.now();
  const keys = new Set<string>();
  const folders = new Map<string, Stamp | undefined>();
  const walk = async (path: string, prefix: string): Promise<void> => {
    const stats = await statInside(path, boundary);
    folders.set(path, stats === null ? undefined : stampOf(stats));
    const entries: readonly Entry[] = stats === null ? [] : await listKnownFolder(path, boundary);
    for (const entry of entries) {
      const key = prefix + entry.name;
      if (entry.isDirectory && !folders.has(entry.path)) await walk(entry.path, `${key}/`);
      else if (!entry.isDirectory && !NO_KEYS.test(entry.name)) keys.add(key);
    }
  };
  await walk(folder, '');
  return { root: folder, keys, folders, readAt };
}

/** The path of a listed key. */
export function pathOf(listing: KeyListing, key: string): string {
  return join(listing.root, key);
}

async function isCurrent(listing: KeyListing): Promise<boolean> {
  for (const [path, stamp] of listing.folders) {
    const now = await folderStamp(path);
    if (now === undefined && stamp === undefined) continue;
    if (!sameStamp(now, stamp)) return false;
    if (stamp !== undefined && listing.readAt - stamp.mtimeMs < UNSURE_MS) return false;
  }
  return true;
}

async function folderStamp(path: string): Promise<Stamp | undefined> {
  const stats = await statOrNull(path);
  return stats === null ? undefined : stampOf(stats);
}

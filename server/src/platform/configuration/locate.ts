import { lstat, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export const configurationFile = 'mlops.yaml';
export const environmentFile = '.env';

export interface Located {
  /** The folder that relative paths start from: that of `mlops.yaml`, else the workspace's. */
  readonly root: string;
  readonly configuration: string | null;
  readonly environment: string | null;
  /** The folders whose files decide this: the workspace's and those above it within its repository. */
  readonly folders: readonly string[];
}

/**
 * Finds the nearest `mlops.yaml` and `.env` from a folder upwards, no further than the repository that holds it; a
 * folder outside of any repository looks in itself alone, as nobody vouches for what lies above it.
 */
export async function locate(folder: string): Promise<Located> {
  const folders = await foldersUpwards(folder);
  // Whatever bears the name decides, also what can't be read: with it, nobody knows who may do what.
  const configuration = await first(folders, configurationFile, isThere);
  return {
    root: configuration === null ? folder : dirname(configuration),
    configuration,
    environment: await first(folders, environmentFile, isFile),
    folders,
  };
}

async function foldersUpwards(folder: string): Promise<string[]> {
  const folders: string[] = [];
  for (let current = folder; ; current = dirname(current)) {
    folders.push(current);
    if (await exists(join(current, '.git'))) return folders;
    if (dirname(current) === current) return [folder];
  }
}

async function first(
  folders: readonly string[],
  name: string,
  fits: (path: string) => Promise<boolean>,
): Promise<string | null> {
  for (const folder of folders) {
    const path = join(folder, name);
    if (await fits(path)) return path;
  }
  return null;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

/** Also where it is a folder, or a link that leads nowhere. */
async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** A store that lies in the folder without anyone having named it. */
export interface FoundStore {
  readonly name: string;
  /** A tracking URI. */
  readonly uri: string;
}

/** What trackers left in a folder: an `mlflow.db`, an `mlruns/<digits>/meta.yaml`, `wandb/`, `.neptune/`. */
export async function findStores(folder: string): Promise<readonly FoundStore[]> {
  const found: FoundStore[] = [];
  if (await isFile(join(folder, 'mlflow.db'))) {
    found.push({ name: 'mlflow.db', uri: 'sqlite:///mlflow.db' });
  }
  if (await isFileStore(join(folder, 'mlruns'))) found.push({ name: 'mlruns', uri: 'mlruns' });
  if (await isFolder(join(folder, 'wandb'))) found.push({ name: 'wandb', uri: 'wandb-offline:wandb' });
  if (await isFolder(join(folder, '.neptune'))) found.push({ name: 'neptune', uri: 'neptune-offline:.neptune' });
  return found;
}

async function isFileStore(folder: string): Promise<boolean> {
  const entries = await readdir(folder).catch(() => []);
  for (const entry of entries) {
    if (/^\d+$/.test(entry) && (await exists(join(folder, entry, 'meta.yaml')))) return true;
  }
  return false;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

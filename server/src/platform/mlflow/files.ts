import { type Dirent, lstat, readdir, readFile, realpath, type Stats, stat } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from '../error-code.ts';

// The promise versions of node:fs/promises cost three times as much per small file.
const readDirectory = promisify(readdir);
const readWhole = promisify(readFile);
const statFile = promisify(stat);
const statLink = promisify(lstat);
const realPath = promisify(realpath);

/** What tells one state of a file or folder from the next. */
export interface Stamp {
  readonly mtimeMs: number;
  readonly size: number;
  readonly ino: number;
}

export function stampOf({ mtimeMs, size, ino }: Stats): Stamp {
  return { mtimeMs, size, ino };
}

export function sameStamp(a: Stamp | undefined, b: Stamp | undefined): boolean {
  return a !== undefined && b !== undefined && a.mtimeMs === b.mtimeMs && a.size === b.size && a.ino === b.ino;
}

/** null where there is nothing at the path. */
export async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await statFile(path);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** As {@link statOrNull}; null also for a link that leads out of `boundary`, a real path. */
export async function statInside(path: string, boundary: string): Promise<Stats | null> {
  try {
    const stats = await statLink(path);
    if (!stats.isSymbolicLink()) return stats;
    return (await leadsInside(path, boundary)) ? await statFile(path) : null;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

export async function readText(path: string): Promise<string> {
  return readWhole(path, 'utf8');
}

export function readBytes(path: string): Promise<Buffer> {
  return readWhole(path);
}

/** The first `length` bytes as text; a character cut in half at the end is left out. */
export async function readStart(path: string, length: number): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return new TextDecoder().decode(buffer.subarray(0, bytesRead), { stream: true });
  } finally {
    await handle.close();
  }
}

export interface Entry {
  readonly name: string;
  readonly path: string;
  readonly isDirectory: boolean;
}

/**
 * Files and folders directly in a folder; none where there is no such folder. Links are followed only to what lies
 * inside `boundary` (a real path): a store must not make us read the rest of the disk.
 */
export async function listFolder(folder: string, boundary: string): Promise<readonly Entry[]> {
  return (await statInside(folder, boundary)) === null ? [] : listKnownFolder(folder, boundary);
}

/** As {@link listFolder}, for a folder that is known to lie inside the boundary. */
export async function listKnownFolder(folder: string, boundary: string): Promise<readonly Entry[]> {
  const entries = await readDirectory(folder, { withFileTypes: true }).catch((error: unknown): Dirent[] => {
    if (isAbsent(error)) return [];
    throw error;
  });
  const found: Entry[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile() || entry.isDirectory()) found.push({ name: entry.name, path, isDirectory: entry.isDirectory() });
    else if (entry.isSymbolicLink() && (await leadsInside(path, boundary))) {
      const stats = await statOrNull(path);
      if (stats?.isFile() || stats?.isDirectory()) {
        found.push({ name: entry.name, path, isDirectory: stats.isDirectory() });
      }
    }
  }
  return found;
}

/** Whether a path, with all links followed, lies inside a folder given by its real path. */
async function leadsInside(path: string, boundary: string): Promise<boolean> {
  const real = await realPath(path).catch(() => null);
  return real !== null && (real === boundary || real.startsWith(boundary.endsWith(sep) ? boundary : boundary + sep));
}

export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error));
}

/** What went wrong with a file, in words without its path and stack. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (['EACCES', 'EPERM'].includes(errorCode(error))) return 'access is denied';
  if (isAbsent(error)) return 'it is not there any more';
  return error.message;
}

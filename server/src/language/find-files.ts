import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

const ownFile = /^(?:mlops\.ya?ml|.*\.mlops\.ya?ml)$/i;
const skippedFolders = new Set([
  'node_modules',
  '.git',
  '.mlops',
  '.venv',
  'venv',
  '__pycache__',
  '.tox',
  'mlruns',
  'dist',
  'out',
]);

/** Whether a file is one of ours by its name. */
export function isMlopsFile(path: string): boolean {
  return ownFile.test(basename(path));
}

/** Our files in a folder and the folders below, but for those that hold what tools made. */
export async function* walk(folder: string, signal?: AbortSignal): AsyncGenerator<string> {
  signal?.throwIfAborted();
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skippedFolders.has(entry.name)) yield* walk(path, signal);
    } else if (entry.isFile() && isMlopsFile(entry.name)) yield path;
  }
}

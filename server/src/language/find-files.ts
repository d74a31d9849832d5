import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type IgnoreRules, isIgnored, rulesAbove, withRulesOf } from './git-ignore.ts';

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
  'wandb',
  'dist',
  'out',
]);

/** Whether a file is one of ours by its name. */
export function isMlopsFile(path: string): boolean {
  return ownFile.test(basename(path));
}

export interface WalkLimits {
  /** Files and folders to look at. */
  readonly entries: number;
  /** Folders within folders. */
  readonly depth: number;
  /** Which files are looked for, by their names; ours, unless it says otherwise. */
  readonly accepts?: (name: string) => boolean;
}

export const noLimits: WalkLimits = { entries: Number.POSITIVE_INFINITY, depth: Number.POSITIVE_INFINITY };

interface Folder {
  readonly path: string;
  readonly depth: number;
  /** Of the folders above. */
  readonly rules: IgnoreRules;
}

/**
 * Our files in a folder and the folders below, those near its top first, but for what tools made and what Git ignores.
 * Links are not followed.
 */
export async function* walk(
  folder: string,
  signal?: AbortSignal,
  limits: WalkLimits = noLimits,
): AsyncGenerator<string> {
  let level: Folder[] = [{ path: folder, depth: 0, rules: await rulesAbove(folder) }];
  let left = limits.entries;
  const accepts = limits.accepts ?? isMlopsFile;
  const isWanted = (entry: Dirent, path: string, rules: IgnoreRules) =>
    entry.isFile() && accepts(entry.name) && !isIgnored(path, false, rules);
  while (level.length > 0) {
    const next: Folder[] = [];
    for (const { path: parent, depth, rules: above } of level) {
      signal?.throwIfAborted();
      if (left <= 0) return;
      const entries = await readdir(parent, { withFileTypes: true }).catch((): Dirent[] => []);
      left -= entries.length;
      const rules = entries.some(({ name }) => name === '.gitignore') ? await withRulesOf(parent, above) : above;
      for (const entry of entries) {
        const path = join(parent, entry.name);
        if (isWanted(entry, path, rules)) yield path;
        else if (depth < limits.depth && isEntered(entry, path, rules)) next.push({ path, depth: depth + 1, rules });
      }
    }
    level = next;
  }
}

function isEntered(entry: Dirent, path: string, rules: IgnoreRules): boolean {
  return entry.isDirectory() && !skippedFolders.has(entry.name) && !isIgnored(path, true, rules);
}

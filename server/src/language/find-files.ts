import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errorCode } from '../platform/error-code.ts';
import { FailureError } from '../platform/failure.ts';
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
  /** Whoever decides by what the files say must miss none: links to files count, and a folder that can't be read fails. */
  readonly misses?: 'some' | 'none';
}

export const noLimits: WalkLimits = { entries: Number.POSITIVE_INFINITY, depth: Number.POSITIVE_INFINITY };
/** Fails with `permission` where a folder can't be read. */
export const withoutMisses: WalkLimits = { ...noLimits, misses: 'none' };

interface Folder {
  readonly path: string;
  readonly depth: number;
  /** Of the folders above. */
  readonly rules: IgnoreRules;
}

/**
 * Our files in a folder and the folders below, those near its top first, but for what tools made and what Git ignores.
 * Links to folders are not followed.
 */
export async function* walk(
  folder: string,
  signal?: AbortSignal,
  limits: WalkLimits = noLimits,
): AsyncGenerator<string> {
  let level: Folder[] = [{ path: folder, depth: 0, rules: await rulesAbove(folder) }];
  let left = limits.entries;
  const accepts = limits.accepts ?? isMlopsFile;
  const misses = limits.misses ?? 'some';
  const isWanted = (entry: Dirent, path: string, rules: IgnoreRules) =>
    (entry.isFile() || (misses === 'none' && entry.isSymbolicLink())) &&
    accepts(entry.name) &&
    !isIgnored(path, false, rules);
  while (level.length > 0) {
    const next: Folder[] = [];
    for (const { path: parent, depth, rules: above } of level) {
      signal?.throwIfAborted();
      if (left <= 0) return;
      const entries = await entriesOf(parent, misses);
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

async function entriesOf(folder: string, misses: 'some' | 'none'): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // It went meanwhile: there is nothing in it that could be missed.
    if (misses === 'some' || errorCode(error) === 'ENOENT') return [];
    throw new FailureError('permission', `The folder ${folder} can’t be read: a document in it may decide here.`, {
      remedy: 'Make it readable, or have Git ignore it.',
      cause: error,
    });
  }
}

function isEntered(entry: Dirent, path: string, rules: IgnoreRules): boolean {
  return entry.isDirectory() && !skippedFolders.has(entry.name) && !isIgnored(path, true, rules);
}

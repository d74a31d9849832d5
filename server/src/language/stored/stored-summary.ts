import { hash } from 'node:crypto';
import { readFileSync, type Stats, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { summarize } from '../summarize.ts';
import { fileSummary } from '../symbols/file-summary.ts';

/** Files beyond this are no documents that someone wrote. */
const MAX_BYTES = 2 * 1024 * 1024;

/** A summary with the state of the file that it was made of. */
export const storedSummary = z.object({
  /** Unix milliseconds, bytes: when they are the same, so is the file. */
  modified: z.number(),
  size: z.number(),
  /** Of the content: what was only touched is not read again. */
  digest: z.string(),
  summary: fileSummary,
});

export type StoredSummary = z.infer<typeof storedSummary>;

/** What a file says now; `before` where that still holds; null for one that is gone, too large or no text. */
export async function readSummary(path: string, before: StoredSummary | undefined): Promise<StoredSummary | null> {
  try {
    const state = stateOf(await stat(path));
    if (state === null) return null;
    if (before && isUnchanged(state, before)) return before;
    return summaryOf(path, { state, bytes: await readFile(path), before });
  } catch {
    return null;
  }
}

/** The same for a thread that has nothing else to do: waiting for each file costs less than being called back. */
export function readSummarySync(path: string, before: StoredSummary | undefined): StoredSummary | null {
  try {
    const state = stateOf(statSync(path));
    if (state === null) return null;
    if (before && isUnchanged(state, before)) return before;
    return summaryOf(path, { state, bytes: readFileSync(path), before });
  } catch {
    return null;
  }
}

/** Whether a file is still the one that a summary was made of, by its state alone. */
export async function isCurrent(path: string, summary: StoredSummary): Promise<boolean> {
  const stats = await stat(path).catch(() => null);
  const state = stats && stateOf(stats);
  return state !== null && isUnchanged(state, summary);
}

type State = Pick<StoredSummary, 'modified' | 'size'>;

/** null for what is no file, or too large. */
function stateOf(stats: Stats): State | null {
  return stats.isFile() && stats.size <= MAX_BYTES ? { modified: stats.mtimeMs, size: stats.size } : null;
}

function isUnchanged({ modified, size }: State, before: State): boolean {
  return before.modified === modified && before.size === size;
}

function summaryOf(
  path: string,
  { state, bytes, before }: { state: State; bytes: Uint8Array; before: StoredSummary | undefined },
): StoredSummary {
  const digest = hash('sha256', bytes, 'base64');
  if (before?.digest === digest) return { ...before, ...state };
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  return { ...state, digest, summary: summarize(pathToFileURL(path).href, text) };
}

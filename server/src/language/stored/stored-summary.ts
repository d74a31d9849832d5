import { createHash } from 'node:crypto';
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
    const { mtimeMs: modified, size, isFile } = await stateOf(path);
    if (!isFile || size > MAX_BYTES) return null;
    if (before?.modified === modified && before.size === size) return before;
    const bytes = await readFile(path);
    const digest = createHash('sha256').update(bytes).digest('base64');
    if (before?.digest === digest) return { ...before, modified, size };
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { modified, size, digest, summary: summarize(pathToFileURL(path).href, text) };
  } catch {
    return null;
  }
}

/** Whether a file is still the one that a summary was made of, by its state alone. */
export async function isCurrent(path: string, { modified, size }: StoredSummary): Promise<boolean> {
  const state = await stateOf(path).catch(() => null);
  return state?.mtimeMs === modified && state.size === size;
}

async function stateOf(path: string): Promise<{ mtimeMs: number; size: number; isFile: boolean }> {
  const stats = await stat(path);
  return { mtimeMs: stats.mtimeMs, size: stats.size, isFile: stats.isFile() };
}

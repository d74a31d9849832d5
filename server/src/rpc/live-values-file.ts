import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type TrackerValues, trackerValues } from '#schemas/protocol/experiments.ts';
import { writeFileWhole } from '../platform/write-file.ts';

const kept = z.object({
  version: z.literal(1),
  /** Unix milliseconds. */
  at: z.number(),
  trackers: z.array(trackerValues),
});

/** What trackers told last, so that a fresh window knows something at once; null where nothing was kept or it can't be read. */
export async function readLiveValues(
  folder: string,
): Promise<{ at: number; trackers: readonly TrackerValues[] } | null> {
  try {
    return kept.parse(JSON.parse(await readFile(fileOf(folder), 'utf8')));
  } catch {
    return null;
  }
}

/** Fails where the folder can't be written. */
export async function writeLiveValues(
  folder: string,
  { at, trackers }: { at: number; trackers: readonly TrackerValues[] },
): Promise<void> {
  const file = fileOf(folder);
  await mkdir(dirname(file), { recursive: true });
  // Nobody wants it in Git; whoever changed that file meant it.
  await writeFile(join(dirname(file), '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined);
  const text = JSON.stringify({ version: 1, at, trackers });
  await writeFileWhole(file, text);
}

function fileOf(folder: string): string {
  return join(fileURLToPath(folder), '.mlops', 'cache', 'live-values.json');
}

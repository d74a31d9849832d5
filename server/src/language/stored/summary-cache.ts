import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readVersion } from '../../platform/version.ts';
import { writeFileWhole } from '../../platform/write-file.ts';
import { type StoredSummary, storedSummary } from './stored-summary.ts';

/** Changes with the form of the summaries; what they say may change with every version of the product. */
const FORM = 2;

const kept = z.object({ version: z.string(), files: z.record(z.string(), storedSummary) });

/** Summaries by the paths of their files. */
export type Summaries = ReadonlyMap<string, StoredSummary>;

/** What was kept of a folder's files; nothing where it can't be read, is not ours or of another version. */
export async function readSummaries(folder: string): Promise<Summaries> {
  try {
    const { version, files } = kept.parse(JSON.parse(await readFile(fileOf(folder), 'utf8')));
    if (version !== versionOf()) return new Map();
    return new Map(Object.entries(files).map(([path, each]) => [join(folder, path), each]));
  } catch {
    return new Map();
  }
}

/** Keeps the summaries of a folder's files. Fails where the folder can't be written. */
export async function writeSummaries(folder: string, summaries: Summaries): Promise<void> {
  const file = fileOf(folder);
  await mkdir(dirname(file), { recursive: true });
  // Nobody wants it in Git; whoever changed that file meant it.
  await writeFile(join(dirname(file), '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined);
  const files = Object.fromEntries([...summaries].map(([path, each]) => [path.slice(folder.length + 1), each]));
  const text = JSON.stringify({ version: versionOf(), files });
  await writeFileWhole(file, text);
}

function versionOf(): string {
  return `${readVersion()} ${FORM}`;
}

function fileOf(folder: string): string {
  return join(folder, '.mlops', 'cache', 'language', 'index.json');
}

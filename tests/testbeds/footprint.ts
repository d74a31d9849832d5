import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Every file below a folder with its size, time of change and digest: equal before and after means nothing was touched. */
export async function footprint(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const prints = entries.map(async (entry): Promise<[string, string]> => {
    const path = join(entry.parentPath, entry.name);
    const { mtimeNs, size } = await stat(path, { bigint: true });
    const digest = entry.isFile()
      ? createHash('sha256')
          .update(await readFile(path))
          .digest('hex')
      : 'folder';
    return [path, `${size} ${mtimeNs} ${digest}`];
  });
  return new Map((await Promise.all(prints)).sort());
}

import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Where what is slow to make is kept between test runs. */
function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mlops-workbench');
}

/**
 * A folder in the cache that `make` fills once. It is made in place, because what is made often holds its own absolute
 * path; a marker beside it says that it is whole, and a lock keeps other test processes waiting meanwhile.
 */
export async function madeOnce(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder(), name);
  const marker = `${folder}.complete`;
  if (await exists(marker)) return folder;
  const release = await lock(`${folder}.lock`);
  try {
    if (!(await exists(marker))) {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await make(folder);
      await writeFile(marker, '');
    }
    return folder;
  } finally {
    await release();
  }
}

async function lock(path: string): Promise<() => Promise<void>> {
  await mkdir(join(path, '..'), { recursive: true });
  for (;;) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' });
      return () => rm(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      if (!(await ownerLives(path))) await rm(path, { force: true });
      else await delay(100);
    }
  }
}

async function ownerLives(path: string): Promise<boolean> {
  const pid = Number(await readFile(path, 'utf8').catch(() => ''));
  // Between creation and writing the file is empty: its owner is alive.
  if (!pid) return exists(path);
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

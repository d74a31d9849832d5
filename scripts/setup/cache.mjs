import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A lock that nobody has touched for this long is left over from a process that was killed. */
const STALE_MS = 30_000;
const TOUCH_MS = 5_000;

/** Where what is slow to make is kept, outside of the checkout. */
export function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mlops-workbench');
}

/** A short name for what something is made from. @param {...string} parts */
export function key(...parts) {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}

/**
 * A folder of the cache that `make` fills once: two processes don't collide, and one that was interrupted is made anew.
 * With `inPlace` it is made where it stays, for what holds its own absolute path.
 * @param {string} name @param {(folder: string) => Promise<void>} make @param {{inPlace?: boolean}} [options]
 */
export async function madeOnce(name, make, { inPlace = false } = {}) {
  const folder = join(cacheFolder(), name);
  const marker = `${folder}.complete`;
  if (await isWhole(folder, marker)) return folder;
  const release = await lock(`${folder}.lock`);
  try {
    if (await isWhole(folder, marker)) return folder;
    const work = inPlace ? folder : `${folder}.making`;
    for (const left of new Set([marker, folder, work])) await rm(left, { recursive: true, force: true });
    await mkdir(work, { recursive: true });
    await make(work);
    if (!inPlace) await rename(work, folder);
    await writeFile(marker, '');
    return folder;
  } finally {
    await release();
  }
}

async function isWhole(folder, marker) {
  return (await exists(folder)) && (await exists(marker));
}

/** Takes a lock file, waiting for its owner; answers what gives it back. @param {string} path */
export async function lock(path) {
  await mkdir(join(path, '..'), { recursive: true });
  const token = `${process.pid} ${Math.random()}`;
  for (let waited = false; ; waited = true) {
    if (await take(path, token)) break;
    if (!waited) console.log(`  waiting for another set-up (${path})`);
    if (await isStale(path)) await removeStale(path);
    else await delay(250);
  }
  const timer = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), TOUCH_MS);
  timer.unref();
  const forget = onceEnded(() => {
    if (readFileSync(path, 'utf8') === token) rmSync(path, { force: true });
  });
  return async () => {
    clearInterval(timer);
    forget();
    if ((await readFile(path, 'utf8').catch(() => '')) === token) await rm(path, { force: true });
  };
}

/** Calls `clean` when this process exits or a signal ends it; answers what takes that back. */
function onceEnded(clean) {
  const atEnd = () => {
    try {
      clean();
    } catch {
      // Gone already.
    }
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const forget = () => {
    process.off('exit', atEnd);
    for (const signal of signals) process.off(signal, atSignal);
  };
  const atSignal = (signal) => {
    atEnd();
    forget();
    // Whoever else listens ends the process; with nobody left, the signal does what it does by itself.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  process.on('exit', atEnd);
  for (const signal of signals) process.on(signal, atSignal);
  return forget;
}

async function take(path, token) {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(token);
    await file.close();
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(path) {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > STALE_MS;
}

/** Of several processes that found the lock stale, one alone may take it away: the one that wins the lock of the lock. */
async function removeStale(path) {
  const guard = `${path}.stale`;
  if (!(await take(guard, ''))) {
    if (await isStale(guard)) await rm(guard, { force: true });
    return;
  }
  try {
    if (await isStale(path)) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

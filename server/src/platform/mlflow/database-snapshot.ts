import { constants } from 'node:fs';
import { copyFile, mkdtemp, open, readdir, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../error-code.ts';
import { foreign } from './database-failures.ts';

/** The state of a database's files, read without touching SQLite: no lock is taken and nothing appears beside them. */
export interface SourceState {
  /** Equal as long as the database's content is. */
  readonly token: string;
  /** Equal as long as it is the same file with the same tables, whatever rows are written to it. */
  readonly identity: string;
  /** Whether a write-ahead log is in use: SQLite could read that only by writing beside it. */
  readonly writeAheadLog: boolean;
}

const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';

/** Looks at the database file and what lies beside it. Throws what the file system says, or a failure for a foreign file. */
export async function sourceState(path: string): Promise<SourceState> {
  // SQLite keeps journal and log beside the file itself, not beside a link to it.
  const real = await realpath(path);
  // Opening a pipe would wait for a writer that may never come, in a thread that nothing can end.
  const kind = await stat(real);
  if (!kind.isFile() && !kind.isDirectory()) throw foreign(path, 'is no ordinary file');
  const file = await open(real, 'r');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    const info = await file.stat({ bigint: true });
    if (info.isDirectory()) throw foreign(path, 'is a folder, not a SQLite database');
    const { bytesRead } = await file.read(header, 0, HEADER_BYTES, 0);
    if (bytesRead === 0) throw foreign(path, 'is empty: no store was written to it yet');
    if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) throw foreign(path, 'is not a SQLite database');
    const log = await sizeAndTime(`${real}-wal`);
    const journal = await sizeAndTime(`${real}-journal`);
    // Bytes 24–27 count the transactions, which tells two writes apart that fall into one tick of the file's clock;
    // bytes 40–43 count the changes of the schema.
    const changes = header.readUInt32BE(24);
    return {
      token: [info.ino, info.size, info.mtimeNs, changes, log, journal].join(':'),
      identity: `${info.dev}:${info.ino}:${header.readUInt32BE(40)}`,
      writeAheadLog: header[18] === 2 || header[19] === 2,
    };
  } finally {
    await file.close();
  }
}

async function sizeAndTime(path: string): Promise<string> {
  try {
    const info = await stat(path, { bigint: true });
    return `${info.size}@${info.mtimeNs}`;
  } catch {
    return '';
  }
}

/** A database copied to a folder of our own, in which SQLite may write what it needs. */
export interface PrivateCopy {
  readonly path: string;
  /** The source's state when it was copied. */
  readonly token: string;
  /** When it was ready and how long it took, in milliseconds. */
  readonly madeAt: number;
  readonly tookMs: number;
  remove(): Promise<void>;
}

const COPY_ATTEMPTS = 5;
const COPY_PREFIX = 'mlops-store-';
let sweptBefore = false;

/** Removes the copies of processes that were killed before they could: once a process, when it first makes one itself. */
async function removeAbandoned(): Promise<void> {
  if (sweptBefore) return;
  sweptBefore = true;
  const names = await readdir(tmpdir()).catch(() => []);
  const abandoned = names.filter((name) => {
    const owner = name.startsWith(COPY_PREFIX) ? Number.parseInt(name.slice(COPY_PREFIX.length), 10) : Number.NaN;
    return owner > 0 && !isAlive(owner);
  });
  // Those of other users stay: the operating system refuses.
  await Promise.allSettled(abandoned.map((name) => rm(join(tmpdir(), name), { recursive: true, force: true })));
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

/** Copies the database with its journal and log to a private temporary folder, again if it changed meanwhile. */
export async function copyPrivately(path: string, signal?: AbortSignal): Promise<PrivateCopy | null> {
  await removeAbandoned();
  const real = await realpath(path);
  const folder = await mkdtemp(join(tmpdir(), `${COPY_PREFIX}${process.pid}-`));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const target = join(folder, 'store.db');
  try {
    for (let attempt = 0; attempt < COPY_ATTEMPTS; attempt += 1) {
      signal?.throwIfAborted();
      const started = performance.now();
      const before = await sourceState(path);
      await copyFile(real, target, constants.COPYFILE_FICLONE);
      for (const suffix of ['-wal', '-journal']) await copyIfThere(`${real}${suffix}`, `${target}${suffix}`);
      const after = await sourceState(path);
      if (before.token === after.token) {
        const madeAt = performance.now();
        return { path: target, token: after.token, madeAt, tookMs: madeAt - started, remove };
      }
    }
  } catch (error) {
    await remove();
    throw error;
  }
  await remove();
  return null;
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  await copyFile(from, to, constants.COPYFILE_FICLONE).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

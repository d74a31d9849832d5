import { FailureError } from '../failure.ts';

/** SQLite's primary result codes that we act on. */
const Code = {
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  cantOpen: 14,
  tooBig: 18,
  notADatabase: 26,
};

/** The primary result code of an error of node:sqlite; null for any other error. */
function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  // Extended codes carry the primary one in their lowest byte.
  return error.errcode & 0xff;
}

export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === Code.busy || code === Code.locked;
}

/** Whether SQLite could go on only by writing beside the file: to roll a journal back, or to index a write-ahead log. */
export function needsToWrite(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === Code.readOnly || code === Code.cantOpen;
}

/** What the file system says of a path that leads to nothing. */
const nowhere: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']);

/** What an error that reading a store threw means to its owner. */
export function toStoreFailure(error: unknown, path: string): unknown {
  if (error instanceof FailureError) return error;
  const code = sqliteCode(error);
  if (code !== null) return sqliteFailure(code, error, path);
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (typeof error.code === 'string' && nowhere.has(error.code)) return missing(path, error);
  if (error.code === 'EACCES' || error.code === 'EPERM') return forbidden(path, error);
  if (error.code === 'ENOSPC') {
    return new FailureError('unsupported', `No room in the temporary folder for the copy that reading ${path} takes.`, {
      remedy: 'Free some space, or point TMPDIR to another disk.',
      cause: error,
    });
  }
  return error;
}

function missing(path: string, cause?: unknown): FailureError {
  return new FailureError('not-found', `There is no file ${path}.`, {
    remedy:
      'Check the path of the tracking URI (sqlite:/// takes one relative to the workspace, sqlite://// an absolute one).',
    cause,
  });
}

function forbidden(path: string, cause: unknown): FailureError {
  return new FailureError('permission', `${path} can't be read: the operating system refuses.`, {
    remedy: 'Give yourself read access to the file.',
    cause,
  });
}

export function foreign(path: string, what: string): FailureError {
  return new FailureError('corrupt', `${path} ${what}.`, {
    remedy: 'Point the tracking URI to the mlflow.db of a project.',
  });
}

export function busy(path: string, cause: unknown): FailureError {
  return new FailureError('busy', `${path} is locked by another process that is writing to it.`, {
    remedy: 'Try again; if it stays locked, look for a training run or a server that hangs.',
    cause,
  });
}

function sqliteFailure(code: number, error: unknown, path: string): FailureError {
  switch (code) {
    case Code.busy:
    case Code.locked:
      return busy(path, error);
    case Code.notADatabase:
      return foreign(path, 'is not a SQLite database');
    case Code.corrupt:
      return new FailureError('corrupt', `${path} is damaged or only half written.`, {
        remedy: 'If it is being copied, wait for the end; else restore it, or try “sqlite3 FILE .recover”.',
        cause: error,
      });
    case Code.cantOpen:
      return forbidden(path, error);
    case Code.noMemory:
    case Code.tooBig:
      return new FailureError('unsupported', `${path} holds a value too large to read.`, { cause: error });
    case Code.ioError:
      return new FailureError('corrupt', `Reading ${path} failed: the disk or file system reports an error.`, {
        cause: error,
      });
    default:
      if (error instanceof Error && error.message.includes('too complex')) {
        return new FailureError(
          'input',
          'The filter is too long for SQLite: a LIKE pattern has at most 50,000 characters.',
        );
      }
      return new FailureError('internal', `SQLite: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
  }
}

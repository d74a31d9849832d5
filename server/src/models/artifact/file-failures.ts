import type { FailureReason } from '#schemas/domain/failure.ts';
import { errorCode } from '../../platform/error-code.ts';
import { FailureError } from '../../platform/failure.ts';

interface Explanation {
  readonly reason: FailureReason;
  readonly says: (path: string) => string;
  readonly remedy: string;
}

const denied: Explanation = {
  reason: 'permission',
  says: (path) => `“${path}” may not be read.`,
  remedy: 'Give your account the right to read it (chmod u+r; for folders u+rx).',
};

const silent: Explanation = {
  reason: 'unreachable',
  says: (path) => `The disk or network share with “${path}” gave no answer.`,
  remedy: 'Look whether it is connected and sound, then try again.',
};

const tooMany: Explanation = {
  reason: 'busy',
  says: (path) => `“${path}” could not be opened: too many files are open.`,
  remedy: 'Try again, or raise the limit (ulimit -n).',
};

const missing: Explanation = {
  reason: 'not-found',
  says: (path) => `“${path}” does not exist.`,
  remedy: 'Name a folder that is there.',
};

const tooLong: Explanation = {
  reason: 'input',
  says: (path) => `The path “${path}” is longer than this system allows.`,
  remedy: 'Shorten the names of its folders.',
};

const byCode: ReadonlyMap<string, Explanation> = new Map([
  ['EACCES', denied],
  ['EPERM', denied],
  ['EIO', silent],
  ['ESTALE', silent],
  ['ETIMEDOUT', silent],
  ['ENOTCONN', silent],
  ['EHOSTDOWN', silent],
  ['EMFILE', tooMany],
  ['ENFILE', tooMany],
  ['ENOENT', missing],
  ['ENOTDIR', missing],
  ['ENAMETOOLONG', tooLong],
]);

/** What a failed call of the file system means for a person; other errors come back as they are. */
export function asFailure(error: unknown, path: string): unknown {
  const explanation = byCode.get(errorCode(error));
  if (!explanation) return error;
  return new FailureError(explanation.reason, explanation.says(path), { remedy: explanation.remedy, cause: error });
}

// What was there, as a file or a folder, when it was listed, and no longer is.
const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EISDIR']);

/** As {@link asFailure}, for what was found in a folder just before: if it is gone, the folder is changing. */
export function failureWithin(error: unknown, path: string): unknown {
  if (GONE.has(errorCode(error))) return changedMeanwhile(path);
  return asFailure(error, path);
}

/** A file that is not what it was when the work began. */
export function changedMeanwhile(path: string): FailureError {
  return new FailureError('busy', `“${path}” changed while it was being read.`, {
    remedy: 'Wait until nothing writes to the folder any more, then try again.',
  });
}

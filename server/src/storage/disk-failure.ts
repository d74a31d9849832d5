import type { FailureReason } from '#schemas/domain/failure.ts';
import { errorCode } from '../platform/error-code.ts';
import { FailureError } from '../platform/failure.ts';

interface Explanation {
  readonly reason: FailureReason;
  readonly says: string;
  readonly remedy: string;
}

const full: Explanation = {
  reason: 'busy',
  says: 'the disk is full',
  remedy: 'Free some space, then try again.',
};
const quota: Explanation = {
  reason: 'busy',
  says: 'your quota on that disk is used up',
  remedy: 'Free some space or have the quota raised, then try again.',
};
const denied: Explanation = {
  reason: 'permission',
  says: 'access is denied',
  remedy: 'Give your account the right to read and write there.',
};
const readOnly: Explanation = {
  reason: 'permission',
  says: 'the file system is read-only',
  remedy: 'Choose another place, or mount it for writing.',
};
const silent: Explanation = {
  reason: 'unreachable',
  says: 'the disk or network share gave no answer',
  remedy: 'Look whether it is connected and sound, then try again.',
};
const tooMany: Explanation = {
  reason: 'busy',
  says: 'too many files are open',
  remedy: 'Try again, or raise the limit (ulimit -n).',
};
const missing: Explanation = {
  reason: 'not-found',
  says: 'it does not exist',
  remedy: 'Check the path.',
};
const inTheWay: Explanation = {
  reason: 'input',
  says: 'there is something else of that name',
  remedy: 'Move it away, or choose another place.',
};
const tooLong: Explanation = {
  reason: 'input',
  says: 'the path is longer than this system allows',
  remedy: 'Choose a place with a shorter path.',
};
const link: Explanation = {
  reason: 'input',
  says: 'it is a symbolic link',
  remedy: 'Remove the link, or choose another place: links may lead anywhere, so they are not followed.',
};

const byCode: ReadonlyMap<string, Explanation> = new Map([
  ['ENOSPC', full],
  ['EDQUOT', quota],
  ['EFBIG', { ...full, says: 'files of that size are not possible there' }],
  ['EACCES', denied],
  ['EPERM', denied],
  ['EROFS', readOnly],
  ['EIO', silent],
  ['ESTALE', silent],
  ['ETIMEDOUT', silent],
  ['ENOTCONN', silent],
  ['EHOSTDOWN', silent],
  ['EMFILE', tooMany],
  ['ENFILE', tooMany],
  ['ENOENT', missing],
  ['ENOTDIR', inTheWay],
  ['EISDIR', inTheWay],
  ['EEXIST', inTheWay],
  ['ENOTEMPTY', inTheWay],
  ['ENAMETOOLONG', tooLong],
  ['ELOOP', link],
]);

/** What a failed call of the file system means for a person; other errors come back as they are. */
export function diskFailure(error: unknown, path: string, doing: 'read' | 'written'): unknown {
  const explanation = byCode.get(errorCode(error));
  if (explanation === undefined) return error;
  const { reason, says, remedy } = explanation;
  return new FailureError(reason, `“${path}” can’t be ${doing}: ${says}.`, { remedy, cause: error });
}

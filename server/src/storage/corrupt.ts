import { FailureError } from '../platform/failure.ts';

/** The failure of a content that is not what its digest says. */
export function corrupt(sha256: string, uri: string): FailureError {
  return new FailureError('corrupt', `What ${uri} keeps under the digest ${sha256.slice(0, 12)}… has another digest.`, {
    remedy: 'Somebody changed it there, or a disk is damaged. Restore it from a copy, or register the version anew.',
  });
}

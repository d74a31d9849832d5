import { S3ServiceException } from '@aws-sdk/client-s3';
import type { FailureReason } from '#schemas/domain/failure.ts';
import { FailureError } from '../../../platform/failure.ts';

interface Explanation {
  readonly reason: FailureReason;
  readonly says: string;
  readonly remedy: string;
}

const denied: Explanation = {
  reason: 'permission',
  says: 'access is denied',
  remedy: 'Have your account be given s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket there.',
};
const wrongKey: Explanation = {
  reason: 'permission',
  says: 'the credentials are not valid there',
  remedy: 'Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.',
};
const expired: Explanation = {
  reason: 'permission',
  says: 'the credentials have expired',
  remedy: 'Sign in again (aws sso login), or renew AWS_SESSION_TOKEN.',
};
const noCredentials: Explanation = {
  reason: 'permission',
  says: 'there are no AWS credentials',
  remedy: 'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in (aws sso login).',
};
const noBucket: Explanation = {
  reason: 'not-found',
  says: 'there is no such bucket',
  remedy: 'Correct its name in mlops.yaml, or create it.',
};
const elsewhere: Explanation = {
  reason: 'input',
  says: 'the bucket is in another region',
  remedy: 'Name its region in mlops.yaml (storage.region) or AWS_REGION.',
};
const noRegion: Explanation = {
  reason: 'input',
  says: 'no region is set, or none that there is',
  remedy: 'Name it in mlops.yaml (storage.region) or AWS_REGION.',
};
const clock: Explanation = {
  reason: 'input',
  says: 'this machine’s clock is wrong',
  remedy: 'Set it right; signatures hold for some minutes only.',
};
const slowDown: Explanation = {
  reason: 'busy',
  says: 'it is asked too much of it at present',
  remedy: 'Wait a little, then try again.',
};
const broken: Explanation = {
  reason: 'remote',
  says: 'it answered with an error of its own',
  remedy: 'Try again; if it stays so, its status page or log says why.',
};

const byName: ReadonlyMap<string, Explanation> = new Map([
  ['AccessDenied', denied],
  ['AllAccessDisabled', denied],
  ['InvalidAccessKeyId', wrongKey],
  ['SignatureDoesNotMatch', wrongKey],
  ['InvalidToken', wrongKey],
  ['ExpiredToken', expired],
  ['ExpiredTokenException', expired],
  ['TokenRefreshRequired', expired],
  ['CredentialsProviderError', noCredentials],
  ['NoSuchBucket', noBucket],
  ['PermanentRedirect', elsewhere],
  ['AuthorizationHeaderMalformed', elsewhere],
  ['IllegalLocationConstraintException', elsewhere],
  ['RequestTimeTooSkewed', clock],
  ['SlowDown', slowDown],
  ['ServiceUnavailable', slowDown],
  ['ThrottlingException', slowDown],
  ['TooManyRequestsException', slowDown],
]);

/** What the SDK's error means for a person; failures of our own, aborts and what is unknown come back as they are. */
export function s3Failure(error: unknown, uri: string): unknown {
  if (error instanceof FailureError || !(error instanceof Error) || error.name === 'AbortError') return error;
  // The SDK has no names for these.
  const isRegionMissing = /^Region (is missing|not accepted)/.test(error.message);
  const explanation = isRegionMissing ? noRegion : (byName.get(error.name) ?? byStatus(statusOf(error)));
  if (explanation === null) return error;
  const { reason, says, remedy } = explanation;
  return new FailureError(reason, `${uri} can’t be used: ${says}.`, { remedy, cause: error });
}

function byStatus(status: number): Explanation | null {
  if (status === 401 || status === 403) return denied;
  if (status === 301 || status === 307) return elsewhere;
  if (status === 429 || status === 503) return slowDown;
  return status >= 400 ? broken : null;
}

function statusOf(error: unknown): number {
  return error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 0) : 0;
}

/** Whether the blob is not there, as opposed to its bucket. */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof S3ServiceException) || error.name === 'NoSuchBucket') return false;
  return error.name === 'NoSuchKey' || statusOf(error) === 404;
}

/** Whether a name of S3's is that of an error. */
export function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof S3ServiceException && names.includes(error.name);
}

export function isOutOfRange(error: unknown): boolean {
  return statusOf(error) === 416;
}

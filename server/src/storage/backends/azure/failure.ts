import { RestError } from '@azure/storage-blob';
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
  remedy:
    'Check AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or have your account be given the role Storage Blob Data Contributor.',
};
const noCredentials: Explanation = {
  reason: 'permission',
  says: 'there are no Azure credentials',
  remedy: 'Set AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or sign in (az login).',
};
const noContainer: Explanation = {
  reason: 'not-found',
  says: 'there is no such container',
  remedy: 'Correct its name in mlops.yaml, or create it.',
};
const silent: Explanation = {
  reason: 'unreachable',
  says: 'the connection failed',
  remedy: 'Check the name of the account, your network, VPN and proxy.',
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

const signInFailures: ReadonlySet<string> = new Set([
  'CredentialUnavailableError',
  'AuthenticationError',
  'AggregateAuthenticationError',
  'AuthenticationRequiredError',
]);

/** What the SDK's error means for a person; failures of our own, aborts and what is unknown come back as they are. */
export function azureFailure(error: unknown, uri: string): unknown {
  if (error instanceof FailureError || !(error instanceof Error) || error.name === 'AbortError') return error;
  const explanation = explain(error);
  if (explanation === null) return error;
  const { reason, says, remedy } = explanation;
  return new FailureError(reason, `${uri} can’t be used: ${says}.`, { remedy, cause: error });
}

function explain(error: Error): Explanation | null {
  if (signInFailures.has(error.name)) return noCredentials;
  if (!(error instanceof RestError)) return null;
  const { statusCode, code } = error;
  if (statusCode === undefined) return silent;
  if (code === 'ContainerNotFound' || code === 'ContainerBeingDeleted') return noContainer;
  if (statusCode === 401 || statusCode === 403) return denied;
  if (statusCode === 429 || statusCode === 503) return slowDown;
  return broken;
}

/** Whether the blob is not there, as opposed to its container. */
export function isMissing(error: unknown): boolean {
  return error instanceof RestError && error.statusCode === 404 && error.code !== 'ContainerNotFound';
}

export function isOutOfRange(error: unknown): boolean {
  return error instanceof RestError && error.statusCode === 416;
}

/** The connection broke while a body was read: the stream tells that in its own ways, as an abort too. */
export function lostWhileReading(error: unknown, uri: string): unknown {
  if (error instanceof FailureError) return error;
  return new FailureError('unreachable', `The connection to ${uri} was lost.`, { remedy: silent.remedy, cause: error });
}

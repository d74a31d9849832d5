import type { Health } from './component.ts';
import { FailureError, toFailure } from './failure.ts';

/** The answer of a check that failed with `error` after `latencyMs`. */
export function unhealthy(error: unknown, latencyMs: number): Health {
  const { message, remedy, reason } = toFailure(isTimeout(error) ? noAnswer(error) : error);
  return { healthy: false, detail: remedy === null ? message : `${message} ${remedy}`, reason, latencyMs };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

function noAnswer(cause: unknown): FailureError {
  return new FailureError('unreachable', 'There was no answer in time.', { cause });
}

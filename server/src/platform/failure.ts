import type { Failure, FailureReason } from '#schemas/domain/failure.ts';

/** An error with a reason a program can act on, a message in the user's words and what to do about it. */
export class FailureError extends Error {
  override readonly name = 'FailureError';
  readonly reason: FailureReason;
  readonly remedy: string | null;

  constructor(reason: FailureReason, message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.remedy = options.remedy ?? null;
  }
}

/** The error of a failure that came from another thread or process. */
export function fromFailure({ reason, message, remedy }: Failure): FailureError {
  return new FailureError(reason, message, remedy === null ? {} : { remedy });
}

/** What crosses the wire for any thrown value; an unknown one becomes `internal`, an abort `cancelled`. */
export function toFailure(error: unknown): Failure {
  if (error instanceof FailureError) return { reason: error.reason, message: error.message, remedy: error.remedy };
  if (error instanceof Error && error.name === 'AbortError') {
    return { reason: 'cancelled', message: 'Cancelled.', remedy: null };
  }
  return { reason: 'internal', message: error instanceof Error ? error.message : String(error), remedy: null };
}

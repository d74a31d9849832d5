import type { FailureReason } from '#schemas/domain/failure.ts';

/** What was asked of the host did not happen; `message` and `remedy` are in the person's words. */
export class HostFailure extends Error {
  readonly reason: FailureReason;
  readonly remedy: string | null;

  constructor(reason: FailureReason, message: string, remedy: string | null) {
    super(message);
    this.name = 'HostFailure';
    this.reason = reason;
    this.remedy = remedy;
  }
}

/** Whether an error only says that nobody waits for the answer any more. */
export function isAborted(error: unknown): boolean {
  return (
    (error instanceof DOMException && error.name === 'AbortError') ||
    (error instanceof HostFailure && error.reason === 'cancelled')
  );
}

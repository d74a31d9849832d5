import { l10n } from 'vscode';
import { type Failure, type FailureReason, failure } from '#schemas/domain/failure.ts';

/** An error that is already in the user's words. */
export class ClientFailure extends Error {
  override readonly name = 'ClientFailure';
  readonly failure: Failure;

  constructor(reason: FailureReason, message: string, remedy: string | null = null) {
    super(message);
    this.failure = { reason, message, remedy };
  }
}

/** What to tell a person about anything that was thrown, be it by the server (`ResponseError.data`) or by us. */
export function toFailure(error: unknown): Failure {
  if (error instanceof ClientFailure) return error.failure;
  if (isAbort(error)) return { reason: 'cancelled', message: l10n.t('Cancelled.'), remedy: null };
  if (typeof error === 'object' && error !== null && 'data' in error) {
    const parsed = failure.safeParse(error.data);
    if (parsed.success) return parsed.data;
  }
  return {
    reason: 'internal',
    message: error instanceof Error ? firstLine(error.message) : String(error),
    remedy: l10n.t('The log has more. If it happens again, please report it with “Collect Diagnostics”.'),
  };
}

/** `what happened. what to do` on one line. */
export function failureLine({ message, remedy }: Failure): string {
  return remedy ? `${withStop(message)} ${remedy}` : message;
}

/** LSP's codes for a request that was cancelled by us or by the server. */
const cancelledCodes: ReadonlySet<unknown> = new Set([-32800, -32802]);

function isAbort(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return ('name' in error && error.name === 'AbortError') || ('code' in error && cancelledCodes.has(error.code));
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}

function withStop(sentence: string): string {
  return /[.!?…:]$/.test(sentence) ? sentence : `${sentence}.`;
}

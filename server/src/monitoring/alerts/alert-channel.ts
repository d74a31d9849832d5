import type { AlertNotice } from '#schemas/domain/alert-notice.ts';
import type { FailureReason } from '#schemas/domain/failure.ts';
import { FailureError } from '../../platform/failure.ts';

/** Somewhere that notices can be sent to. */
export interface AlertChannel {
  readonly name: string;
  /** As in the configuration: `slack`, `email`, … */
  readonly type: string;
  /** Milliseconds between two messages at least. */
  readonly paceMs: number;
  /** Wants to hear of what fires with every check, because it forgets. */
  readonly isRefreshed: boolean;
  /**
   * Sends one notice; it may have been sent before, with the same id. Fails with {@link DeliveryError}; anything else that is
   * thrown is tried again.
   */
  send(notice: AlertNotice, signal: AbortSignal): Promise<void>;
}

interface DeliveryOptions {
  readonly reason?: FailureReason;
  readonly remedy?: string;
  readonly cause?: unknown;
  /** It would fail the same way again. */
  readonly permanent?: boolean;
  /** Milliseconds that the channel asks to be left alone. */
  readonly retryAfterMs?: number;
}

/** A notice that did not get through. */
export class DeliveryError extends FailureError {
  readonly permanent: boolean;
  readonly retryAfterMs: number | null;

  constructor(message: string, { reason = 'remote', permanent = false, retryAfterMs, ...rest }: DeliveryOptions = {}) {
    super(reason, message, rest);
    this.permanent = permanent;
    this.retryAfterMs = retryAfterMs ?? null;
  }
}

import type { FailureReason } from '#schemas/domain/failure.ts';

/** What a component's check found. `detail` is one line for a person: what answered, or what to do. */
export interface Health {
  readonly healthy: boolean;
  readonly detail: string;
  /** Why it is not healthy, where the component can tell. */
  readonly reason?: FailureReason;
  /** Milliseconds the check took. */
  readonly latencyMs: number;
}

/**
 * Whatever holds a connection, a file or a process. All three are idempotent: calling one again, or `cleanup` without
 * `initialize`, does no harm.
 */
export interface Component {
  /** Opens what is needed; throws a FailureError that says why it can't. */
  initialize(signal?: AbortSignal): Promise<void>;
  /** Never throws: what is wrong is in the answer. */
  healthCheck(signal?: AbortSignal): Promise<Health>;
  cleanup(): Promise<void>;
}

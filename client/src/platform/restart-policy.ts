export interface RestartPolicyOptions {
  /** How many ends within `windowMs` are put up with. */
  readonly limit: number;
  readonly windowMs: number;
  readonly firstDelayMs: number;
  readonly maximumDelayMs: number;
}

const defaultRestartPolicy: RestartPolicyOptions = {
  limit: 5,
  windowMs: 180_000,
  firstDelayMs: 500,
  maximumDelayMs: 10_000,
};

/** Decides whether a server that ended is started again, and after how long; each end doubles the wait. */
export class RestartPolicy {
  private ends: number[] = [];

  private readonly options: RestartPolicyOptions;

  constructor(options: RestartPolicyOptions = defaultRestartPolicy) {
    this.options = options;
  }

  /** Milliseconds to wait before the next start; null: give up. */
  ended(now: number): number | null {
    const { limit, windowMs, firstDelayMs, maximumDelayMs } = this.options;
    this.ends = [...this.ends.filter((end) => now - end < windowMs), now];
    if (this.ends.length > limit) return null;
    return Math.min(maximumDelayMs, firstDelayMs * 2 ** (this.ends.length - 1));
  }

  forget(): void {
    this.ends = [];
  }
}

/** One figure of a benchmark, beside a peer's measured in the same run. */
export interface BenchResult {
  readonly figure: string;
  readonly unit: 'ms' | 'kB' | 'MB';
  /** null where it could not be measured; `note` says why. */
  readonly ours: number | null;
  readonly peer: { readonly name: string; readonly value: number } | null;
  readonly target: Target;
  readonly note?: string;
}

/** What the figure has to reach: so much at most, so many times less than the peer, or nothing (shown for knowledge). */
export interface Target {
  readonly atMost?: number;
  readonly timesAhead?: number;
}

export type Verdict = 'met' | 'MISSED' | 'not measured' | '';

export function verdictOf({ ours, peer, target }: BenchResult): Verdict {
  if (target.atMost === undefined && target.timesAhead === undefined) return '';
  if (ours === null || (target.timesAhead !== undefined && !peer)) return 'not measured';
  const small = target.atMost === undefined || ours <= target.atMost;
  const ahead = target.timesAhead === undefined || (peer !== null && peer.value / ours >= target.timesAhead);
  return small && ahead ? 'met' : 'MISSED';
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** The median time of some calls, one after another, in milliseconds. */
export async function medianTime(times: number, call: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let count = 0; count < times; count += 1) {
    const started = performance.now();
    await call();
    taken.push(performance.now() - started);
  }
  return median(taken);
}

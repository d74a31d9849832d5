/** A value of one series at one time. */
export interface Sample {
  /** Without `__name__` where the query took it away. */
  readonly labels: Readonly<Record<string, string>>;
  /** May be NaN or infinite. */
  readonly value: number;
  /** Unix milliseconds. */
  readonly time: number;
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly { readonly time: number; readonly value: number }[];
}

/** What a query found, and what the server remarked about it: a part may be missing, or mean something else. */
export interface MetricAnswer<T> {
  readonly data: readonly T[];
  readonly warnings: readonly string[];
}

/** Unix milliseconds, both included. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Where metrics come from. All calls fail with FailureError: `input` (the query is wrong, in the server's own words, or gives
 * more than can be shown), `unreachable`, `remote`, `permission`.
 */
export interface MetricSource {
  /** The values at one time, now unless it says otherwise. */
  query(
    expression: string,
    options?: { readonly at?: number; readonly signal?: AbortSignal | undefined },
  ): Promise<MetricAnswer<Sample>>;
  /** Values over time, every `stepMs`. */
  queryRange(
    expression: string,
    range: TimeRange & { readonly stepMs: number },
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<MetricAnswer<Series>>;
}

/** Works with the source that the configuration names. Fails as that, or the permission to connect, says. */
export type WithMetrics = <T>(work: (source: MetricSource) => Promise<T>) => Promise<T>;

import { isSmallerBetter } from '#schemas/domain/metric-direction.ts';

export interface Delta {
  readonly by: number;
  /** As the metric’s name says which way is better; null where nothing changed. */
  readonly isBetter: boolean | null;
}

/** How a metric changed; null where one of the values is no number. */
export function metricDelta(name: string, before: string | null, after: string | null): Delta | null {
  if (before === null || after === null) return null;
  const by = Number(after) - Number(before);
  if (!Number.isFinite(by)) return null;
  return { by, isBetter: by === 0 ? null : by > 0 !== isSmallerBetter(name) };
}

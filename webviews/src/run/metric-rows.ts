import { fromJsonInteger, fromJsonNumber } from '#schemas/domain/number.ts';
import type { MetricSummary } from '#schemas/domain/run.ts';
import { format } from '../shared/format.ts';
import type { GridSort } from '../shared/grid-layout.ts';
import { searchFor } from './search-words.ts';

/**
 * The metrics whose key has all words of `search`, sorted by the columns `key`, `last`, `min`, `max`, `step` and `count`,
 * then by key. NaN and what is absent come last, whichever way is sorted.
 */
export function metricRows(
  metrics: readonly MetricSummary[],
  { search, sort }: { search: string; sort: readonly GridSort[] },
): MetricSummary[] {
  const matches = searchFor(search);
  const rows = metrics.filter(({ key }) => matches(key));
  return rows.sort((a, b) => {
    for (const { column, descending } of sort) {
      const order = column === 'key' ? byKey(a, b, descending) : byMeasure(a, b, { column, descending });
      if (order !== 0) return order;
    }
    return byKey(a, b, false);
  });
}

function byKey(a: MetricSummary, b: MetricSummary, descending: boolean): number {
  const order = format.compareText(a.key, b.key);
  return descending ? -order : order;
}

function byMeasure(a: MetricSummary, b: MetricSummary, { column, descending }: GridSort): number {
  const [left, right] = [measure(a, column), measure(b, column)];
  const missing = Number(isMissing(left)) - Number(isMissing(right));
  if (missing !== 0 || isMissing(left)) return missing;
  const order = left < right ? -1 : left > right ? 1 : 0;
  return descending ? -order : order;
}

/** Steps beyond 2^53 stay exact. */
function measure({ last, min, max, count }: MetricSummary, column: string): number | bigint {
  if (column === 'step') return fromJsonInteger(last.step);
  if (column === 'count') return count;
  const chosen = column === 'min' ? min : column === 'max' ? max : last.value;
  return chosen === null ? Number.NaN : fromJsonNumber(chosen);
}

function isMissing(value: number | bigint): boolean {
  return typeof value === 'number' && Number.isNaN(value);
}

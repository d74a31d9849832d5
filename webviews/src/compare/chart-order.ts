import type { MetricRow } from '#schemas/domain/comparison.ts';
import { format } from '../shared/format.ts';

/** Keys of metrics as charts stand: those with a course before those with one value a run, the machine's own last. */
export function chartOrder(metrics: readonly MetricRow[]): string[] {
  const rank = ({ key, stepped }: MetricRow) => (key.startsWith('system/') ? 2 : stepped ? 0 : 1);
  return metrics.toSorted((a, b) => rank(a) - rank(b) || format.compareText(a.key, b.key)).map(({ key }) => key);
}

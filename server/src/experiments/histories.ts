import { LRUCache } from 'lru-cache';
import type { MetricPoint } from '#schemas/domain/run.ts';
import type { Tracker } from './tracker.ts';
import type { MetricHistory } from './tracking-store.ts';
import { toMetricPoints } from './wire.ts';

/** Points kept in memory, about 25 bytes each. */
const keptPoints = 2_000_000;

/** Metric histories, kept a while: zooming and paging ask for the same ones again and again. */
export class Histories {
  readonly #kept: LRUCache<string, MetricHistory>;

  constructor(points = keptPoints) {
    this.#kept = new LRUCache({ maxSize: points, sizeCalculation: ({ steps }) => steps.length + 1 });
  }

  async get(
    tracker: Tracker,
    of: { revision: number; runId: string; key: string },
    signal?: AbortSignal,
  ): Promise<MetricHistory> {
    const name = JSON.stringify([tracker.key, of.revision, of.runId, of.key]);
    const kept = this.#kept.get(name);
    if (kept) return kept;
    const history = await tracker.store.metricHistory(of.runId, of.key, signal);
    this.#kept.set(name, history);
    return history;
  }
}

/** Some points of a history; `page` is what the answer before gave as `nextPage`. */
export function historyPage(
  history: MetricHistory,
  options: { limit: number; page: string | null },
): { points: MetricPoint[]; nextPage: string | null } {
  const start = options.page !== null && /^\d{1,15}$/.test(options.page) ? Number(options.page) : 0;
  const end = start + options.limit;
  return {
    points: toMetricPoints(history, start, end),
    nextPage: end < history.steps.length ? String(end) : null,
  };
}

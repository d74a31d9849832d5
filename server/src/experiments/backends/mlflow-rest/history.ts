import { mapConcurrently } from '../../../platform/concurrency.ts';
import type { MlflowApi } from '../../../platform/mlflow/api.ts';
import { tokenAfter } from '../../../platform/mlflow/paging.ts';
import type { MetricHistory, RunRecord } from '../../tracking-store.ts';
import { type Extent, extend, HistoryBuilder, NO_POINTS } from '../shared/points.ts';
import { pointsPage, toPoint } from './wire.ts';

const PAGE_POINTS = 25_000;
/** Most points that get-history-bulk answers, all runs together. */
const BULK_POINTS = 25_000;
const BULK_RUNS = 100;
const AT_ONCE = 4;

/** All points of a metric, page by page. */
export async function readHistory(
  api: MlflowApi,
  runId: string,
  key: string,
  signal?: AbortSignal,
): Promise<MetricHistory> {
  const history = new HistoryBuilder();
  let token: string | undefined;
  do {
    const page = await api.get({
      path: 'metrics/get-history',
      // Without max_results a server answers all points at once.
      query: { run_id: runId, metric_key: key, max_results: PAGE_POINTS, page_token: token },
      schema: pointsPage,
      signal,
    });
    for (const point of page.metrics) history.add(toPoint(point));
    token = tokenAfter(token, page);
  } while (token !== undefined);
  return history.build();
}

export type Extents = ReadonlyMap<string, ReadonlyMap<string, Extent>>;

/** The extents of metrics of runs: whole histories, of up to 100 runs by one request while they are short. */
export async function readExtents(
  api: MlflowApi,
  runs: readonly RunRecord[],
  keys: readonly string[] | null,
  signal?: AbortSignal,
): Promise<Extents> {
  const found = new Map<string, Map<string, Extent>>(runs.map((run) => [run.id, new Map()]));
  const wanted = keys ?? [...new Set(runs.flatMap((run) => [...run.metrics.keys()]))];
  await mapConcurrently([...new Set(wanted)], AT_ONCE, async (key) => {
    const having = [...new Set(runs.filter((run) => run.metrics.has(key)).map((run) => run.id))];
    for (let start = 0; start < having.length; start += BULK_RUNS) {
      const extents = await extentsOf(api, having.slice(start, start + BULK_RUNS), key, signal);
      for (const [runId, extent] of extents) found.get(runId)?.set(key, extent);
    }
  });
  return found;
}

async function extentsOf(
  api: MlflowApi,
  runIds: readonly string[],
  key: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Extent>> {
  const bulk = await api.getPageData({
    path: 'metrics/get-history-bulk',
    query: { run_id: runIds, metric_key: key, max_results: BULK_POINTS },
    schema: pointsPage,
    signal,
  });
  if (bulk !== null && bulk.metrics.length < BULK_POINTS) {
    const extents = new Map(runIds.map((runId) => [runId, NO_POINTS]));
    for (const { run_id: runId = '', value } of bulk.metrics) {
      extents.set(runId, extend(extents.get(runId) ?? NO_POINTS, value));
    }
    return extents;
  }
  const half = Math.ceil(runIds.length / 2);
  if (bulk !== null && half < runIds.length) {
    const first = await extentsOf(api, runIds.slice(0, half), key, signal);
    return new Map([...first, ...(await extentsOf(api, runIds.slice(half), key, signal))]);
  }
  const extents = await mapConcurrently(runIds, AT_ONCE, async (runId) => {
    const { values } = await readHistory(api, runId, key, signal);
    return [runId, values.reduce(extend, NO_POINTS)] as const;
  });
  return new Map(extents);
}

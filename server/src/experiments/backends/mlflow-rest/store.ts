import { createHash } from 'node:crypto';
import { z } from 'zod';
import { mapConcurrently } from '../../../platform/concurrency.ts';
import type { CredentialSource } from '../../../platform/credentials.ts';
import { FailureError } from '../../../platform/failure.ts';
import type { HttpClient } from '../../../platform/http.ts';
import { createMlflowApi, type MlflowApi } from '../../../platform/mlflow/api.ts';
import { tokenAfter } from '../../../platform/mlflow/paging.ts';
import { unhealthy } from '../../../platform/unhealthy.ts';
import { formatRunSearch } from '../../search/format.ts';
import type { RunSearch } from '../../search/query.ts';
import type { RunPage, RunRecord, TrackingStore } from '../../tracking-store.ts';
import { decodePage, encodePage } from '../shared/page-token.ts';
import { serverArtifacts } from './artifacts.ts';
import { readExtents, readHistory } from './history.ts';
import { readModels } from './models.ts';
import {
  experimentsPage,
  runAnswer,
  runIdOf,
  runsPage,
  toDatasets,
  toExperiment,
  toRun,
  type WireExperiment,
  type WireRun,
} from './wire.ts';

export interface MlflowRestOptions {
  /** Of the server, with its static prefix and without a slash at the end. */
  readonly url: string;
  readonly http: HttpClient;
  readonly credentials: CredentialSource;
  /** The workspace of servers that have them. */
  readonly workspace?: string;
}

type View = RunSearch['view'];

const VIEWS: Readonly<Record<View, string>> = { active: 'ACTIVE_ONLY', deleted: 'DELETED_ONLY', all: 'ALL' };
const EXPERIMENTS_A_PAGE = 1000;
/** A server sends whole runs: a thousand of them are some megabytes. */
const RUNS_A_REQUEST = 1000;
const AT_ONCE = 6;
const RUNNING_WATCHED = 50;

const position = z.object({ token: z.string().min(1) });

/** An MLflow server of 2.x or 3.x by its REST API. Lists carry whole runs, whatever fields are asked for. */
export function createMlflowRestStore(options: MlflowRestOptions): TrackingStore {
  const { url } = options;
  const api = createMlflowApi(options);

  const getWireRun = async (runId: string, signal?: AbortSignal): Promise<WireRun> => {
    signal?.throwIfAborted();
    try {
      return (await api.get({ path: 'runs/get', query: { run_id: runId }, schema: runAnswer, signal })).run;
    } catch (error) {
      throw isMissingRun(error) ? noSuchRun(runId, url, error) : error;
    }
  };

  const getRuns = async (runIds: readonly string[], signal?: AbortSignal): Promise<readonly RunRecord[]> => {
    const found = new Map<string, RunRecord>();
    await findTogether(api, runIds, { found, getRun: getWireRun, signal });
    const rest = [...new Set(runIds)].filter((runId) => !found.has(runId));
    await mapConcurrently(rest, AT_ONCE, async (runId) => {
      found.set(runId, toRun(await getWireRun(runId, signal)));
    });
    return runIds.flatMap((runId) => found.get(runId) ?? []);
  };

  return {
    backend: 'mlflow-rest',

    async initialize(signal) {
      signal?.throwIfAborted();
    },

    async healthCheck(signal) {
      const start = performance.now();
      try {
        await api.text('/health', signal);
        const version = await serverVersion(api, signal);
        await api.post({ path: 'experiments/search', body: { max_results: 1 }, schema: experimentsPage, signal });
        const detail = version === null ? 'MLflow' : `MLflow ${version}`;
        return { healthy: true, detail, latencyMs: performance.now() - start };
      } catch (error) {
        return unhealthy(error, performance.now() - start);
      }
    },

    async cleanup() {
      // The HTTP client is its maker's to close.
    },

    async listExperiments({ view, signal }) {
      return (await listExperiments(api, view, signal)).map(toExperiment);
    },

    async searchRuns(search, { limit, page, signal }) {
      signal?.throwIfAborted();
      const token = page === null ? undefined : decodePage(page, search, position).token;
      return searchRuns(api, search, { limit, token, signal });
    },

    getRun: async (runId, signal) => toRun(await getWireRun(runId, signal)),
    getRuns,

    async metricHistory(runId, key, signal) {
      signal?.throwIfAborted();
      const history = await readHistory(api, runId, key, signal);
      // A server answers no points for a run that is not there, too.
      if (history.steps.length === 0) await getWireRun(runId, signal);
      return history;
    },

    async metricExtent(runIds, keys, signal) {
      return readExtents(api, await getRuns(runIds, signal), keys, signal);
    },

    datasets: async (runId, signal) => toDatasets(await getWireRun(runId, signal)),
    loggedModels: async (runId, signal) => readModels(api, await getWireRun(runId, signal), signal),

    artifacts: (run) => serverArtifacts(api, run),

    link(experimentId, runId) {
      const experiment = `${url}/#/experiments/${encodeURIComponent(experimentId)}`;
      return runId === null ? experiment : `${experiment}/runs/${encodeURIComponent(runId)}`;
    },

    changeToken: (signal) => changeToken(api, signal),
  };
}

async function serverVersion(api: MlflowApi, signal: AbortSignal | undefined): Promise<string | null> {
  const text = (await api.text('/version', signal))?.trim() ?? '';
  return /^\d+\.\d+[\w.+-]*$/.test(text) ? text : null;
}

async function listExperiments(
  api: MlflowApi,
  view: View,
  signal: AbortSignal | undefined,
): Promise<readonly WireExperiment[]> {
  const found: WireExperiment[] = [];
  let token: string | undefined;
  do {
    const page = await api.post({
      path: 'experiments/search',
      body: {
        max_results: EXPERIMENTS_A_PAGE,
        view_type: VIEWS[view],
        ...(token === undefined ? {} : { page_token: token }),
      },
      schema: experimentsPage,
      signal,
    });
    found.push(...page.experiments);
    token = tokenAfter(token, page);
  } while (token !== undefined);
  return found;
}

async function searchRuns(
  api: MlflowApi,
  search: RunSearch,
  options: { limit: number; token: string | undefined; signal: AbortSignal | undefined },
): Promise<RunPage> {
  const { limit, signal } = options;
  const { filter, orderBy } = formatRunSearch(search);
  const experimentIds = await experimentsOf(api, search, signal);
  const runs: RunRecord[] = [];
  let token = options.token;
  if (experimentIds.length === 0) return { runs, nextPage: null };
  do {
    const page = await api.post({
      path: 'runs/search',
      body: {
        experiment_ids: experimentIds,
        filter,
        run_view_type: VIEWS[search.view],
        max_results: Math.min(limit - runs.length, RUNS_A_REQUEST),
        order_by: orderBy,
        ...(token === undefined ? {} : { page_token: token }),
      },
      schema: runsPage,
      signal,
    });
    runs.push(...page.runs.map(toRun));
    token = tokenAfter(token, page);
  } while (token !== undefined && runs.length < limit);
  return { runs, nextPage: token === undefined ? null : encodePage(search, { token }) };
}

// Deleted runs lie in active experiments as well.
async function experimentsOf(
  api: MlflowApi,
  { experimentIds, view }: RunSearch,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  if (experimentIds.length > 0) return experimentIds;
  const experiments = await listExperiments(api, view === 'active' ? 'active' : 'all', signal);
  return experiments.map((experiment) => experiment.experiment_id);
}

/** Runs that are looked at together mostly are of one experiment: one search finds them all. */
async function findTogether(
  api: MlflowApi,
  runIds: readonly string[],
  options: {
    found: Map<string, RunRecord>;
    getRun: (runId: string, signal?: AbortSignal) => Promise<WireRun>;
    signal: AbortSignal | undefined;
  },
): Promise<void> {
  const { found, getRun, signal } = options;
  const [first, ...rest] = new Set(runIds);
  if (first === undefined) return;
  const run = toRun(await getRun(first, signal));
  found.set(first, run);
  if (rest.length < 2) return;
  const search: RunSearch = {
    experimentIds: [run.experimentId],
    conditions: [{ entity: 'attribute', key: 'run_id', comparator: 'IN', value: rest }],
    orderBy: [],
    view: 'all',
  };
  const page = await searchRuns(api, search, { limit: rest.length, token: undefined, signal });
  for (const other of page.runs) found.set(other.id, other);
}

/**
 * Tells of new, ended and running runs and of renamed experiments. A tag or a deletion of a run that ended earlier is
 * not seen: a server has no cheap way to ask for it.
 */
async function changeToken(api: MlflowApi, signal: AbortSignal | undefined): Promise<string> {
  const experiments = await listExperiments(api, 'active', signal);
  const search = async (filter: string, order: string, limit: number): Promise<readonly WireRun[]> => {
    if (experiments.length === 0) return [];
    const page = await api.post({
      path: 'runs/search',
      body: {
        experiment_ids: experiments.map((experiment) => experiment.experiment_id),
        filter,
        run_view_type: VIEWS.active,
        max_results: limit,
        order_by: [order],
      },
      schema: runsPage,
      signal,
    });
    return page.runs;
  };
  const newest = 'attributes.start_time DESC';
  const runs = await Promise.all([
    search('', newest, 1),
    search('', 'attributes.end_time DESC', 1),
    search("attributes.status = 'RUNNING'", newest, RUNNING_WATCHED),
  ]);
  const stages = experiments.map((experiment) => [
    experiment.experiment_id,
    experiment.name,
    experiment.last_update_time,
  ]);
  const states = runs.flat().map((run) => [runIdOf(run), run.info, run.data]);
  const replacer = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value;
  return createHash('sha256')
    .update(JSON.stringify([stages, states], replacer))
    .digest('base64url');
}

// Servers of 2.x say INVALID_PARAMETER_VALUE of an id in a form that they would never give.
function isMissingRun(error: unknown): boolean {
  return (
    error instanceof FailureError &&
    (error.reason === 'not-found' || (error.reason === 'input' && /run.?id/i.test(error.message)))
  );
}

function noSuchRun(runId: string, url: string, cause: unknown): FailureError {
  return new FailureError('not-found', `There is no run ${runId} at ${url}.`, {
    remedy: 'Refresh the list of runs: it may have been deleted.',
    cause,
  });
}

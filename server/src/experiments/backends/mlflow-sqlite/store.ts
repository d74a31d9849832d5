import { resolve as absolute } from 'node:path';
import type { Health } from '../../../platform/component.ts';
import { FailureError } from '../../../platform/failure.ts';
import { toStoreFailure } from '../../../platform/mlflow/database-failures.ts';
import { sourceState } from '../../../platform/mlflow/database-snapshot.ts';
import { unhealthy } from '../../../platform/unhealthy.ts';
import type { ArtifactSource } from '../../artifact-source.ts';
import type { RunRecord, TrackingStore } from '../../tracking-store.ts';
import { type Host, inProcessHost, WorkerHost } from './host.ts';
import type { Answers, Kind, Requests } from './operations.ts';

export interface MlflowSqliteOptions {
  /** The database file. */
  readonly path: string;
  /** Where a run's artifacts can be read. */
  readonly artifacts: (run: RunRecord) => ArtifactSource;
  /** Queries in the calling thread instead of a worker: for a process that answers one question and ends. */
  readonly inProcess?: boolean;
  /** How long a locked store is waited for, in milliseconds (3,000). */
  readonly patienceMs?: number;
}

/**
 * A SQLite database that MLflow wrote, read without leaving a trace: opened read-only, and where SQLite would have to
 * write beside it (write-ahead log, journal to roll back) as a private copy. Values of params and tags longer than
 * 10,000 characters are cut in lists, longer than 1,000,000 in a single run, and then end with `…` and their size.
 */
export function createMlflowSqliteStore(options: MlflowSqliteOptions): TrackingStore {
  const path = absolute(options.path);
  const location = options.patienceMs === undefined ? { path } : { path, patienceMs: options.patienceMs };
  const host = options.inProcess ? inProcessHost(location) : new WorkerHost(location);
  return storeOn(host, path, options.artifacts);
}

function storeOn(host: Host, path: string, artifacts: MlflowSqliteOptions['artifacts']): TrackingStore {
  const { call, between, close } = queued(host);
  return {
    backend: 'mlflow-sqlite',
    initialize: async (signal) => {
      await call('schema', null, signal);
    },
    healthCheck: (signal) => checkHealth(() => call('schema', null, signal)),
    cleanup: close,
    listExperiments: ({ view, signal }) => call('experiments', { view }, signal),
    searchRuns: (search, { limit, page, fields, signal }) => {
      if (!Number.isInteger(limit) || limit < 1) {
        return Promise.reject(new FailureError('input', 'The number of runs asked for is not a whole number above 0.'));
      }
      return call('search', { search, limit, page, fields }, signal);
    },
    getRun: async (runId, signal) => {
      const [run] = await call('runs', { ids: [runId] }, signal);
      if (!run) throw new FailureError('not-found', `There is no run ${runId} in this store.`);
      return run;
    },
    getRuns: (ids, signal) => call('runs', { ids }, signal),
    fieldSummaries: (runIds, signal) => call('fields', { runIds }, signal),
    metricHistory: (runId, key, signal) => call('history', { runId, key }, signal),
    metricExtent: (runIds, keys, signal) => call('extent', { runIds, keys }, signal),
    datasets: (runId, signal) => call('datasets', { runId }, signal),
    loggedModels: (runId, signal) => call('models', { runId }, signal),
    artifacts,
    link: () => null,
    // Closing any descriptor of a file drops the locks that this process has on it (POSIX): SQLite's while it reads.
    changeToken: (signal) => between(() => readToken(path), signal),
  };
}

type Call = <K extends Kind>(kind: K, request: Requests[K], signal?: AbortSignal) => Promise<Answers[K]>;

async function readToken(path: string): Promise<string> {
  try {
    return (await sourceState(path)).token;
  } catch (error) {
    throw toStoreFailure(error, path);
  }
}

interface Queue {
  readonly call: Call;
  /** Work that must not run beside a call. */
  readonly between: <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** One call after another. A cancelled one is answered at once, and never starts if it still waits. */
function queued(host: Host): Queue {
  let last: Promise<unknown> = Promise.resolve();
  const enqueue = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const between: Queue['between'] = (work, signal) => {
    const turn = enqueue(() => {
      signal?.throwIfAborted();
      return work();
    });
    return signal ? orAborted(turn, signal) : turn;
  };
  return {
    call: (kind, request, signal) => between(() => host.call(kind, request, signal), signal),
    between,
    close: () => enqueue(() => host.close()),
  };
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

async function checkHealth(schema: () => Promise<Answers['schema']>): Promise<Health> {
  const started = performance.now();
  const took = (): number => performance.now() - started;
  try {
    const { revision, known } = await schema();
    const name = revision === null ? 'MLflow store from before schema revisions' : `MLflow store, schema ${revision}`;
    const warning = known ? '' : ' (newer than this version knows: what is new in it is not shown)';
    return { healthy: true, detail: `${name}${warning}`, latencyMs: took() };
  } catch (error) {
    return unhealthy(error, took());
  }
}

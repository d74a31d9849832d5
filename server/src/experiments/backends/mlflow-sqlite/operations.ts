import type { Connection, Database } from '../../../platform/mlflow/database-connection.ts';
import type { RunSearch } from '../../search/query.ts';
import type {
  DatasetRecord,
  ExperimentRecord,
  FieldSummary,
  LoggedModelRecord,
  MetricHistory,
  RunFields,
  RunPage,
  RunRecord,
} from '../../tracking-store.ts';
import { fieldSummaries } from './columns.ts';
import { datasets, loggedModels } from './lineage.ts';
import * as reader from './reader.ts';

/** What can be asked of a store, as plain data: it may cross to a worker thread. */
export interface Requests {
  readonly schema: null;
  readonly experiments: { readonly view: reader.View };
  readonly search: {
    readonly search: RunSearch;
    readonly limit: number;
    readonly page: string | null;
    readonly fields?: RunFields | undefined;
  };
  readonly runs: { readonly ids: readonly string[] };
  readonly fields: { readonly runIds: readonly string[] };
  readonly history: { readonly runId: string; readonly key: string };
  readonly extent: { readonly runIds: readonly string[]; readonly keys: readonly string[] | null };
  readonly datasets: { readonly runId: string };
  readonly models: { readonly runId: string };
}

export interface Answers {
  readonly schema: { readonly revision: string | null; readonly known: boolean };
  readonly experiments: readonly ExperimentRecord[];
  readonly search: RunPage;
  readonly runs: readonly RunRecord[];
  readonly fields: readonly FieldSummary[];
  readonly history: MetricHistory;
  readonly extent: ReadonlyMap<string, ReadonlyMap<string, reader.MetricExtent>>;
  readonly datasets: readonly DatasetRecord[];
  readonly models: readonly LoggedModelRecord[];
}

export type Kind = keyof Requests;

const OPERATIONS: { readonly [K in Kind]: (database: Database, request: Requests[K]) => Answers[K] } = {
  schema: ({ schema }) => ({ revision: schema.revision, known: schema.known }),
  experiments: (database, { view }) => reader.listExperiments(database, view),
  search: (database, { search, ...options }) => reader.searchRuns(database, search, options),
  runs: (database, { ids }) => reader.getRuns(database, ids),
  fields: (database, { runIds }) => fieldSummaries(database, runIds),
  history: (database, { runId, key }) => reader.metricHistory(database, runId, key),
  extent: (database, { runIds, keys }) => reader.metricExtent(database, runIds, keys),
  datasets: (database, { runId }) => datasets(database, runId),
  models: (database, { runId }) => loggedModels(database, runId),
};

export function perform<K extends Kind>(
  connection: Connection,
  call: { kind: K; request: Requests[K] },
  signal?: AbortSignal,
): Promise<Answers[K]> {
  return connection.use((database) => OPERATIONS[call.kind](database, call.request), signal);
}

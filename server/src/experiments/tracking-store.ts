import type { LifecycleStage, RunStatus } from '#schemas/domain/run.ts';
import type { Component } from '../platform/component.ts';
import type { ArtifactSource } from './artifact-source.ts';
import type { RunSearch } from './search/query.ts';

/** A step as stored: a number where that is exact, a bigint beyond 2^53. */
export type Step = number | bigint;

export interface MetricValue {
  readonly value: number;
  readonly step: Step;
  /** Unix milliseconds. */
  readonly timestamp: number;
}

export interface RunRecord {
  readonly id: string;
  readonly name: string;
  readonly experimentId: string;
  readonly status: RunStatus;
  /** Unix milliseconds; null where not started. */
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly lifecycleStage: LifecycleStage;
  readonly userId: string | null;
  readonly artifactUri: string | null;
  readonly params: ReadonlyMap<string, string>;
  /** The last value of each metric, as MLflow decides what is last: highest step, then timestamp, then value. */
  readonly metrics: ReadonlyMap<string, MetricValue>;
  readonly tags: ReadonlyMap<string, string>;
}

export interface ExperimentRecord {
  readonly id: string;
  readonly name: string;
  readonly lifecycleStage: LifecycleStage;
  readonly artifactLocation: string | null;
  /** Active runs; null where counting means reading all of them. */
  readonly runs: number | null;
}

export interface DatasetRecord {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema: string | null;
  readonly profile: string | null;
  readonly context: string | null;
}

export interface LoggedModelRecord {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly modelType: string | null;
  readonly artifactUri: string;
  readonly createdAt: number | null;
  readonly params: ReadonlyMap<string, string>;
  readonly metrics: readonly { key: string; value: number; dataset: string | null }[];
  readonly tags: ReadonlyMap<string, string>;
}

export interface RunPage {
  readonly runs: readonly RunRecord[];
  /** Opaque; null on the last page. */
  readonly nextPage: string | null;
}

/** Points in MLflow's order: step, then timestamp, then value. Arrays of equal length. */
export interface MetricHistory {
  readonly steps: readonly Step[];
  readonly timestamps: readonly number[];
  readonly values: readonly number[];
}

/** Which parts of a run a caller needs: a store skips the rest where that saves work. Absent: all. */
export interface RunFields {
  /** Keys wanted; null is all, an empty array none. */
  readonly params: readonly string[] | null;
  readonly metrics: readonly string[] | null;
  readonly tags: readonly string[] | null;
}

export type FieldKind = 'param' | 'metric' | 'tag';

/** What the values of one param, metric or tag are like over some runs. */
export interface FieldSummary {
  readonly kind: FieldKind;
  readonly key: string;
  /** Runs that have it. */
  readonly runs: number;
  /** All values are numbers, or texts that are. */
  readonly numeric: boolean;
  /** Not all values are the same; NaN is the same as NaN. */
  readonly varies: boolean;
}

/**
 * The port to a tracker. Stores are only ever read. All calls throw FailureError: `not-found`, `unreachable`,
 * `permission`, `corrupt`, `busy`, `unsupported`, `remote`, `input` (a filter the grammar refuses).
 *
 * Params and tags too long for anyone to read may come cut, with `… (cut: the whole text has N bytes)` at the end: a
 * store does so at 10,000 characters in lists and a million in a single run at the earliest. Filters see them whole.
 */
export interface TrackingStore extends Component {
  /** `mlflow-sqlite`, `mlflow-file`, `mlflow-rest`, … */
  readonly backend: string;

  /** Sorted by last use or creation, newest first, as MLflow's UI has them. */
  listExperiments(options: {
    view: 'active' | 'deleted' | 'all';
    signal?: AbortSignal;
  }): Promise<readonly ExperimentRecord[]>;

  /** MLflow's search semantics to the letter: filter, order (default start_time DESC, run id), pages. */
  searchRuns(
    search: RunSearch,
    options: { limit: number; page: string | null; fields?: RunFields; signal?: AbortSignal },
  ): Promise<RunPage>;

  /** One run by id; deleted ones too. */
  getRun(runId: string, signal?: AbortSignal): Promise<RunRecord>;
  /** Many by id, in the order asked; a missing one is a `not-found` failure that names it. */
  getRuns(runIds: readonly string[], signal?: AbortSignal): Promise<readonly RunRecord[]>;

  /** Which params, metrics and tags these runs have. Absent where that means reading them all. */
  fieldSummaries?(runIds: readonly string[], signal?: AbortSignal): Promise<readonly FieldSummary[]>;

  metricHistory(runId: string, key: string, signal?: AbortSignal): Promise<MetricHistory>;
  /** min, max (NaN left out) and number of points of every metric of a run; the store computes it where it can. */
  metricExtent(
    runIds: readonly string[],
    keys: readonly string[] | null,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, { min: number | null; max: number | null; count: number }>>>;

  datasets(runId: string, signal?: AbortSignal): Promise<readonly DatasetRecord[]>;
  loggedModels(runId: string, signal?: AbortSignal): Promise<readonly LoggedModelRecord[]>;

  /** Where the run's artifacts can be read. */
  artifacts(run: RunRecord): ArtifactSource;

  /** The tracker's own page; null for a store on disk. */
  link(experimentId: string, runId: string | null): string | null;

  /**
   * Changes whenever what the store would answer may have changed (data_version and file stamps, folder stamps, or for
   * a server the newest update seen): cheap, so that it can be asked every few seconds. null where nothing cheap tells.
   */
  changeToken(signal?: AbortSignal): Promise<string | null>;
}

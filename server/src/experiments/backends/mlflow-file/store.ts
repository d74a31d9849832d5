import { dirname, join } from 'node:path';
import { mapConcurrently } from '../../../platform/concurrency.ts';
import { FailureError } from '../../../platform/failure.ts';
import { unhealthy } from '../../../platform/unhealthy.ts';
import type { OpenArtifacts } from '../../artifact-source.ts';
import type { ExperimentRecord, RunRecord, TrackingStore } from '../../tracking-store.ts';
import { ChangeWatch } from './change-watch.ts';
import { readDatasets, readOutputs } from './inputs.ts';
import {
  compareExperiments,
  type Experiment,
  type ExperimentFolder,
  experimentFolders,
  readExperiment,
  runFolders,
  storeRoot,
  TRASH,
} from './layout.ts';
import { readHistory } from './metric-file.ts';
import { readModels } from './models.ts';
import { type RunFolder, type RunHead, RunReader } from './run-reader.ts';
import { searchFolders } from './search.ts';
import { createWarnings } from './warnings.ts';

export interface MlflowFileOptions {
  /** The `mlruns` folder. */
  readonly path: string;
  readonly artifacts: OpenArtifacts;
  /** Told once of each run, experiment or value that can't be read and is left out. */
  readonly onWarning?: (message: string) => void;
}

/** Runs that are looked through at a time. */
const RUNS_AT_ONCE = 16;
/** Counting the runs of a larger store would mean reading it. */
const COUNTED_RUNS = 2_000;

/**
 * MLflow's file store (`mlruns/`), read without MLflow. Nothing is ever written; links that leave the folder are not
 * followed. Runs that can't be read are left out of lists with a warning; asked for by id they are a `corrupt` failure.
 */
export function createMlflowFileStore(options: MlflowFileOptions): TrackingStore {
  const warnings = createWarnings((message) => options.onWarning?.(message));
  let opened: Promise<Opened> | null = null;

  const open = async (): Promise<Opened> => {
    opened ??= openStore(options.path, warnings);
    try {
      return await opened;
    } catch (error) {
      opened = null;
      throw error;
    }
  };

  const headsOf = async (store: Opened, folders: readonly ExperimentFolder[], signal?: AbortSignal) => {
    const runs: RunFolder[] = [];
    for (const experiment of folders) runs.push(...(await foldersOf(store, experiment)));
    const heads = await mapConcurrently(runs, RUNS_AT_ONCE, async (run) => {
      signal?.throwIfAborted();
      return store.reader.head(run, signal);
    });
    return heads.filter((head) => head !== null);
  };

  const requireRun = async (runId: string, signal?: AbortSignal): Promise<{ store: Opened; head: RunHead }> => {
    signal?.throwIfAborted();
    const store = await open();
    const run = await findRun(store, runId);
    if (run === null) {
      throw new FailureError('not-found', `There is no run ${runId} in ${options.path}.`, {
        remedy: 'Refresh the list of runs: it may have been deleted.',
      });
    }
    return { store, head: await store.reader.requireHead(run, signal) };
  };

  const getRun = async (runId: string, signal?: AbortSignal): Promise<RunRecord> => {
    const { store, head } = await requireRun(runId, signal);
    return store.reader.record(head, undefined, signal);
  };

  return {
    backend: 'mlflow-file',

    async initialize() {
      await open();
    },

    async healthCheck(signal) {
      const start = performance.now();
      try {
        const store = await open();
        const experiments = await readExperiments(store, 'all', signal);
        await refuseForeign(store, experiments);
        const detail = describe(experiments.length, warnings.messages);
        return { healthy: true, detail, latencyMs: performance.now() - start };
      } catch (error) {
        return unhealthy(error, performance.now() - start);
      }
    },

    async cleanup() {
      const store = await opened?.catch(() => null);
      opened = null;
      store?.reader.forget();
    },

    async listExperiments({ view, signal }) {
      const store = await open();
      const experiments = await readExperiments(store, view, signal);
      if (experiments.length === 0) await refuseForeign(store, await readExperiments(store, 'all', signal));
      const counts = await countRuns(store, experiments, (folder) => headsOf(store, [folder], signal));
      return experiments.map((experiment): ExperimentRecord => {
        const { id, name, lifecycleStage, artifactLocation } = experiment;
        return { id, name, lifecycleStage, artifactLocation, runs: counts?.get(id) ?? null };
      });
    },

    async searchRuns(search, { signal, ...page }) {
      signal?.throwIfAborted();
      const store = await open();
      const { root, reader } = store;
      const heads = async (): Promise<readonly RunHead[]> => {
        const all = (await experimentFolders(root)).filter(({ id, lifecycleStage }) =>
          search.experimentIds.length > 0
            ? search.experimentIds.includes(id)
            : search.view !== 'active' || lifecycleStage === 'active',
        );
        return headsOf(store, all, signal);
      };
      return searchFolders(
        {
          heads,
          record: (head, fields) => reader.record(head, fields, signal),
          datasets: (head) => readDatasets(head, { root, warnings }, signal),
          each: (items, work) =>
            mapConcurrently(items, RUNS_AT_ONCE, async (item) => {
              signal?.throwIfAborted();
              return work(item);
            }),
        },
        search,
        page,
      );
    },

    getRun,
    getRuns: (runIds, signal) => mapConcurrently(runIds, RUNS_AT_ONCE, (runId) => getRun(runId, signal)),

    async metricHistory(runId, key, signal) {
      const { store, head } = await requireRun(runId, signal);
      const path = await store.reader.metricPath(head, key);
      return path === null ? { steps: [], timestamps: [], values: [] } : readHistory(path, signal);
    },

    async metricExtent(runIds, keys, signal) {
      const extents = await mapConcurrently(runIds, RUNS_AT_ONCE, async (runId) => {
        const { store, head } = await requireRun(runId, signal);
        const metrics = await store.reader.metrics(head, keys, signal);
        return [runId, new Map([...metrics].map(([key, { extent }]) => [key, extent]))] as const;
      });
      return new Map(extents);
    },

    async datasets(runId, signal) {
      const { store, head } = await requireRun(runId, signal);
      return readDatasets(head, { root: store.root, warnings }, signal);
    },

    async loggedModels(runId, signal) {
      const { store, head } = await requireRun(runId, signal);
      const place = { root: store.root, warnings };
      return readModels(head, await readOutputs(head, place, signal), place, signal);
    },

    artifacts(run) {
      const inStore = [run.experimentId, join(TRASH, run.experimentId)].map((experiment) =>
        join(options.path, experiment, run.id, 'artifacts'),
      );
      return options.artifacts({ uri: run.artifactUri, base: dirname(options.path), candidates: inStore });
    },

    link: () => null,

    async changeToken(signal) {
      return (await open()).watch.token(signal);
    },
  };
}

type Warnings = ReturnType<typeof createWarnings>;

interface Opened {
  readonly root: string;
  readonly reader: RunReader;
  readonly watch: ChangeWatch;
  readonly warnings: Warnings;
}

async function openStore(path: string, warnings: Warnings): Promise<Opened> {
  const root = await storeRoot(path);
  const reader = new RunReader(root, warnings);
  const watch = new ChangeWatch(
    root,
    (folder) => reader.isRunning(folder),
    (folder) => reader.filesRead(folder),
  );
  return { root, reader, watch, warnings };
}

async function foldersOf(store: Opened, experiment: ExperimentFolder): Promise<readonly RunFolder[]> {
  const entries = await runFolders(experiment, store.root);
  return entries.map((entry) => ({ id: entry.name, experimentId: experiment.id, folder: entry.path }));
}

async function readExperiments(
  store: Opened,
  view: 'active' | 'deleted' | 'all',
  signal: AbortSignal | undefined,
): Promise<readonly Experiment[]> {
  signal?.throwIfAborted();
  const folders = (await experimentFolders(store.root)).filter(
    ({ lifecycleStage }) => view === 'all' || lifecycleStage === view,
  );
  const experiments = await mapConcurrently(folders, RUNS_AT_ONCE, (folder) =>
    readExperiment(folder, store.root, store.warnings, signal),
  );
  return experiments.filter((experiment) => experiment !== null).sort(compareExperiments);
}

/** A folder with other folders in it and no experiment is something else. */
async function refuseForeign(store: Opened, experiments: readonly Experiment[]): Promise<void> {
  if (experiments.length > 0 || (await experimentFolders(store.root)).length === 0) return;
  throw new FailureError('corrupt', `${store.root} is no MLflow file store: no folder in it has a valid meta.yaml.`, {
    remedy: 'Name the folder that holds the experiments, usually mlruns.',
  });
}

/** Active runs by experiment; null where the store is too large to count them. */
async function countRuns(
  store: Opened,
  experiments: readonly Experiment[],
  headsOf: (experiment: Experiment) => Promise<readonly RunHead[]>,
): Promise<ReadonlyMap<string, number> | null> {
  const folders = await mapConcurrently(experiments, RUNS_AT_ONCE, (experiment) => foldersOf(store, experiment));
  if (folders.flat().length > COUNTED_RUNS) return null;
  const counts = new Map<string, number>();
  for (const experiment of experiments) {
    const heads = await headsOf(experiment);
    counts.set(experiment.id, heads.filter(({ meta }) => meta.lifecycle_stage === 'active').length);
  }
  return counts;
}

const RUN_ID = /^[A-Za-z0-9][\w-]{0,255}$/;

async function findRun(store: Opened, runId: string): Promise<RunFolder | null> {
  if (!RUN_ID.test(runId)) return null;
  for (const experiment of await experimentFolders(store.root)) {
    const folder = join(experiment.folder, runId);
    if (await store.reader.hasRun(folder)) return { id: runId, experimentId: experiment.id, folder };
  }
  return null;
}

function describe(experiments: number, warnings: readonly string[]): string {
  const count = `MLflow file store, ${experiments} experiment${experiments === 1 ? '' : 's'}`;
  if (warnings.length === 0) return count;
  const [first, ...more] = warnings;
  return `${count}. ${first}${more.length === 0 ? '' : ` And ${more.length} more of this kind.`}`;
}

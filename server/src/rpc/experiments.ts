import { fromJsonInteger } from '#schemas/domain/number.ts';
import type { RunRef } from '#schemas/domain/run.ts';
import {
  compareRuns as compareRunsRequest,
  downloadArtifact,
  experimentsChanged,
  exportTable,
  getRun,
  knownValues,
  listArtifacts,
  listExperiments,
  listTreeRuns,
  markRuns,
  metricCurves,
  metricHistory,
  previewArtifact as previewArtifactRequest,
  tableColumns,
  tableWindow,
  trackerLink,
  watchExperiments,
} from '#schemas/protocol/experiments.ts';
import { compareRuns, findRuns } from '../experiments/compare.ts';
import { pointsPerCurve, toCurve } from '../experiments/curves.ts';
import { downloadArtifacts } from '../experiments/download.ts';
import { FolderExperiments } from '../experiments/folder-experiments.ts';
import { Histories, historyPage } from '../experiments/histories.ts';
import { readEveryKnownValue } from '../experiments/known-values.ts';
import { previewArtifact } from '../experiments/preview.ts';
import { Revisions } from '../experiments/revisions.ts';
import { readRunDetails } from '../experiments/run-details.ts';
import { RunTable } from '../experiments/table.ts';
import { RunTree } from '../experiments/tree.ts';
import { TrackerWatcher } from '../experiments/watch.ts';
import { toExperiment } from '../experiments/wire.ts';
import { mapConcurrently } from '../platform/concurrency.ts';
import { toFailure } from '../platform/failure.ts';
import type { Workspace } from '../workspace.ts';
import type { BackendContext } from './context.ts';
import { notify, registerRequest } from './register.ts';

/** Histories read at a time: a server answers several as quickly as one. */
const readAtOnce = 6;
/** Entries of a folder that travel; more are told of by `truncated`. */
const shownArtifacts = 2_000;
/** Text of a comparison is cut there: an answer stays under a megabyte. */
const longestText = 1_000;

/** Answers everything under `experiments/`. */
export function registerExperimentHandlers(context: BackendContext): { dispose(): void } {
  const revisions = new Revisions();
  const histories = new Histories();
  const tree = new RunTree();
  const table = new RunTable();
  const folders = new Map<string, FolderExperiments>();
  const watcher = new TrackerWatcher({
    revisions,
    refreshMs: () => context.settings().experiments.refreshSeconds * 1_000,
    onChange: ({ folder, name }, revision) =>
      notify(context, experimentsChanged, { folder, tracker: name, revision, runIds: null }),
    onError: ({ name }, error) =>
      context.logger.debug('A watched tracker can’t be asked', { tracker: name, error: toFailure(error).message }),
  });

  context.onWorkspaceOpened((folder, workspace) => {
    folders.get(folder)?.close();
    const experiments = new FolderExperiments({
      folder: workspace.folder,
      revisions,
      openStore: (name, signal) => workspace.tracker(name, signal),
      warn: (message) => context.logger.warn(message),
    });
    folders.set(folder, experiments);
    workspace.signal.addEventListener('abort', () => {
      experiments.close();
      if (folders.get(folder) === experiments) folders.delete(folder);
    });
  });

  const experimentsOf = async (folder: string): Promise<FolderExperiments> => {
    await context.workspace(folder);
    const experiments = folders.get(folder);
    if (!experiments) throw new Error(`No experiments are known of ${folder}`);
    return experiments;
  };
  const open = async ({ folder, tracker }: { folder: string; tracker: string }, signal: AbortSignal) =>
    (await experimentsOf(folder)).open(tracker, signal);
  const trackerOf = async ({ folder, tracker }: { folder: string; tracker: string }, signal: AbortSignal) =>
    (await experimentsOf(folder)).tracker(tracker, signal);
  const artifactsOf = async ({ folder, run }: { folder: string; run: RunRef }, signal: AbortSignal) => {
    const { store } = await trackerOf({ folder, tracker: run.tracker }, signal);
    return store.artifacts(await store.getRun(run.runId, signal));
  };

  registerRequest(context, listExperiments, async ({ view, ...params }, { signal }) => {
    const { store } = await trackerOf(params, signal);
    return { experiments: (await store.listExperiments({ view, signal })).map(toExperiment) };
  });
  registerRequest(context, listTreeRuns, async (params, { signal }) => {
    const { tracker, state } = await open(params, signal);
    return tree.page(tracker, params, state, signal);
  });
  registerRequest(context, getRun, async ({ folder, run }, { signal }) =>
    readRunDetails(await trackerOf({ folder, tracker: run.tracker }, signal), run.runId, signal),
  );
  registerRequest(context, knownValues, async ({ folder }, { signal }) => {
    const workspace = await context.workspace(folder);
    const { configuration, defaultTracker } = workspace;
    const names = configuration.trackers.filter(({ problem }) => problem === null).map(({ name }) => name);
    const ordered = [...names].sort((a, b) => Number(b === defaultTracker) - Number(a === defaultTracker));
    const open = async (tracker: string, within: AbortSignal) =>
      (await workspace.mayConnect(tracker, within)) ? trackerOf({ folder, tracker }, within) : null;
    let failed = 0;
    const onFailed = (tracker: string, error: unknown) => {
      failed += 1;
      context.logger.debug('A tracker tells no values', { tracker, error: toFailure(error).message });
    };
    return { trackers: await readEveryKnownValue(ordered, { open, onFailed, signal }), failed };
  });
  registerRequest(context, trackerLink, async (params, { signal }) => {
    const { store } = await trackerOf(params, signal);
    return { url: store.link(params.experimentId, params.runId) };
  });
  registerRequest(context, markRuns, async ({ folder, runs, ...change }) => {
    const changed = (await experimentsOf(folder)).mark(runs, change);
    for (const [tracker, revision] of changed) {
      const runIds = runs.filter((run) => run.tracker === tracker).map(({ runId }) => runId);
      notify(context, experimentsChanged, { folder, tracker, revision, runIds });
    }
    return {};
  });

  registerRequest(context, tableColumns, async (params, { signal }) => {
    const { tracker, state } = await open(params, signal);
    return table.columns(tracker, params, state, signal);
  });
  registerRequest(context, tableWindow, async (params, { signal }) => {
    const { tracker, state } = await open(params, signal);
    return table.window(tracker, params, state, signal);
  });
  registerRequest(context, exportTable, async (params, { signal, progress }) => {
    const { tracker, state } = await open(params, signal);
    progress.begin('Exporting runs');
    const onProgress = (done: number, total: number) => progress.report(`${done} of ${total}`, (100 * done) / total);
    return table.exportCsv(tracker, params, state, { signal, onProgress });
  });

  registerRequest(context, compareRunsRequest, async ({ folder, runs, onlyDifferent }, { signal }) => {
    const experiments = await experimentsOf(folder);
    const revision = await experiments.revision(trackersOf(runs), signal);
    const found = await findRuns(runs, (name) => experiments.tracker(name, signal), signal);
    return { ...compareRuns(found, { onlyDifferent, longestText }), revision };
  });
  registerRequest(context, metricCurves, async ({ folder, runs, key, axis, from, to, maxPoints }, { signal }) => {
    const experiments = await experimentsOf(folder);
    const options = {
      axis,
      from: from === null ? null : fromJsonInteger(from),
      to: to === null ? null : fromJsonInteger(to),
      maxPoints: pointsPerCurve(runs.length, maxPoints),
    };
    const revision = await experiments.revision(trackersOf(runs), signal);
    const curves = await mapConcurrently(runs, readAtOnce, async (ref) => {
      const { tracker, state } = await experiments.open(ref.tracker, signal);
      const history = await histories.get(tracker, { revision: state.revision, runId: ref.runId, key }, signal);
      return toCurve(ref, key, history, options);
    });
    return { curves, revision };
  });
  registerRequest(context, metricHistory, async ({ folder, run, key, limit, page }, { signal }) => {
    const { tracker, state } = await open({ folder, tracker: run.tracker }, signal);
    const history = await histories.get(tracker, { revision: state.revision, runId: run.runId, key }, signal);
    return historyPage(history, { limit, page });
  });

  registerRequest(context, listArtifacts, async ({ path, ...params }, { signal }) => {
    const entries = await (await artifactsOf(params, signal)).list(path, signal);
    return { entries: entries.slice(0, shownArtifacts), truncated: entries.length > shownArtifacts };
  });
  registerRequest(context, previewArtifactRequest, async ({ path, ...params }, { signal }) =>
    previewArtifact(await artifactsOf(params, signal), path, signal),
  );
  registerRequest(context, downloadArtifact, async ({ path, target, ...params }, { signal, progress }) => {
    const source = await artifactsOf(params, signal);
    progress.begin(path === '' ? 'Downloading artifacts' : `Downloading ${path}`);
    return downloadArtifacts(source, {
      path,
      target,
      // Whoever picked a file was asked by the save dialog whether to replace it; a folder's files nobody asked about.
      overwrite: path !== '' && !(await source.stat(path, signal)).isDirectory,
      signal,
      onProgress: ({ path: current, files, total }) => progress.report(current, (100 * files) / total),
    });
  });

  registerRequest(context, watchExperiments, async ({ folder, trackers }) => {
    const workspace = await context.workspace(folder);
    watcher.watch(
      folder,
      [...new Set(trackers)].map((name) => ({
        folder,
        name,
        // Asked anew each time: a changed configuration opens the folder anew.
        open: (signal) => trackerOf({ folder, tracker: name }, signal),
        databaseFile: databaseFileOf(workspace, name),
      })),
    );
    return {};
  });

  return {
    dispose() {
      watcher.dispose();
      for (const experiments of folders.values()) experiments.close();
      folders.clear();
    },
  };
}

function trackersOf(runs: readonly RunRef[]): string[] {
  return runs.map(({ tracker }) => tracker);
}

function databaseFileOf(workspace: Workspace, name: string): string | null {
  const { target } = workspace.trackerConfiguration(name);
  return target.type === 'sqlite' ? target.path : null;
}

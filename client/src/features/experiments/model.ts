import type { Connection } from '#schemas/domain/connection.ts';
import type { Failure } from '#schemas/domain/failure.ts';
import { listExperiments, listTreeRuns, type TreeRun } from '#schemas/protocol/experiments.ts';
import { listConnections } from '#schemas/protocol/workspace.ts';
import type { Server } from '../../platform/server-connection.ts';
import {
  type ErrorNode,
  type ExperimentEntryNode,
  type ExperimentNode,
  type NoteKind,
  nodeIds,
  type RunListNode,
  type RunNode,
  type TrackerNode,
} from './nodes.ts';
import { Patience } from './patience.ts';
import { type RunList, RunLists } from './run-lists.ts';
import type { ViewState } from './view-state.ts';

export interface ModelOptions {
  readonly server: Pick<Server, 'request'>;
  readonly folders: () => readonly { readonly uri: string; readonly name: string }[];
  readonly state: () => ViewState;
  readonly pageSize: () => number;
  readonly toFailure: (error: unknown) => Failure;
  /** Resolves when a view has waited long enough for one tracker. */
  readonly enough: () => Promise<void>;
  /** Children that took longer are there now; undefined: those of the root. */
  readonly onArrived: (node: ExperimentNode | undefined) => void;
  /** False once the server was given up: then the view's welcome text says so, and nothing is asked. */
  readonly isAvailable: () => boolean;
}

/** A change of some tracker's runs, as the server tells of it. */
export interface RunsChange {
  readonly folder: string;
  readonly tracker: string;
  readonly runIds: readonly string[] | null;
}

/**
 * The Experiments view's data: folders, trackers, experiments, runs. Levels with one member only are left out (one
 * folder, one tracker). Children are fetched when asked for, and kept until something changes.
 */
export class ExperimentsModel {
  private readonly nodes = new Map<string, ExperimentNode>();
  private readonly patience: Patience<ExperimentNode[]>;
  private readonly lists = new RunLists((list) => this.fetch(list));
  /** Trackers by folder as last listed. */
  private readonly trackers = new Map<string, readonly Connection[]>();

  private readonly options: ModelOptions;

  constructor(options: ModelOptions) {
    this.options = options;
    this.patience = new Patience({
      enough: options.enough,
      placeholder: (key) => [this.note(key, 'waiting')],
      onArrived: (key) => options.onArrived(this.nodes.get(key)),
    });
  }

  /** The node that VS Code hands to a command, if it is one of ours. */
  nodeOf(value: unknown): ExperimentNode | undefined {
    if (typeof value !== 'object' || value === null || !('id' in value)) return undefined;
    return typeof value.id === 'string' ? this.nodes.get(value.id) : undefined;
  }

  parentOf(node: ExperimentNode): ExperimentNode | undefined {
    if ('parentId' in node && node.parentId !== null) return this.nodes.get(node.parentId);
    if (node.kind === 'experiment') return this.nodes.get(nodeIds.tracker(node.folder, node.connection.name));
    if (node.kind === 'tracker') return this.nodes.get(nodeIds.folder(node.folder));
    return undefined;
  }

  async children(node?: ExperimentNode): Promise<ExperimentNode[]> {
    switch (node?.kind) {
      case undefined:
        return this.roots();
      case 'folder':
        return this.ofFolder(node.folder, node.id);
      case 'tracker':
        return this.ofTrackerSoon(node.folder, node.connection, node.id);
      case 'experiment':
      case 'run':
        return this.patience.get(node.id, () => this.ofRunList(node));
      default:
        return [];
    }
  }

  /** Forgets what was fetched, but not how much of it: the next look fetches as many runs again. */
  refresh(): void {
    this.patience.forget();
    this.lists.invalidate(() => true);
  }

  /** The nodes whose children a change concerns; they are fetched anew when next asked for. */
  changed(change: RunsChange): RunListNode[] {
    const inTracker = (list: RunList) =>
      list.node.folder === change.folder && list.node.connection.name === change.tracker;
    const ids = change.runIds === null ? null : new Set(change.runIds);
    const holds = (list: RunList) => inTracker(list) && (!ids || list.runs.some((run) => ids.has(run.ref.runId)));
    // A run that no list holds may be a new one: then every list of that tracker is out of date.
    const known = ids !== null && [...ids].every((id) => this.lists.some((l) => inTracker(l) && listHolds(l, id)));
    const nodes = this.lists.invalidate(known ? holds : inTracker);
    for (const { id } of nodes) this.patience.forget(id);
    return nodes;
  }

  async loadMore(parentId: string): Promise<ExperimentNode | undefined> {
    await this.lists.more(parentId);
    this.patience.forget(parentId);
    return this.nodes.get(parentId);
  }

  /** Runs known to be going on, over all that was looked at. */
  runningRuns(): number {
    const running = new Set<string>();
    for (const { node, runs } of this.lists.all()) {
      for (const run of runs) {
        if (run.status === 'RUNNING') running.add(`${node.folder} ${run.ref.tracker}/${run.ref.runId}`);
      }
    }
    return running.size;
  }

  knownTrackers(folder: string): readonly Connection[] {
    return this.trackers.get(folder) ?? [];
  }

  /** All trackers of a folder, asked anew. */
  async listTrackers(folder: string): Promise<readonly Connection[]> {
    const { connections } = await this.options.server.request(listConnections, { folder, check: false });
    const trackers = connections.filter(({ kind }) => kind === 'tracker');
    this.trackers.set(folder, trackers);
    return trackers;
  }

  async listExperiments(folder: string, connection: Connection): Promise<ExperimentEntryNode[]> {
    const { experiments } = await this.options.server.request(listExperiments, { folder, tracker: connection.name });
    const only = experiments.filter(({ runs }) => runs !== 0).length === 1;
    return experiments.map((experiment) =>
      this.keep({
        kind: 'experiment',
        id: nodeIds.experiment(folder, connection.name, experiment.id),
        folder,
        connection,
        experiment,
        only: only && experiment.runs !== 0,
      }),
    );
  }

  private async roots(): Promise<ExperimentNode[]> {
    if (!this.options.isAvailable()) return [];
    const folders = this.options.folders();
    const [only] = folders;
    if (only && folders.length === 1) return this.ofFolder(only.uri, null);
    return folders.map(({ uri, name }) => this.keep({ kind: 'folder', id: nodeIds.folder(uri), folder: uri, name }));
  }

  private async ofFolder(folder: string, parentId: string | null): Promise<ExperimentNode[]> {
    try {
      const trackers = await this.listTrackers(folder);
      const [only] = trackers;
      if (!only) return parentId === null ? [] : [this.note(parentId, 'noTrackers')];
      if (trackers.length === 1) return await this.ofTrackerSoon(folder, only, parentId);
      return trackers.map((connection) =>
        this.keep<TrackerNode>({
          kind: 'tracker',
          id: nodeIds.tracker(folder, connection.name),
          folder,
          connection,
        }),
      );
    } catch (error) {
      return [this.failed({ folder, parentId, connection: null, error })];
    }
  }

  private ofTrackerSoon(folder: string, connection: Connection, parentId: string | null): Promise<ExperimentNode[]> {
    return this.patience.get(parentId ?? folder, () => this.ofTracker(folder, connection, parentId));
  }

  private async ofTracker(folder: string, connection: Connection, parentId: string | null): Promise<ExperimentNode[]> {
    try {
      const experiments = await this.listExperiments(folder, connection);
      return experiments.length > 0 ? experiments : [this.note(parentId ?? folder, 'noExperiments')];
    } catch (error) {
      const current = await this.currentConnection(folder, connection);
      return [this.failed({ folder, parentId, connection: current, error })];
    }
  }

  private async ofRunList(node: RunListNode): Promise<ExperimentNode[]> {
    try {
      const list = await this.lists.get(node);
      if (list.runs.length === 0) return [this.note(node.id, isFiltered(this.options.state()) ? 'noMatch' : 'noRuns')];
      const runs = list.runs.map((run) => this.keep(runNode(node, run)));
      return list.nextPage === null
        ? runs
        : [
            ...runs,
            this.keep({
              kind: 'more',
              id: nodeIds.more(node.id),
              parentId: node.id,
              shown: list.runs.length,
              total: list.total,
            }),
          ];
    } catch (error) {
      const { folder, connection, id } = node;
      return [this.failed({ folder, parentId: id, connection, error })];
    }
  }

  private fetch({ node, page, limit }: { node: RunListNode; page: string | null; limit: number | null }) {
    const { metric, ...state } = this.options.state();
    return this.options.server.request(listTreeRuns, {
      ...state,
      folder: node.folder,
      tracker: node.connection.name,
      experimentId: node.kind === 'experiment' ? node.experiment.id : node.experimentId,
      parent: node.kind === 'run' ? node.run.ref.runId : null,
      metric: metric?.key ?? null,
      direction: metric?.direction ?? null,
      limit: Math.min(1000, Math.max(this.options.pageSize(), limit ?? 0)),
      page,
    });
  }

  /** A tracker as it stands after a failure, which may have taught the server what it needs. */
  private async currentConnection(folder: string, connection: Connection): Promise<Connection> {
    const trackers = await this.listTrackers(folder).catch(() => []);
    return trackers.find(({ name }) => name === connection.name) ?? connection;
  }

  private failed(options: {
    folder: string;
    parentId: string | null;
    connection: Connection | null;
    error: unknown;
  }): ErrorNode {
    const { folder, parentId, connection, error } = options;
    const parent = parentId === null ? undefined : this.nodes.get(parentId);
    const failure = this.options.toFailure(error);
    // A tracker that was not checked yet has refused just now: what it needs is known by that.
    const refused = failure.reason === 'permission' && connection !== null && connection.origin !== null;
    return this.keep({
      kind: 'error',
      id: nodeIds.error(parentId ?? folder),
      folder,
      parentId,
      connection,
      isNamed: connection !== null && (parent === undefined || parent.kind === 'folder'),
      failure,
      attention: connection?.attention ?? (refused ? 'sign-in' : null),
    });
  }

  private note(parentId: string, note: NoteKind): ExperimentNode {
    return this.keep({ kind: 'note', id: nodeIds.note(parentId), parentId, note });
  }

  /** VS Code knows a node by its identity: the one it has gets the new data. */
  private keep<T extends ExperimentNode>(node: T): T {
    const known = this.nodes.get(node.id);
    if (known !== undefined && isSameKind(known, node)) return Object.assign(known, node);
    this.nodes.set(node.id, node);
    return node;
  }
}

function isSameKind<T extends ExperimentNode>(known: ExperimentNode, node: T): known is T {
  return known.kind === node.kind;
}

function isFiltered({ filter, starredOnly }: ViewState): boolean {
  return filter !== '' || starredOnly;
}

function listHolds({ runs }: RunList, runId: string): boolean {
  return runs.some((run) => run.ref.runId === runId);
}

function runNode(parent: RunListNode, run: TreeRun): RunNode {
  return {
    kind: 'run',
    id: nodeIds.run(parent.id, run.ref.runId),
    folder: parent.folder,
    experimentId: parent.kind === 'experiment' ? parent.experiment.id : parent.experimentId,
    parentId: parent.id,
    connection: parent.connection,
    run,
  };
}

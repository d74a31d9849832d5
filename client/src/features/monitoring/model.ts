import type { Failure } from '#schemas/domain/failure.ts';
import { getMonitor, listMonitors, type MonitorDetails, type MonitorSummary } from '#schemas/protocol/monitoring.ts';
import type { Server } from '../../platform/server-connection.ts';
import { type MonitorItemNode, type MonitorNode, type MonitorNote, monitorIds } from './nodes.ts';

export interface MonitorsModelOptions {
  readonly server: Pick<Server, 'request'>;
  readonly folders: () => readonly { readonly uri: string; readonly name: string }[];
  readonly toFailure: (error: unknown) => Failure;
}

const pageSize = 200;
const mostInAnswer = 500;

/** The monitors of all folders, as far as somebody looked. */
export class MonitorsModel {
  private readonly options: MonitorsModelOptions;
  private readonly known = new Map<string, MonitorNode>();
  private readonly wanted = new Map<string, number>();
  private readonly parents = new Map<string, MonitorNode | undefined>();
  private readonly started = new Set<string>();

  constructor(options: MonitorsModelOptions) {
    this.options = options;
  }

  async children(node?: MonitorNode): Promise<readonly MonitorNode[]> {
    const nodes = await this.fetch(node);
    for (const each of nodes) {
      this.known.set(each.id, each);
      this.parents.set(each.id, node);
    }
    return nodes;
  }

  /** Whether the monitors of a folder were asked for: then the server runs its schedules. */
  isStarted(folder: string): boolean {
    return this.started.has(folder);
  }

  /** Asks for the monitors of all folders, by which the server begins to run their schedules. */
  start(): void {
    for (const { uri } of this.options.folders()) this.started.add(uri);
  }

  parentOf(node: MonitorNode): MonitorNode | undefined {
    return this.parents.get(node.id);
  }

  /** The node that VS Code hands to a command, if it is one of ours. */
  nodeOf(value: unknown): MonitorNode | undefined {
    if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'string')
      return undefined;
    return this.known.get(value.id);
  }

  /** More of a list are wanted; answers the node that it is below, undefined for the root. */
  showMore(parentId: string): MonitorNode | undefined {
    this.wanted.set(parentId, (this.wanted.get(parentId) ?? pageSize) + pageSize);
    return this.known.get(parentId);
  }

  /** How many monitors are out of bounds in the folders that were asked for; what can't be asked counts none. */
  async outOfBounds(): Promise<number> {
    const counts = await Promise.all(
      this.options
        .folders()
        .filter(({ uri }) => this.started.has(uri))
        .map(({ uri: folder }) =>
          this.options.server.request(listMonitors, { folder, count: 0 }).then(
            (answer) => answer.outOfBounds,
            () => 0,
          ),
        ),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** All monitors of the folders that can be checked, for a person to choose from. */
  async checkable(): Promise<readonly MonitorItemNode[]> {
    const lists = await Promise.all(
      this.options.folders().map(({ uri }) => this.monitors(uri, Number.POSITIVE_INFINITY)),
    );
    return lists.flatMap(({ nodes }) => nodes).filter(({ monitor }) => monitor.state !== 'invalid');
  }

  private async fetch(node: MonitorNode | undefined): Promise<readonly MonitorNode[]> {
    switch (node?.kind) {
      case undefined:
        return this.roots();
      case 'folder':
        return this.orFailure(node, () => this.list(node.folder));
      case 'monitor':
        return this.orFailure(node, () => this.report(node));
      case 'checks':
        return node.checks.map((check, place) => {
          const name = `${check.name}${JSON.stringify(check.labels)}`;
          return { kind: 'check', id: monitorIds.below(node.id, 'check', name, place), check };
        });
      case 'alerts':
        return node.alerts.map((alert, place) => ({
          ...{ kind: 'alert', id: monitorIds.below(node.id, 'alert', alert.name, place), alert },
        }));
      default:
        return [];
    }
  }

  private async roots(): Promise<readonly MonitorNode[]> {
    const folders = this.options.folders();
    const [only] = folders;
    if (only && folders.length === 1) {
      const root = { id: monitorIds.folder(only.uri), folder: only.uri };
      return this.orFailure(root, () => this.list(only.uri));
    }
    return folders.map(({ uri, name }) => ({ kind: 'folder', id: monitorIds.folder(uri), folder: uri, name }));
  }

  private async list(folder: string): Promise<MonitorNode[]> {
    const parentId = monitorIds.folder(folder);
    const { nodes, total, runner } = await this.monitors(folder, this.wanted.get(parentId) ?? pageSize);
    // With nothing at all, the view's welcome says what to do.
    if (total === 0) return this.options.folders().length > 1 ? [note(parentId, { what: 'noMonitors' })] : [];
    return [
      ...(runner?.state === 'failed' ? [note(parentId, { what: 'schedules', reason: runner.reason ?? '' })] : []),
      ...nodes,
      ...(nodes.length < total
        ? [{ kind: 'more' as const, id: monitorIds.more(parentId), parentId, shown: nodes.length, total }]
        : []),
    ];
  }

  private async monitors(folder: string, count: number) {
    this.started.add(folder);
    const nodes: MonitorItemNode[] = [];
    for (;;) {
      const query = { folder, start: nodes.length, count: Math.min(mostInAnswer, count - nodes.length) };
      const { root, monitors, total, runner } = await this.options.server.request(listMonitors, query);
      nodes.push(...monitors.map((monitor) => toNode(monitor, { folder, root, runner })));
      if (monitors.length === 0 || nodes.length >= Math.min(count, total)) return { nodes, total, runner };
    }
  }

  private async report(node: MonitorItemNode): Promise<MonitorNode[]> {
    const { file, name } = node.monitor;
    if (name === null) return [];
    const { report } = await this.options.server.request(getMonitor, { folder: node.folder, file, name });
    return report === null ? [note(node.id, { what: 'notChecked' })] : groups(node.id, report);
  }

  private async orFailure(
    { id, folder }: { readonly id: string; readonly folder: string },
    fetch: () => Promise<MonitorNode[]>,
  ): Promise<readonly MonitorNode[]> {
    try {
      return await fetch();
    } catch (error) {
      return [{ kind: 'error', id: monitorIds.error(id), folder, failure: this.options.toFailure(error) }];
    }
  }
}

function toNode(monitor: MonitorSummary, place: Pick<MonitorItemNode, 'folder' | 'root' | 'runner'>): MonitorItemNode {
  return { kind: 'monitor', id: monitorIds.monitor(place.folder, monitor), monitor, ...place };
}

const kinds = ['drift', 'performance', 'metric'] as const;

function groups(parentId: string, { checks, alerts, left }: MonitorDetails): MonitorNode[] {
  return [
    ...kinds.flatMap((of): MonitorNode[] => {
      const own = checks.filter(({ kind }) => kind === of).toSorted((a, b) => rank(a) - rank(b));
      return own.length === 0
        ? []
        : [{ kind: 'checks', id: monitorIds.below(parentId, 'checks', of), of, checks: own }];
    }),
    ...(alerts.length > 0 ? [{ kind: 'alerts' as const, id: monitorIds.below(parentId, 'alerts', ''), alerts }] : []),
    ...(left > 0 ? [note(parentId, { what: 'left', count: left })] : []),
  ];
}

/** The whole first, then what is not well. */
function rank({ name, kind, state }: MonitorDetails['checks'][number]): number {
  if (kind === 'drift' && name === 'drift') return 0;
  return { 'out-of-bounds': 1, 'could-not-check': 2, 'no-data': 3, ok: 4 }[state];
}

function note(parentId: string, what: MonitorNote): MonitorNode {
  return { kind: 'note', id: monitorIds.note(parentId, what.what), note: what };
}

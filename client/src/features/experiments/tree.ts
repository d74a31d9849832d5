import { type CancellationToken, EventEmitter, env, MarkdownString, type TreeItem } from 'vscode';
import { getRun } from '#schemas/protocol/experiments.ts';
import type { TreeSource } from '../../host.ts';
import { toTreeItem } from '../../platform/item-view.ts';
import type { Server } from '../../platform/server-connection.ts';
import { itemView } from './items.ts';
import type { ExperimentsModel } from './model.ts';
import type { ExperimentNode } from './nodes.ts';
import { runTooltip } from './tooltip.ts';

/** The Experiments view: what the model has, as tree items. */
export class ExperimentsTree implements TreeSource<ExperimentNode> {
  private readonly changed = new EventEmitter<ExperimentNode | ExperimentNode[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly loaded = new EventEmitter<ExperimentNode | undefined>();
  /** Children of a node (undefined: of the root) were fetched. */
  readonly onDidLoad = this.loaded.event;

  /** The last look at the root found nothing at all. */
  isEmpty = true;

  private readonly model: ExperimentsModel;
  private readonly server: Pick<Server, 'request'>;

  constructor(model: ExperimentsModel, server: Pick<Server, 'request'>) {
    this.model = model;
    this.server = server;
  }

  async getChildren(node?: ExperimentNode): Promise<ExperimentNode[]> {
    const children = await this.model.children(node);
    if (node === undefined) this.isEmpty = children.length === 0;
    this.loaded.fire(node);
    return children;
  }

  getParent(node: ExperimentNode): ExperimentNode | undefined {
    return this.model.parentOf(node);
  }

  getTreeItem(node: ExperimentNode): TreeItem {
    return toTreeItem(itemView(node, { now: Date.now(), locale: env.language }), node);
  }

  async resolveTreeItem(item: TreeItem, node: ExperimentNode, token: CancellationToken): Promise<TreeItem> {
    if (node.kind !== 'run') return item;
    try {
      const details = await this.server.request(getRun, { folder: node.folder, run: node.run.ref }, { token });
      item.tooltip = new MarkdownString(runTooltip(details, env.language));
    } catch {
      // A tooltip that can't be had is no news: the label stands in for it.
      item.tooltip = node.run.name;
    }
    return item;
  }

  /** Shows what the model has now. */
  show(): void {
    this.changed.fire(undefined);
  }

  /** Fetches everything that is in sight again. */
  refresh(): void {
    this.model.refresh();
    this.show();
  }

  /** Shows some nodes and their children anew. */
  update(nodes: ExperimentNode[]): void {
    if (nodes.length > 0) this.changed.fire(nodes);
  }
}

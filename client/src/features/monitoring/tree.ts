import { EventEmitter, env, l10n, commands as registry, type TreeItem, type ViewBadge } from 'vscode';
import { contexts } from '../../contributions/contexts.ts';
import type { TreeSource } from '../../host.ts';
import { toTreeItem } from '../../platform/item-view.ts';
import { monitorItemView } from './items.ts';
import type { MonitorsModel } from './model.ts';
import type { MonitorNode } from './nodes.ts';

/** A check tells its beginning and its end, and one of many follows another. */
const settleMs = 200;

/** The Monitors view. */
export class MonitorsTree implements TreeSource<MonitorNode> {
  private readonly model: MonitorsModel;
  private readonly view: { badge?: ViewBadge | undefined };
  private readonly changed = new EventEmitter<MonitorNode | MonitorNode[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private timer: NodeJS.Timeout | undefined;

  /** `view`: where the number of monitors out of bounds is shown. */
  constructor(model: MonitorsModel, view: { badge?: ViewBadge | undefined }) {
    this.model = model;
    this.view = view;
  }

  async getChildren(node?: MonitorNode): Promise<MonitorNode[]> {
    const children = [...(await this.model.children(node))];
    if (node === undefined) {
      void registry.executeCommand('setContext', contexts.monitorsEmpty, children.length === 0);
      void this.updateBadge();
    }
    return children;
  }

  getParent(node: MonitorNode): MonitorNode | undefined {
    return this.model.parentOf(node);
  }

  getTreeItem(node: MonitorNode): TreeItem {
    return toTreeItem(monitorItemView(node, { now: Date.now(), locale: env.language }), node);
  }

  /** Shows what there is now: everything, or below one node. */
  refresh(node?: MonitorNode): void {
    this.changed.fire(node);
    // A view that is folded asks for nothing.
    void this.updateBadge();
  }

  /** Monitors changed: soon everything is shown anew. */
  refreshSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.refresh();
    }, settleMs);
  }

  /** Has the server run the schedules of all folders. */
  start(): void {
    this.model.start();
    void this.updateBadge();
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private async updateBadge(): Promise<void> {
    const value = await this.model.outOfBounds();
    const tooltip =
      value === 1 ? l10n.t('1 monitor is out of bounds') : l10n.t('{0} monitors are out of bounds', value);
    this.view.badge = value === 0 ? undefined : { value, tooltip };
  }
}

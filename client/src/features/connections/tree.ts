import { EventEmitter, type TreeItem } from 'vscode';
import type { TreeSource } from '../../host.ts';
import { toTreeItem } from '../../platform/item-view.ts';
import { connectionItemView } from './items.ts';
import type { ConnectionsModel } from './model.ts';
import type { ConnectionNode } from './nodes.ts';

/** The Connections view. */
export class ConnectionsTree implements TreeSource<ConnectionNode> {
  private readonly model: ConnectionsModel;
  private readonly changed = new EventEmitter<ConnectionNode | ConnectionNode[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(model: ConnectionsModel) {
    this.model = model;
  }

  async getChildren(node?: ConnectionNode): Promise<ConnectionNode[]> {
    return [...(await this.model.children(node))];
  }

  getTreeItem(node: ConnectionNode): TreeItem {
    return toTreeItem(connectionItemView(node), node);
  }

  /** Shows what the model has now. */
  show(): void {
    this.changed.fire(undefined);
  }

  /** Lists and checks everything again. */
  refresh(): void {
    this.model.forget();
    this.show();
  }
}

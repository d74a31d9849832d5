import { EventEmitter, env, commands as registry, type TreeItem } from 'vscode';
import { contexts } from '../../contributions/contexts.ts';
import type { TreeSource } from '../../host.ts';
import { toTreeItem } from '../../platform/item-view.ts';
import { registryItemView } from './items.ts';
import type { RegistryFilter } from './lists.ts';
import type { RegistryModel } from './model.ts';
import type { RegistryNode } from './nodes.ts';

/** The Models view. */
export class RegistryTree implements TreeSource<RegistryNode> {
  private readonly model: RegistryModel;
  private readonly changed = new EventEmitter<RegistryNode | RegistryNode[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly loaded = new EventEmitter<void>();
  /** Children of a node were fetched. */
  readonly onDidLoad = this.loaded.event;

  constructor(model: RegistryModel) {
    this.model = model;
  }

  async getChildren(node?: RegistryNode): Promise<RegistryNode[]> {
    const children = [...(await this.model.children(node))];
    if (node === undefined) {
      void registry.executeCommand('setContext', contexts.modelsEmpty, children.length === 0);
    }
    this.loaded.fire();
    return children;
  }

  getParent(node: RegistryNode): RegistryNode | undefined {
    return this.model.parentOf(node);
  }

  getTreeItem(node: RegistryNode): TreeItem {
    return toTreeItem(registryItemView(node, { now: Date.now(), locale: env.language }), node);
  }

  /** Shows what there is now: everything, or below one node. */
  refresh(node?: RegistryNode): void {
    this.changed.fire(node);
  }

  narrow(filter: Partial<RegistryFilter>): void {
    this.model.filter = { ...this.model.filter, ...filter };
    this.refresh();
  }
}

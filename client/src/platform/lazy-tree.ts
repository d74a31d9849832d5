import { EventEmitter, type TreeItem } from 'vscode';
import type { TreeSource } from '../host.ts';

/** A tree whose data provider is loaded when VS Code first asks for children that there may be. */
export class LazyTree<T> implements TreeSource<T> {
  private readonly changed = new EventEmitter<T | T[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private source: TreeSource<T> | undefined;

  private readonly load: () => TreeSource<T>;
  private readonly mayHaveChildren: () => boolean;

  constructor(load: () => TreeSource<T>, mayHaveChildren: () => boolean) {
    this.load = load;
    this.mayHaveChildren = mayHaveChildren;
  }

  refresh(): void {
    this.changed.fire(undefined);
  }

  getChildren(element?: T) {
    return this.mayHaveChildren() ? this.loaded().getChildren(element) : [];
  }

  getTreeItem(element: T): TreeItem | Thenable<TreeItem> {
    return this.loaded().getTreeItem(element);
  }

  getParent(element: T) {
    return this.loaded().getParent?.(element);
  }

  resolveTreeItem(...args: Parameters<NonNullable<TreeSource<T>['resolveTreeItem']>>) {
    return this.loaded().resolveTreeItem?.(...args) ?? args[0];
  }

  private loaded(): TreeSource<T> {
    if (!this.source) {
      this.source = this.load();
      this.source.onDidChangeTreeData((elements) => this.changed.fire(elements));
    }
    return this.source;
  }
}

import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri } from 'vscode';
import type { CommandId } from '../contributions/commands.ts';

/** A tree item as plain data, so that what it says can be told from what VS Code makes of it. */
export interface ItemView {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly icon: { readonly id: string; readonly color?: string };
  readonly children: 'none' | 'collapsed' | 'expanded';
  /** Words that the manifest's `when` clauses look for. */
  readonly context: readonly string[];
  /** What a screen reader says in place of label and description. */
  readonly spoken?: string;
  readonly tooltip?: string;
  readonly command?: { readonly id: CommandId; readonly title: string };
  /** What file decorations are attached to. */
  readonly resource?: string;
}

const collapsible = {
  none: TreeItemCollapsibleState.None,
  collapsed: TreeItemCollapsibleState.Collapsed,
  expanded: TreeItemCollapsibleState.Expanded,
};

/** `node` becomes the argument of the item's command. */
export function toTreeItem(view: ItemView, node: unknown): TreeItem {
  const item = new TreeItem(view.label, collapsible[view.children]);
  item.id = view.id;
  item.contextValue = view.context.join(' ');
  item.iconPath = new ThemeIcon(view.icon.id, view.icon.color ? new ThemeColor(view.icon.color) : undefined);
  if (view.description) item.description = view.description;
  if (view.tooltip) item.tooltip = new MarkdownString(view.tooltip, true);
  if (view.spoken) item.accessibilityInformation = { label: view.spoken };
  if (view.command) item.command = { command: view.command.id, title: view.command.title, arguments: [node] };
  if (view.resource) item.resourceUri = Uri.parse(view.resource);
  return item;
}

import type {
  Disposable,
  Event,
  ExtensionContext,
  StatusBarItem,
  TreeDataProvider,
  TreeView,
  Uri,
  WebviewPanel,
} from 'vscode';
import type { CommandId } from './contributions/commands.ts';
import type { ConnectionNode } from './features/connections/nodes.ts';
import type { ExperimentNode } from './features/experiments/nodes.ts';
import type { RegistryNode } from './features/models/nodes.ts';
import type { MonitorNode } from './features/monitoring/nodes.ts';

/** A tree's data, with the event that VS Code waits for made certain. */
export interface TreeSource<T> extends TreeDataProvider<T> {
  readonly onDidChangeTreeData: Event<T | T[] | undefined>;
}

/** What activation made and hands to the part that is loaded later. */
export interface Host {
  readonly context: ExtensionContext;
  readonly experimentsView: TreeView<ExperimentNode>;
  readonly modelsView: TreeView<RegistryNode>;
  readonly monitorsView: TreeView<MonitorNode>;
  readonly statusItem: StatusBarItem;
}

/** What is loaded on first use: everything but registration. */
export interface Main extends Disposable {
  readonly experiments: TreeSource<ExperimentNode>;
  readonly models: TreeSource<RegistryNode>;
  readonly monitors: TreeSource<MonitorNode>;
  readonly connections: TreeSource<ConnectionNode>;
  /** Has the server run the schedules of monitors, as far as settings and trust let it. */
  startSchedules(): void;
  execute(command: CommandId, args: readonly unknown[]): Promise<unknown>;
  restorePanel(panel: WebviewPanel, saved: unknown): Promise<void>;
  openLink(uri: Uri): Promise<void>;
  /** Ends the server in good order; VS Code waits for it. */
  stop(): Promise<void>;
}

import {
  type ExtensionContext,
  commands as registry,
  StatusBarAlignment,
  type StatusBarItem,
  type TextDocument,
  type TreeDataProvider,
  type TreeView,
  type Uri,
  type WebviewPanel,
  window,
  workspace,
} from 'vscode';
import { mayBeEcosystem } from '#schemas/domain/ecosystem.ts';
import { commands } from './contributions/commands.ts';
import { panelTypes, views } from './contributions/views.ts';
import type { ConnectionNode } from './features/connections/nodes.ts';
import type { ExperimentNode } from './features/experiments/nodes.ts';
import type { RegistryNode } from './features/models/nodes.ts';
import type { MonitorNode } from './features/monitoring/nodes.ts';
import { hasScheduledMonitor } from './features/monitoring/scheduled.ts';
import type { Main } from './host.ts';
import { loadMain } from './load-main.ts';
import { LazyTree } from './platform/lazy-tree.ts';

let main: Main | undefined;

/** Registers; everything else is loaded by the first use of what is registered here. */
export function activate(context: ExtensionContext): void {
  const experimentsTree = new LazyTree<ExperimentNode>(() => use().experiments, mayHaveData);
  const modelsTree = new LazyTree<RegistryNode>(() => use().models, mayHaveData);
  const monitorsTree = new LazyTree<MonitorNode>(() => use().monitors, mayHaveData);
  const connectionsTree = new LazyTree<ConnectionNode>(() => use().connections, mayHaveData);
  const experimentsView = tree(views.experiments, experimentsTree);
  const modelsView = tree(views.models, modelsTree);
  const monitorsView = tree(views.monitors, monitorsTree);
  const connectionsView = tree(views.connections, connectionsTree);
  const statusItem = createStatusItem();

  function use(): Main {
    if (!main) {
      main = loadMain({ context, experimentsView, modelsView, monitorsView, statusItem });
      context.subscriptions.push(main);
    }
    return main;
  }

  context.subscriptions.push(
    experimentsView,
    modelsView,
    monitorsView,
    connectionsView,
    statusItem,
    ...Object.values(commands).map((id) =>
      registry.registerCommand(id, (...args: unknown[]) => use().execute(id, args)),
    ),
    ...Object.values(panelTypes).map((type) =>
      window.registerWebviewPanelSerializer(type, {
        deserializeWebviewPanel: (panel: WebviewPanel, saved: unknown) => use().restorePanel(panel, saved),
      }),
    ),
    window.registerUriHandler({ handleUri: (uri: Uri) => use().openLink(uri) }),
    workspace.onDidGrantWorkspaceTrust(() => {
      experimentsTree.refresh();
      modelsTree.refresh();
      monitorsTree.refresh();
      runSchedules(use);
      connectionsTree.refresh();
    }),
    workspace.onDidOpenTextDocument((document) => {
      if (isForUs(document)) use();
    }),
  );

  // The language server starts after activation, so that it never delays the window.
  if (workspace.textDocuments.some(isForUs)) setTimeout(use, 0);
  const schedules = setTimeout(() => runSchedules(use), schedulesAfterMs);
  context.subscriptions.push(
    { dispose: () => clearTimeout(schedules) },
    workspace.onDidChangeWorkspaceFolders(() => runSchedules(use)),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('mlops.monitoring')) runSchedules(use);
    }),
  );
}

/** The window comes first. */
const schedulesAfterMs = 3_000;

/** A folder with a monitor that has a schedule has it checked while the editor is open, whatever view is shown. */
function runSchedules(use: () => Main): void {
  if (!mayHaveData()) return;
  hasScheduledMonitor().then(
    (has) => {
      if (has) use().startSchedules();
    },
    () => undefined,
  );
}

/** Our documents, and other tools' that we understand; all other YAML loads nothing. */
function isForUs(document: TextDocument): boolean {
  if (document.languageId !== 'yaml') return document.languageId === 'mlops';
  return mayBeEcosystem(document.fileName.split(/[\\/]/).at(-1) ?? '', document.getText());
}

export async function deactivate(): Promise<void> {
  await main?.stop();
  main = undefined;
}

function createStatusItem(): StatusBarItem {
  const item = window.createStatusBarItem('mlops.status', StatusBarAlignment.Left, 0);
  item.name = 'MLOps Workbench';
  item.text = '$(beaker) MLOps';
  item.command = `${views.experiments}.focus`;
  item.show();
  return item;
}

function tree<T>(id: string, treeDataProvider: TreeDataProvider<T>): TreeView<T> {
  return window.createTreeView(id, {
    treeDataProvider,
    canSelectMany: id !== views.connections,
    showCollapseAll: id !== views.connections,
  });
}

/** Without a folder, or without trust in it, the views show their welcome texts and nothing is loaded for them. */
function mayHaveData(): boolean {
  return workspace.isTrusted && (workspace.workspaceFolders?.length ?? 0) > 0;
}

import { l10n, Range, commands as registry, Uri, window, workspace } from 'vscode';
import { checkMonitor } from '#schemas/protocol/monitoring.ts';
import { commands } from '../../contributions/commands.ts';
import { ClientFailure } from '../../platform/failures.ts';
import type { Handlers } from '../../platform/handlers.ts';
import { withServerProgress } from '../../platform/progress.ts';
import type { Server } from '../../platform/server-connection.ts';
import type { MonitorsModel } from './model.ts';
import type { MonitorItemNode } from './nodes.ts';
import { monitorTemplate } from './template.ts';
import type { MonitorsTree } from './tree.ts';

export interface MonitorCommandOptions {
  readonly server: Pick<Server, 'request'>;
  readonly model: MonitorsModel;
  readonly tree: MonitorsTree;
  /** Which folder a person means; undefined: they turned away. */
  readonly askFolder: () => Promise<Uri | undefined>;
}

/** Commands of the Monitors view. */
export function monitorCommands({ server, model, tree, askFolder }: MonitorCommandOptions) {
  const monitorOf = (argument: unknown): MonitorItemNode | undefined => {
    const node = model.nodeOf(argument);
    return node?.kind === 'monitor' ? node : undefined;
  };

  async function check({ folder, monitor: { file, name } }: MonitorItemNode): Promise<void> {
    if (name === null) return;
    await withServerProgress(l10n.t('Checking {0}', name), (options) =>
      server.request(checkMonitor, { folder, file, name }, options),
    );
  }

  /** Opens a panel that is about a file and the monitor in it. */
  const openPanel = (command: string) => async (argument: unknown) => {
    const node = monitorOf(argument);
    if (node) await registry.executeCommand(command, uriOf(node).toString(), node.monitor.name);
  };

  return {
    [commands.refreshMonitors]: (argument) => {
      const node = model.nodeOf(argument);
      tree.refresh(node?.kind === 'more' ? model.showMore(node.parentId) : undefined);
    },
    [commands.checkMonitor]: async (argument, selected) => {
      const all = Array.isArray(selected) && selected.length > 0 ? selected : [argument];
      const nodes = all.map(monitorOf).filter((node) => node !== undefined && node.monitor.state !== 'invalid');
      const chosen = nodes.length > 0 ? nodes : await askMonitors(model);
      const results = await Promise.allSettled(chosen.flatMap((node) => (node ? [check(node)] : [])));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    },
    [commands.createMonitor]: async () => {
      const folder = await askFolder();
      if (folder) await createMonitor(folder);
    },
    [commands.openMonitor]: async (argument) => {
      const node = monitorOf(argument);
      if (!node) return;
      const { line } = node.monitor;
      await window.showTextDocument(uriOf(node), { selection: new Range(line, 0, line, 0), preview: true });
    },
    [commands.openMonitorDrift]: openPanel(commands.openDrift),
    [commands.openMonitorDashboard]: openPanel(commands.openDashboard),
  } satisfies Partial<Handlers<(typeof commands)[keyof typeof commands]>>;
}

function uriOf({ root, monitor: { file } }: MonitorItemNode): Uri {
  return Uri.joinPath(Uri.parse(root, true), ...file.split('/'));
}

async function askMonitors(model: MonitorsModel): Promise<readonly MonitorItemNode[]> {
  const picks = model.checkable().then((nodes) => {
    if (nodes.length > 0) {
      return nodes.map((node) => ({ label: node.monitor.name ?? '', description: node.monitor.file, node }));
    }
    throw new ClientFailure(
      'not-found',
      l10n.t('There is no monitor to check in this workspace.'),
      l10n.t('Create one in the Monitors view.'),
    );
  });
  const picked = await window.showQuickPick(picks, {
    ...{ placeHolder: l10n.t('Monitors to check now'), matchOnDescription: true, canPickMany: true as const },
  });
  return (picked ?? []).map(({ node }) => node);
}

async function createMonitor(folder: Uri): Promise<void> {
  const name = await freeName(folder);
  const file = Uri.joinPath(folder, `${name}.mlops.yaml`);
  await workspace.fs.writeFile(file, new TextEncoder().encode(monitorTemplate(name)));
  await window.showTextDocument(file);
}

async function freeName(folder: Uri): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? 'monitor' : `monitor-${number}`;
    const isTaken = await workspace.fs.stat(Uri.joinPath(folder, `${name}.mlops.yaml`)).then(
      () => true,
      () => false,
    );
    if (!isTaken) return name;
  }
}

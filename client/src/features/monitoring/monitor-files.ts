import { type Disposable, type Uri, workspace } from 'vscode';
import { monitorFilesChanged } from '#schemas/protocol/monitoring.ts';
import type { Server } from '../../platform/server-connection.ts';
import type { MonitorsModel } from './model.ts';
import { hasScheduledMonitor, monitorFiles } from './scheduled.ts';

/** A branch that is checked out changes many files in a moment. */
const settleMs = 300;

export interface MonitorFilesOptions {
  readonly server: Pick<Server, 'notify'>;
  readonly model: Pick<MonitorsModel, 'isStarted'>;
  /** Has the server run the schedules of all folders. */
  readonly start: () => void;
}

/**
 * Tells the server of documents that came, went or changed on disk, in folders whose monitors it knows; elsewhere the first
 * monitor with a schedule has it look at them.
 */
export function followMonitorFiles({ server, model, start }: MonitorFilesOptions): Disposable {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const tell = async () => {
    timer = undefined;
    const folders = [...changed];
    changed.clear();
    await Promise.all(
      folders.filter((uri) => model.isStarted(uri)).map((folder) => server.notify(monitorFilesChanged, { folder })),
    );
    const isNew = folders.some((uri) => !model.isStarted(uri));
    if (isNew && workspace.isTrusted && (await hasScheduledMonitor())) start();
  };
  const noted = (file: Uri) => {
    const folder = workspace.getWorkspaceFolder(file)?.uri.toString();
    if (folder === undefined) return;
    changed.add(folder);
    timer ??= setTimeout(() => tell().catch(() => undefined), settleMs);
  };

  const watcher = workspace.createFileSystemWatcher(monitorFiles);
  const subscriptions = [watcher, watcher.onDidCreate(noted), watcher.onDidChange(noted), watcher.onDidDelete(noted)];
  return {
    dispose() {
      clearTimeout(timer);
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

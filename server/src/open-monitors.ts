import { join } from 'node:path';
import { walk } from './language/find-files.ts';
import { FolderMonitors } from './monitoring/folder-monitors.ts';
import { FoundMonitors } from './monitoring/found-monitors.ts';
import type { CheckQueue } from './monitoring/schedule/check-queue.ts';
import { Lease } from './monitoring/schedule/lease.ts';
import { openMonitoring } from './open-monitoring.ts';
import { ownFolder } from './platform/own-folder.ts';
import type { Workspace } from './workspace.ts';

export interface MonitorsOptions {
  /** Whether schedules are run. */
  readonly schedules: boolean;
  readonly queue: CheckQueue;
  readonly onChange: (revision: number) => void;
  readonly onWarning: (message: string) => void;
}

export interface OpenMonitors {
  readonly monitors: FolderMonitors;
  close(): void;
}

/** Puts together the monitors of a workspace: its documents may be anywhere in it, which begins where its mlops.yaml is. */
export function openMonitors(workspace: Workspace, { schedules, ...options }: MonitorsOptions): OpenMonitors {
  const { root: folder } = workspace.configuration;
  const { check, history, close } = openMonitoring(workspace, { onWarning: options.onWarning });
  const lease = schedules ? new Lease(folder, 'monitor-schedules') : null;
  const monitors = new FolderMonitors({
    ...options,
    ...{ folder, check, history, lease },
    found: new FoundMonitors(folder, (signal) => walk(folder, signal)),
    historyFile: join(folder, ownFolder, 'state.db'),
  });
  return {
    monitors,
    close() {
      monitors.dispose();
      lease?.close();
      close();
    },
  };
}

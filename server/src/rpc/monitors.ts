import { pathToFileURL } from 'node:url';
import type { MonitorReport } from '#schemas/domain/monitor-report.ts';
import * as protocol from '#schemas/protocol/monitoring.ts';
import type { FolderMonitors } from '../monitoring/folder-monitors.ts';
import { CheckQueue } from '../monitoring/schedule/check-queue.ts';
import { type OpenMonitors, openMonitors } from '../open-monitors.ts';
import type { Workspace } from '../workspace.ts';
import type { BackendContext } from './context.ts';
import { notify, onNotification, registerRequest } from './register.ts';

/** Of all folders together: a check may take all of the machine. */
const checksAtOnce = 2;
/** Checks of a report that travel; more are counted. */
const shownChecks = 500;

interface Opened extends OpenMonitors {
  readonly workspace: Workspace;
  /** Absolute: where its documents lie, and its history. */
  readonly root: string;
}

/** Answers what the Monitors view asks, and runs schedules of the folders that were asked for. */
export function registerMonitorHandlers(context: BackendContext): { dispose(): void } {
  const queue = new CheckQueue(checksAtOnce);
  const opened = new Map<string, Opened>();

  const close = (folder: string, workspace: Workspace) => {
    const known = opened.get(folder);
    if (known?.workspace !== workspace) return;
    opened.delete(folder);
    known.close();
  };
  const monitorsOf = async (folder: string): Promise<FolderMonitors> => {
    const workspace = await context.workspace(folder);
    const known = opened.get(folder);
    const { root } = workspace.configuration;
    if (known?.workspace === workspace && known.root === root) return known.monitors;
    known?.close();
    const made = openMonitors(workspace, {
      schedules: context.settings().monitoring.schedules,
      queue,
      onChange: (revision) => notify(context, protocol.monitorsChanged, { folder, revision }),
      onWarning: (message) => context.logger.warn(message),
    });
    opened.set(folder, { ...made, workspace, root });
    workspace.signal.addEventListener('abort', () => close(folder, workspace), { once: true });
    return made.monitors;
  };

  registerRequest(context, protocol.listMonitors, async ({ folder, start, count }) => {
    const { monitors, runner } = await (await monitorsOf(folder)).list();
    return {
      root: pathToFileURL((await context.workspace(folder)).configuration.root).href,
      monitors: monitors.slice(start, start + count),
      total: monitors.length,
      outOfBounds: monitors.filter(isOutOfBounds).length,
      runner,
    };
  });
  registerRequest(context, protocol.getMonitor, async ({ folder, ...key }) => {
    const report = (await monitorsOf(folder)).report(key);
    return { report: report && toDetails(report) };
  });
  registerRequest(context, protocol.checkMonitor, async ({ folder, ...key }, { signal, progress }) => {
    const monitors = await monitorsOf(folder);
    progress.begin(`Checking ${key.name}`);
    const { state } = await monitors.check(key, { signal, onProgress: (what) => progress.report(what) });
    return { state };
  });
  onNotification(context, protocol.monitorFilesChanged, ({ folder }) => opened.get(folder)?.monitors.filesChanged());

  return {
    dispose() {
      for (const { close: end } of opened.values()) end();
      opened.clear();
    },
  };
}

/** One that is being checked stays what it was. */
function isOutOfBounds({ state, lastState }: protocol.MonitorSummary): boolean {
  return (state === 'checking' ? lastState : state) === 'out-of-bounds';
}

/** Of too many checks those that are not well. */
function toDetails({ drift: _, checks, ...report }: MonitorReport): protocol.MonitorDetails {
  const gravest = checks.length <= shownChecks ? checks : checks.toSorted((a, b) => urgency(a) - urgency(b));
  const shown = gravest.slice(0, shownChecks);
  return { ...report, checks: shown, left: checks.length - shown.length };
}

function urgency({ state, name }: MonitorReport['checks'][number]): number {
  if (name === 'drift') return 0;
  return state === 'ok' ? 2 : 1;
}

import { basename } from 'node:path';
import { env, l10n, commands as registry, Uri, window, workspace } from 'vscode';
import { z } from 'zod';
import type { DashboardPush } from '#schemas/domain/dashboard.ts';
import { planDashboardPush, pushDashboard } from '#schemas/protocol/dashboards.ts';
import { openDashboardPush } from '#schemas/protocol/webview.ts';
import { commands } from '../../contributions/commands.ts';
import { ClientFailure } from '../../platform/failures.ts';
import type { Handlers } from '../../platform/handlers.ts';
import type { ReadOnlyTexts } from '../../platform/read-only-texts.ts';
import type { Server } from '../../platform/server-connection.ts';
import { type HostRequest, hostRequest } from '../../webview/panel-host.ts';
import type { PanelManager } from '../../webview/panel-manager.ts';
import { localPath } from './drift-commands.ts';
import { pickMonitor } from './drift-pickers.ts';

export interface DashboardCommandOptions {
  readonly server: Pick<Server, 'request'>;
  readonly panels: Pick<PanelManager, 'open'>;
  readonly texts: Pick<ReadOnlyTexts, 'diff'>;
}

interface ChosenMonitor {
  readonly folder: string;
  /** Absolute path. */
  readonly file: string;
  readonly name: string | null;
}

/** What the lens of a Monitor document and an item of the tree say: the file, and the monitor's name where it has several. */
const monitorArguments = z.tuple([z.string().min(1), z.string().nullish()]).rest(z.unknown());

/** Commands on the dashboard of a monitor: the one in the editor, and Grafana's. */
export function dashboardCommands({ server, panels, texts }: DashboardCommandOptions) {
  return {
    [commands.openDashboard]: async (...args) => {
      const chosen = await chosenMonitor(args);
      if (chosen) panels.open({ panel: 'dashboard', ...chosen, title: chosen.name ?? basename(chosen.file) });
    },
    [commands.pushDashboard]: async (...args) => {
      const chosen = await chosenMonitor(args);
      if (!chosen) return;
      const plan = await server.request(planDashboardPush, chosen);
      if (!(await agreed(plan, texts))) return;
      const { url } = await server.request(pushDashboard, { ...chosen, seen: plan.digest });
      const open = l10n.t('Open in Browser');
      const answer = await window.showInformationMessage(
        l10n.t('The dashboard “{0}” is at {1}.', plan.title, url),
        open,
      );
      if (answer === open) await env.openExternal(await env.asExternalUri(Uri.parse(url, true)));
    },
  } satisfies Partial<Handlers<(typeof commands)[keyof typeof commands]>>;
}

/** What the panel of a dashboard may ask of the editor. */
export function dashboardPushRequest(): HostRequest {
  return hostRequest(openDashboardPush, async ({ file, name }) => {
    await registry.executeCommand(commands.pushDashboard, Uri.file(file).toString(), name);
    return {};
  });
}

async function chosenMonitor(args: readonly unknown[]): Promise<ChosenMonitor | undefined> {
  const named = monitorArguments.safeParse(args);
  const monitor = named.success
    ? { file: Uri.parse(named.data[0], true), name: named.data[1] ?? null }
    : await pickMonitor();
  if (!monitor) return undefined;
  const folder = workspace.getWorkspaceFolder(monitor.file) ?? workspace.workspaceFolders?.[0];
  return folder && { folder: folder.uri.toString(), file: localPath(monitor.file), name: monitor.name };
}

/** Shows both texts side by side and asks; where nothing changes or something stands against it, says so. */
async function agreed(plan: DashboardPush, texts: DashboardCommandOptions['texts']): Promise<boolean> {
  const { problems, action, title, server, before, after } = plan;
  const [problem] = problems;
  if (problem !== undefined) throw new ClientFailure('unsupported', problem);
  if (action === 'none') {
    await window.showInformationMessage(l10n.t('{0} has this dashboard already: nothing changes.', server));
    return false;
  }
  const name = `${plan.uid}.json`;
  await texts.diff({ name, before: before ?? '', after, title: l10n.t('{0}: Grafana ↔ Document', title) });
  const go = action === 'create' ? l10n.t('Create') : l10n.t('Update');
  const question =
    action === 'create'
      ? l10n.t('Create the dashboard “{0}” at {1}?', title, server)
      : l10n.t('Update the dashboard “{0}” at {1}?', title, server);
  const detail = [...folderLines(plan), ...changeLines(plan)].join('\n');
  return (await window.showWarningMessage(question, { modal: true, detail }, go)) === go;
}

const mostLines = 12;

function changeLines({ changes }: DashboardPush): string[] {
  const words = { added: l10n.t('added'), changed: l10n.t('changed'), removed: l10n.t('removed') };
  const lines = changes.slice(0, mostLines).map(({ name, change, keys }) => {
    const which = keys.length === 0 ? '' : ` (${keys.join(', ')})`;
    return `${name}: ${words[change]}${which}`;
  });
  const more = changes.length - mostLines;
  return more > 0 ? [...lines, l10n.t('and {0} more', more)] : lines;
}

function folderLines({ folder }: DashboardPush): string[] {
  if (folder === null) return [];
  if (folder.action === 'create') return [l10n.t('The folder “{0}” is created.', folder.title)];
  return folder.action === 'move' ? [l10n.t('It moves to the folder “{0}”.', folder.title)] : [];
}

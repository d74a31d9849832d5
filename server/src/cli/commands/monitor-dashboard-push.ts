import { resolve } from 'node:path';
import type { DashboardPush } from '#schemas/domain/dashboard.ts';
import { toGrafanaDashboard } from '../../monitoring/dashboards/grafana-dashboard.ts';
import { carryOutPush, planPush } from '../../monitoring/dashboards/push-dashboard.ts';
import { readMonitor } from '../../monitoring/monitor-documents.ts';
import { withGrafana } from '../../workspace.ts';
import { exitCodes } from '../exit.ts';
import type { Invocation } from '../invocation.ts';
import { harmless } from '../output.ts';
import { confirm } from '../prompt.ts';
import { renderTable } from '../table.ts';
import { withWorkspace } from '../tracking.ts';
import type { MonitorFlags } from './monitor-rules.ts';

export interface PushFlags extends MonitorFlags {
  /** Show what would change, and change nothing. */
  readonly dryRun: boolean;
  /** Ask nothing at a terminal. */
  readonly yes: boolean;
}

/** Brings the dashboard of a Monitor document to Grafana, after showing what changes. Ends with 1 where it may not. */
export function pushDashboard(invocation: Invocation, { file, name, dryRun, yes }: PushFlags): Promise<number> {
  const { cwd, output, signal } = invocation;
  return withWorkspace(invocation, undefined, async (workspace) => {
    const document = await readMonitor(resolve(cwd, file), name);
    const { name: workspaceName, alerting } = workspace.configuration;
    const { runbookBase } = alerting;
    const dashboard = toGrafanaDashboard(document, { workspace: workspaceName, runbookBase });
    return withGrafana(workspace, async (grafana) => {
      const planned = await planPush(grafana, { dashboard, folder: document.dashboard?.folder ?? null }, signal);
      const { push } = planned;
      if (!output.json) await show(invocation, push);
      const isPossible = push.problems.length === 0;
      const isNeeded = push.action !== 'none';
      const goesOn = isPossible && isNeeded && !dryRun && (yes || (await confirm(invocation, questionOf(push))));
      const saved = goesOn ? await carryOutPush(grafana, planned, signal) : null;
      if (output.json) await output.document({ ...push, done: saved !== null, version: saved?.version ?? null });
      else await tell(invocation, push, saved);
      return isPossible && (goesOn || dryRun || !isNeeded) ? exitCodes.done : exitCodes.no;
    });
  });
}

async function show({ output }: Invocation, { changes }: DashboardPush): Promise<void> {
  const styles = { added: 'green', changed: 'yellow', removed: 'red' } as const;
  if (changes.length === 0) return;
  const { text } = renderTable(
    changes,
    [
      { header: 'WHAT', cell: ({ kind }) => kind },
      { header: 'NAME', cell: ({ name }) => name, shrinkTo: 16 },
      { header: 'CHANGE', cell: ({ change }) => change, style: ({ change }) => styles[change] },
      { header: 'KEYS', cell: ({ keys }) => keys.join(', '), shrinkTo: 16 },
    ],
    output,
  );
  await output.text(text);
}

function questionOf({ action, title, server, folder }: DashboardPush): string {
  const place =
    folder === null ? '' : ` in the ${folder.action === 'create' ? 'new folder' : 'folder'} “${folder.title}”`;
  return `${action === 'create' ? 'Create' : 'Update'} the dashboard “${title}”${place} at ${server}?`;
}

async function tell(
  { output }: Invocation,
  { problems, action, server }: DashboardPush,
  saved: { readonly url: string } | null,
): Promise<void> {
  for (const problem of problems) await output.note(output.style('red', harmless(`✗ ${problem}`)));
  if (saved !== null) await output.note(output.style('green', harmless(`✓ The dashboard is at ${saved.url}`)));
  else if (action === 'none') await output.note(harmless(`${server} has it already: nothing to change.`));
  else await output.note('Nothing was changed.');
}

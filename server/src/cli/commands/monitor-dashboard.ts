import { resolve } from 'node:path';
import { dashboardText, toGrafanaDashboard } from '../../monitoring/dashboards/grafana-dashboard.ts';
import { readMonitor } from '../../monitoring/monitor-documents.ts';
import { FailureError } from '../../platform/failure.ts';
import { writeFileWhole } from '../../platform/write-file.ts';
import { exitCodes } from '../exit.ts';
import type { Invocation } from '../invocation.ts';
import { harmless } from '../output.ts';
import { withWorkspace } from '../tracking.ts';
import type { MonitorFlags } from './monitor-rules.ts';

/** Writes the Grafana dashboard of a Monitor document. */
export function writeDashboard(invocation: Invocation, { file, name, output: target }: MonitorFlags): Promise<number> {
  const { cwd, output, signal } = invocation;
  if (target === null) {
    throw new FailureError('input', 'Where should the dashboard go?', {
      remedy: 'Name a file with -o FILE, or use --push.',
    });
  }
  return withWorkspace(invocation, undefined, async ({ configuration: { name: workspace, alerting } }) => {
    const document = await readMonitor(resolve(cwd, file), name);
    const path = resolve(cwd, target);
    await writeFileWhole(
      path,
      dashboardText(toGrafanaDashboard(document, { workspace, runbookBase: alerting.runbookBase })),
      signal,
    );
    if (output.json) await output.document({ written: path });
    else await output.note(output.style('green', harmless(`✓ ${target} is written.`)));
    return exitCodes.done;
  });
}

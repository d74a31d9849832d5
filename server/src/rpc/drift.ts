import * as protocol from '#schemas/protocol/drift.ts';
import { DriftChecks, type DriftHistory } from '../monitoring/drift-checks.ts';
import { checkDrift, describeColumns } from '../workspace.ts';
import type { BackendContext } from './context.ts';
import { type RequestContext, registerRequest } from './register.ts';

/** Answers everything under `drift/`. `history` finds earlier checks of a monitor's columns. */
export function registerDriftHandlers(context: BackendContext, { history }: { history?: DriftHistory } = {}): void {
  const checks = new DriftChecks({ checkDrift, describeColumns, now: Date.now, ...(history ? { history } : {}) });

  registerRequest(context, protocol.checkDrift, async ({ folder, ...question }, request) => {
    // Fails where the workspace is not trusted: nothing is read then.
    const workspace = await context.workspace(folder);
    return checks.check({ folder: workspace.folder, ...question }, toldOf(request, 'Comparing the data'));
  });
  registerRequest(context, protocol.driftColumns, async ({ folder, check, ...range }) => {
    await context.workspace(folder);
    return { columns: await checks.columns(check, range) };
  });
  registerRequest(context, protocol.driftColumnDetails, async ({ folder, check, ...wanted }, { signal }) => {
    await context.workspace(folder);
    return checks.details(check, wanted, { signal });
  });
  registerRequest(context, protocol.exportDrift, async ({ folder, check, ...file }, request) => {
    await context.workspace(folder);
    return checks.export(check, file, toldOf(request, 'Reading distributions'));
  });
}

function toldOf({ signal, progress }: RequestContext, title: string) {
  progress.begin(title);
  return {
    signal,
    onProgress: (done: number, total: number) =>
      progress.report(`${done} of ${total} columns`, (100 * done) / Math.max(1, total)),
  };
}

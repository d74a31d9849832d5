import { pathToFileURL } from 'node:url';
import * as protocol from '#schemas/protocol/drift.ts';
import { dataTasks } from '../local-data.ts';
import { DriftChecks } from '../monitoring/drift-checks.ts';
import type { BackendContext } from './context.ts';
import type { Histories } from './histories.ts';
import { type RequestContext, registerRequest } from './register.ts';

/** Answers everything under `drift/`. Columns of a monitor come with what earlier checks found. */
export function registerDriftHandlers(context: BackendContext, histories: Histories): void {
  // Checks know folders by their paths, workspaces are asked for as the editor names them.
  const names = new Map<string, string>();
  const nameOf = (folder: string) => names.get(folder) ?? pathToFileURL(folder).href;
  const checks = new DriftChecks({
    tasks: async (folder) => dataTasks(await context.workspace(nameOf(folder))),
    now: Date.now,
    history: async (folder, monitor) => {
      const { history, key } = await histories.of(nameOf(folder), monitor);
      return history.driftCourses(key, protocol.mostDriftHistory);
    },
  });

  registerRequest(context, protocol.checkDrift, async ({ folder, ...question }, request) => {
    // Fails where the workspace is not trusted: nothing is read then.
    const workspace = await context.workspace(folder);
    names.set(workspace.folder, folder);
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

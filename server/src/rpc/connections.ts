import { relative } from 'node:path';
import { collectDiagnostics, listConnections } from '#schemas/protocol/workspace.ts';
import { diagnosticsText } from '../platform/diagnostics.ts';
import type { BackendContext } from './context.ts';
import { registerRequest } from './register.ts';

/** Answers everything under `connections/`. */
export function registerConnectionHandlers(context: BackendContext): void {
  registerRequest(context, listConnections, async ({ folder, check }, { signal }) => {
    const workspace = await context.workspace(folder);
    const connections = await workspace.connections({ check, signal });
    const warnings = workspace.configuration.warnings.map(({ file, line, message }) => ({
      file: `${relative(workspace.folder, file) || file}${line === null ? '' : `:${line}`}`,
      message,
    }));
    return { connections: [...connections], warnings };
  });

  registerRequest(context, collectDiagnostics, async ({ folder, client }, { signal }) => {
    const workspace = await context.workspace(folder);
    const connections = await workspace.connections({ check: true, signal });
    const { configuration } = workspace;
    return {
      text: diagnosticsText({
        folder: workspace.folder,
        client,
        configuration,
        connections,
        log: context.logger.recent(),
        redactor: context.redactor,
      }),
    };
  });
}

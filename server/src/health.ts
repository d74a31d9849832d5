import type { Connection } from '#schemas/domain/connection.ts';
import type { Workspace } from './workspace.ts';

/** One line of `mlops health`; `healthy` is null for what can't be asked or may not be connected to. */
export type ComponentHealth = Pick<Connection, 'name' | 'kind' | 'healthy' | 'detail' | 'latencyMs'>;

/** Asks every back end of a workspace how it is. */
export async function healthComponents(
  workspace: Workspace,
  signal?: AbortSignal,
): Promise<{ components: ComponentHealth[] }> {
  const connections = await workspace.connections({ check: true, ...(signal === undefined ? {} : { signal }) });
  return {
    components: connections.map(({ name, kind, healthy, detail, latencyMs }) => ({
      name,
      kind,
      healthy,
      detail,
      latencyMs,
    })),
  };
}

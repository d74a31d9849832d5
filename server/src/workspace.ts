import { dirname, join } from 'node:path';
import type { OpenArtifacts } from './experiments/artifact-source.ts';
import type { RunRecord } from './experiments/tracking-store.ts';
import { type BuildStore, OpenWorkspace, readState } from './open-workspace.ts';
import type { ResolvedTracker } from './platform/configuration/resolved.ts';
import { FailureError } from './platform/failure.ts';
import type { Workspace, WorkspaceOptions } from './workspace-port.ts';

export type { Workspace, WorkspaceOptions } from './workspace-port.ts';

/** Reads a folder's configuration and opens nothing yet. Fails with `untrusted` where the workspace is not trusted. */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  if (!options.trusted) {
    throw new FailureError('untrusted', 'This workspace is not trusted: nothing is opened and nothing connects.', {
      remedy: 'Trust the workspace to see its experiments.',
    });
  }
  return new OpenWorkspace(options, await readState(options), buildStore);
}

// Each adapter is only loaded where something uses it.
const buildStore: BuildStore = async (tracker, { workspace, server }) => {
  const { target } = tracker;
  if (target.type === 'sqlite') {
    const { createMlflowSqliteStore } = await import('./experiments/backends/mlflow-sqlite/store.ts');
    const open = await localArtifacts(tracker);
    const artifacts = ({ artifactUri }: RunRecord) =>
      open({ uri: artifactUri, base: dirname(target.path), candidates: [] });
    return createMlflowSqliteStore({ path: target.path, artifacts, inProcess: workspace.inProcess ?? false });
  }
  if (target.type === 'file') {
    const { createMlflowFileStore } = await import('./experiments/backends/mlflow-file/store.ts');
    const logger = workspace.logger.child({ tracker: tracker.name });
    return createMlflowFileStore({
      path: target.path,
      artifacts: await localArtifacts(tracker),
      onWarning: (message) => logger.warn(message),
    });
  }
  if (target.type === 'rest' && server !== null) {
    const { createMlflowRestStore } = await import('./experiments/backends/mlflow-rest/store.ts');
    return createMlflowRestStore({
      url: target.url,
      http: server.http,
      credentials: server.credentials,
      ...(tracker.serverWorkspace === null ? {} : { workspace: tracker.serverWorkspace }),
    });
  }
  throw new FailureError('unsupported', `${tracker.backend} is not supported yet in this version.`);
};

async function localArtifacts({ artifactRoot }: ResolvedTracker): Promise<OpenArtifacts> {
  const { openLocalArtifacts } = await import('./experiments/backends/artifacts/local.ts');
  if (artifactRoot === null) return openLocalArtifacts;
  return (root) => openLocalArtifacts({ ...root, candidates: [moved(root.uri, artifactRoot), ...root.candidates] });
}

// A run's artifacts are at `<experiment>/<run>/artifacts` below whatever root the store names.
function moved(uri: string | null, artifactRoot: string): string {
  const tail = (uri ?? '').split(/[\\/]+/).slice(-3);
  return join(artifactRoot, ...tail.filter((part) => part !== '..'));
}

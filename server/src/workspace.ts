import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { OpenArtifacts } from './experiments/artifact-source.ts';
import type { RunRecord } from './experiments/tracking-store.ts';
import type { AuditLog } from './models/audit/audit-log.ts';
import type { LocalStore } from './models/backends/shared/read-only-registry.ts';
import type { ModelRegistry } from './models/model-registry.ts';
import type { GrafanaServer } from './monitoring/dashboards/grafana-server.ts';
import type { QueryRange } from './monitoring/dashboards/read-chart.ts';
import type { DescribeColumns } from './monitoring/drift/describe-columns.ts';
import type { CheckDrift } from './monitoring/drift/drift-checker.ts';
import type { MakeProfile } from './monitoring/drift/profile/profile-request.ts';
import type { MetricSource, Series } from './monitoring/metrics/metric-source.ts';
import type { MeasurePerformance } from './monitoring/performance/performance-request.ts';
import {
  type BuildAlerts,
  type BuildModels,
  type BuildObjects,
  type BuildStore,
  OpenWorkspace,
  readState,
} from './open-workspace.ts';
import type { ResolvedRegistry } from './platform/configuration/registry.ts';
import type { ResolvedConfiguration, ResolvedTracker } from './platform/configuration/resolved.ts';
import type { TrackingTarget } from './platform/configuration/tracking-uri.ts';
import { FailureError } from './platform/failure.ts';
import { ownFolder } from './platform/own-folder.ts';
import type { ArtifactStore } from './storage/artifact-store.ts';
import type { Workspace, WorkspaceOptions } from './workspace-port.ts';

export type { Workspace, WorkspaceOptions } from './workspace-port.ts';

/** Reads a folder's configuration and opens nothing yet. Fails with `untrusted` where the workspace is not trusted. */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  if (!options.trusted) {
    throw new FailureError('untrusted', 'This workspace is not trusted: nothing is opened and nothing connects.', {
      remedy: 'Trust the workspace to see its experiments.',
    });
  }
  return new OpenWorkspace(options, await readState(options), {
    store: buildStore,
    models: buildModels,
    objects: buildObjects,
    alerts: buildAlerts,
  });
}

// DuckDB is only loaded where data are compared or measured.
export const checkDrift: CheckDrift = async (check, options) => {
  const duckdb = await import('./monitoring/backends/duckdb/data-tasks.ts');
  return duckdb.checkDrift(check, options);
};

export const makeProfile: MakeProfile = async (request, options) => {
  const duckdb = await import('./monitoring/backends/duckdb/data-tasks.ts');
  return duckdb.makeProfile(request, options);
};

export const measurePerformance: MeasurePerformance = async (request, options) => {
  const duckdb = await import('./monitoring/backends/duckdb/data-tasks.ts');
  return duckdb.measurePerformance(request, options);
};

/** Asks the Prometheus that the configuration names; its adapter is only loaded here. */
export async function withMetrics<T>(workspace: Workspace, work: (metrics: MetricSource) => Promise<T>): Promise<T> {
  const { Prometheus } = await import('./monitoring/backends/prometheus/prometheus.ts');
  return workspace.withService('prometheus', (service) => work(new Prometheus(service)));
}

/** Works with the Grafana that the configuration names; its adapter is only loaded here. */
export async function withGrafana<T>(workspace: Workspace, work: (grafana: GrafanaServer) => Promise<T>): Promise<T> {
  const { createGrafanaServer } = await import('./monitoring/backends/grafana/server.ts');
  return workspace.withService('grafana', (service) => work(createGrafanaServer(service)));
}

/** As {@link withMetrics}, for charts. */
export function withQueryRange<T>(workspace: Workspace, work: (query: QueryRange) => Promise<T>): Promise<T> {
  return withMetrics(workspace, (metrics) =>
    work(async (query, range, signal) => {
      const { data, warnings } = await metrics.queryRange(query, range, { signal });
      const pointsOf = ({ points }: Series) => points.map(({ time, value }) => [time, value] as const);
      return { series: data.map((one) => ({ labels: one.labels, points: pointsOf(one) })), warnings };
    }),
  );
}

/** As {@link checkDrift}: what both samples of some columns look like. */
export const describeColumns: DescribeColumns = async (files, request, options) => {
  const duckdb = await import('./monitoring/backends/duckdb/data-tasks.ts');
  return duckdb.describeColumns(files, request, options);
};

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

// All of the work on models is loaded with its first question.
const buildModels: BuildModels = async (resolved, parts) => {
  const [{ openModels }, registry, store] = await Promise.all([
    import('./open-models.ts'),
    buildRegistry(resolved, parts),
    buildArtifactStore(parts),
  ]);
  const { ContentStore } = await import('./storage/content-store.ts');
  const { context, close } = await openModels({ ...parts, registry, contents: new ContentStore(store) });
  return {
    context,
    close: async () => {
      await close();
      await store.cleanup();
    },
  };
};

// Channels connect with the first notice.
const buildAlerts: BuildAlerts = async ({ workspace, configuration, ...access }) => {
  const [{ openAlerts }, { openChannel }] = await Promise.all([
    import('./open-alerts.ts'),
    import('./monitoring/backends/channels/open-channels.ts'),
  ]);
  const { showNotice: show = noEditor } = workspace;
  const channels = configuration.alerting.channels.map((channel) =>
    openChannel(channel, { ...access, show, clock: Date.now }),
  );
  return openAlerts({ workspace, configuration, channels });
};

async function noEditor(): Promise<never> {
  throw new FailureError('unsupported', 'Nothing here can show a notice.', {
    remedy: 'Open the folder in the editor.',
  });
}

async function buildRegistry(
  { backend, target, uri }: ResolvedRegistry,
  { configuration, server, workspace }: Parameters<BuildModels>[1],
): Promise<ModelRegistry & AuditLog> {
  if (backend === 'sqlite' && target.type === 'sqlite') {
    const { SqliteRegistry } = await import('./models/backends/sqlite/registry.ts');
    return new SqliteRegistry({ path: target.path });
  }
  const runs = trackerOf(configuration, target);
  const tracker = runs?.name ?? null;
  if (target.type === 'rest' && server !== null) {
    const [{ MlflowRestRegistry }, { AuditDatabase }] = await Promise.all([
      import('./models/backends/mlflow-rest/registry.ts'),
      import('./models/backends/audit-database/audit-database.ts'),
    ]);
    const audit = new AuditDatabase(join(configuration.root, ownFolder, 'audit.db'));
    const space = runs?.serverWorkspace ?? null;
    const named = space === null ? {} : { workspace: space };
    return new MlflowRestRegistry({ url: target.url, ...server, audit, tracker, ...named });
  }
  if (target.type === 'sqlite' || target.type === 'file') {
    const [{ ReadOnlyRegistry }, store] = await Promise.all([
      import('./models/backends/shared/read-only-registry.ts'),
      openMlflowModels(target, (message) => workspace.logger.warn(message)),
    ]);
    return new ReadOnlyRegistry(store, tracker);
  }
  throw new FailureError('unsupported', `${uri} is no registry that this version knows.`);
}

async function openMlflowModels(
  { type, path }: Extract<TrackingTarget, { path: string }>,
  onWarning: (message: string) => void,
): Promise<LocalStore> {
  if (type === 'sqlite') {
    const { openMlflowDatabase } = await import('./models/backends/mlflow-sqlite/store.ts');
    return openMlflowDatabase(path);
  }
  const { openMlflowFolder } = await import('./models/backends/mlflow-file/store.ts');
  return openMlflowFolder({ path, onWarning });
}

/** The tracker whose runs are those that versions of a registry name; null where none is. */
function trackerOf({ trackers }: ResolvedConfiguration, target: TrackingTarget): ResolvedTracker | null {
  return trackers.find((tracker) => isDeepStrictEqual(tracker.target, target)) ?? null;
}

async function buildArtifactStore(parts: Parameters<BuildModels>[1]): Promise<ArtifactStore> {
  const { storage } = parts.configuration;
  if (typeof storage === 'string') throw new FailureError('input', `The storage of models: ${storage}`);
  return buildObjects(storage, parts);
}

const buildObjects: BuildObjects = async (place, { workspace, storage: { permit, ...http }, signal }) => {
  const { openArtifactStore } = await import('./storage/backends/open-store.ts');
  const store = await openArtifactStore(place, { env: workspace.env, http, permit });
  await store.initialize(signal);
  return store;
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

import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Connection } from '#schemas/domain/connection.ts';
import type { Settings } from '#schemas/protocol/workspace.ts';
import type { OpenArtifacts } from './experiments/artifact-source.ts';
import type { RunRecord, TrackingStore } from './experiments/tracking-store.ts';
import type { Health } from './platform/component.ts';
import { type ReadConfiguration, readConfiguration } from './platform/configuration/read.ts';
import type { ResolvedConfiguration, ResolvedService, ResolvedTracker } from './platform/configuration/resolved.ts';
import { watchConfiguration } from './platform/configuration/watch.ts';
import { type CheckResult, toConnection } from './platform/connection-view.ts';
import { FailureError, toFailure } from './platform/failure.ts';
import type { HttpClient } from './platform/http.ts';
import type { HttpTls } from './platform/http-dispatcher.ts';
import type { Logger } from './platform/log.ts';
import type { Redactor } from './platform/redact.ts';
import { canCheck, checkService } from './platform/service-health.ts';
import { SharedTask } from './platform/shared-task.ts';
import { unhealthy } from './platform/unhealthy.ts';
import { environmentSecrets, type OriginSecrets } from './security/credentials.ts';
import { type GatedConnection, OriginGate } from './security/origin-gate.ts';
import type { OriginPermission, StoredCredentials } from './security/ports.ts';

/** One folder with what its configuration names. Stores open on first use and close when the configuration changes. */
export interface Workspace {
  /** Absolute path. */
  readonly folder: string;
  /** As last read. */
  readonly configuration: ResolvedConfiguration;
  readonly defaultTracker: string | null;
  /** Increases with every change of the configuration. */
  readonly revision: number;
  /** Aborted when the workspace is disposed. */
  readonly signal: AbortSignal;
  /** Opened and initialised. Fails with `not-found` for an unknown name, and as {@link TrackingStore.initialize} does. */
  tracker(name: string, signal?: AbortSignal): Promise<TrackingStore>;
  trackerConfiguration(name: string): ResolvedTracker;
  /** Every configured back end; with `check`, what each answers right now. Never asks for permission. */
  connections(options: { check: boolean; signal?: AbortSignal }): Promise<readonly Connection[]>;
  /** A secret or permission of an origin changed: what talks to it is built anew. */
  forget(origin: string): Promise<void>;
  /** Reads the configuration again. */
  reload(): Promise<void>;
  onDidChange(listener: () => void): { dispose(): void };
  dispose(): Promise<void>;
}

export interface WorkspaceOptions {
  /** Absolute path. */
  readonly folder: string;
  readonly trusted: boolean;
  /** The real environment; never `.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: Settings;
  readonly logger: Logger;
  readonly redactor: Redactor;
  /** What the person signed in with (SecretStorage). */
  readonly credentials: StoredCredentials;
  /** Asks whether the workspace's files may make us connect to an origin. */
  readonly permission: OriginPermission;
  /** A tracking URI of the command line: then it is the only tracker, and naming it was the permission. */
  readonly explicitTracking?: string;
  /** Follow changes of `mlops.yaml`, `.env` and what lies in the folder. */
  readonly watch?: boolean;
  /** Query stores in this thread: for a process that answers one question and ends. */
  readonly inProcess?: boolean;
}

/** Reads a folder's configuration and opens nothing yet. Fails with `untrusted` where the workspace is not trusted. */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  if (!options.trusted) {
    throw new FailureError('untrusted', 'This workspace is not trusted: nothing is opened and nothing connects.', {
      remedy: 'Trust the workspace to see its experiments.',
    });
  }
  return new OpenWorkspace(options, await readState(options));
}

interface State extends ReadConfiguration {
  readonly secrets: readonly OriginSecrets[];
}

async function readState(options: WorkspaceOptions): Promise<State> {
  const explicitTracking = options.explicitTracking ?? null;
  const { folder, env, settings, redactor } = options;
  const read = await readConfiguration({ folder, env, settings, explicitTracking });
  const secrets = await environmentSecrets(read.environment, { explicitTracking });
  for (const credential of [...secrets, ...read.configuration.trackers].map((one) => one.credential)) {
    if (credential !== null) redactor.register(credential.type === 'basic' ? credential.password : credential.token);
  }
  return { ...read, secrets };
}

interface OpenTracker {
  readonly store: TrackingStore;
  close(): Promise<void>;
}

const longestCheckMs = 15_000;

class OpenWorkspace implements Workspace {
  readonly folder: string;
  revision = 1;
  #state: State;
  readonly #options: WorkspaceOptions;
  readonly #gate: OriginGate;
  readonly #aborter = new AbortController();
  readonly #trackers = new Map<string, SharedTask<OpenTracker>>();
  readonly #listeners = new Set<() => void>();
  readonly #watcher: { dispose(): void } | null;
  #reloading: Promise<void> = Promise.resolve();

  constructor(options: WorkspaceOptions, state: State) {
    this.folder = options.folder;
    this.#options = options;
    this.#state = state;
    this.#gate = new OriginGate({
      folder: options.folder,
      permission: options.permission,
      stored: options.credentials,
      secrets: () => this.#state.secrets,
      redactor: options.redactor,
    });
    this.#watcher = options.watch ? watchConfiguration(state.located.folders, () => this.#reloadLater()) : null;
  }

  get configuration(): ResolvedConfiguration {
    return this.#state.configuration;
  }

  get defaultTracker(): string | null {
    return this.configuration.defaultTracker;
  }

  get signal(): AbortSignal {
    return this.#aborter.signal;
  }

  trackerConfiguration(name: string): ResolvedTracker {
    const tracker = this.configuration.trackers.find((one) => one.name === name);
    if (tracker !== undefined) return tracker;
    const known = this.configuration.trackers.map((one) => one.name).join(', ');
    throw new FailureError('not-found', `There is no tracker “${name}” in this workspace.`, {
      remedy: known === '' ? 'Add one to mlops.yaml.' : `Known are: ${known}.`,
    });
  }

  async tracker(name: string, signal?: AbortSignal): Promise<TrackingStore> {
    this.signal.throwIfAborted();
    const tracker = this.trackerConfiguration(name);
    if (tracker.problem !== null) {
      const reason = tracker.problem.attention === 'unsupported' ? 'unsupported' : 'input';
      throw new FailureError(reason, `${name}: ${tracker.problem.message}`);
    }
    return (await this.#open(tracker).wait(signal)).store;
  }

  async connections(options: { check: boolean; signal?: AbortSignal }): Promise<readonly Connection[]> {
    const { trackers, services } = this.configuration;
    return Promise.all([
      ...trackers.map(async (tracker) =>
        toConnection(
          { ...tracker, kind: 'tracker' },
          await this.#check(tracker, options, (signal) => this.#checkTracker(tracker, signal)),
        ),
      ),
      ...services.map(async (service) =>
        toConnection(
          service,
          canCheck(service)
            ? await this.#check(service, options, (signal) => this.#checkService(service, signal))
            : 'not-checked',
        ),
      ),
    ]);
  }

  async forget(origin: string): Promise<void> {
    this.#gate.forget(origin);
    const names = this.configuration.trackers.filter((one) => one.origin === origin).map(({ name }) => name);
    const services = this.configuration.services.some((one) => one.origin === origin);
    if (names.length === 0 && !services) return;
    await this.#close(names);
    this.#changed();
  }

  reload(): Promise<void> {
    this.#reloading = this.#reloading.catch(() => undefined).then(() => this.#readAgain());
    return this.#reloading;
  }

  onDidChange(listener: () => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  async dispose(): Promise<void> {
    this.#watcher?.dispose();
    this.#aborter.abort();
    this.#listeners.clear();
    await this.#close([...this.#trackers.keys()]);
  }

  #reloadLater(): void {
    this.reload().catch((error: unknown) =>
      this.#options.logger.error('The configuration can’t be read again', { error: toFailure(error).message }),
    );
  }

  async #readAgain(): Promise<void> {
    if (this.signal.aborted) return;
    const before = this.#state;
    const next = await readState(this.#options);
    if (this.signal.aborted) return;
    const sameSecrets = isDeepStrictEqual(before.secrets, next.secrets);
    if (sameSecrets && isDeepStrictEqual(before.configuration, next.configuration)) return;
    this.#state = next;
    const stale = before.configuration.trackers.filter(
      (old) =>
        (!sameSecrets && old.origin !== null) ||
        !next.configuration.trackers.some((tracker) => isDeepStrictEqual(tracker, old)),
    );
    await this.#close(stale.map(({ name }) => name));
    this.#changed();
  }

  #changed(): void {
    this.revision += 1;
    for (const listener of this.#listeners) listener();
  }

  #open(tracker: ResolvedTracker): SharedTask<OpenTracker> {
    const known = this.#trackers.get(tracker.name);
    if (known !== undefined && !known.abandoned) return known;
    const task = new SharedTask((signal) => this.#openTracker(tracker, signal));
    this.#trackers.set(tracker.name, task);
    // What could not be opened is tried again when it is asked for again.
    task.result.catch(() => {
      if (this.#trackers.get(tracker.name) === task) this.#trackers.delete(tracker.name);
    });
    return task;
  }

  async #openTracker(tracker: ResolvedTracker, signal: AbortSignal): Promise<OpenTracker> {
    const connection = gated(tracker);
    const http = connection === null ? null : await this.#httpFor(connection);
    const store = await buildStore(tracker, { workspace: this.#options, http, gate: this.#gate });
    const close = async () => {
      await store.cleanup();
      await http?.close();
    };
    try {
      await store.initialize(signal);
      return { store, close };
    } catch (error) {
      await close();
      throw error;
    }
  }

  async #httpFor(connection: GatedConnection): Promise<HttpClient> {
    const { settings, env, logger } = this.#options;
    const { createHttpClient } = await import('./platform/http.ts');
    const { proxy, timeoutSeconds } = settings.http;
    return createHttpClient({
      timeoutMs: timeoutSeconds * 1_000,
      proxyEnv: proxy === '' ? env : { NO_PROXY: env.NO_PROXY ?? env.no_proxy, HTTP_PROXY: proxy, HTTPS_PROXY: proxy },
      tls: this.#tlsFor(connection),
      origin: connection.origin,
      permit: this.#gate.permit(connection),
      logger,
    });
  }

  #tlsFor({ origin, insecureTls }: GatedConnection): HttpTls | null {
    if (insecureTls) return { origin, insecure: true, serverCertPath: null, clientCertPath: null };
    return this.#state.secrets.find((secrets) => secrets.origin === origin)?.tls ?? null;
  }

  async #check(
    configured: ResolvedTracker | ResolvedService,
    options: { check: boolean; signal?: AbortSignal },
    check: (signal: AbortSignal) => Promise<Health>,
  ): Promise<CheckResult> {
    if (configured.problem !== null || !options.check) return 'not-checked';
    const connection = gated(configured);
    if (connection !== null && !(await this.#gate.allowed(connection, false, options.signal))) return 'not-allowed';
    const signals = [AbortSignal.timeout(longestCheckMs), this.signal, ...(options.signal ? [options.signal] : [])];
    return check(AbortSignal.any(signals));
  }

  async #checkTracker(tracker: ResolvedTracker, signal: AbortSignal): Promise<Health> {
    const started = performance.now();
    try {
      return await (await this.tracker(tracker.name, signal)).healthCheck(signal);
    } catch (error) {
      return unhealthy(error, performance.now() - started);
    }
  }

  async #checkService(service: ResolvedService, signal: AbortSignal): Promise<Health> {
    const connection = gated(service);
    if (connection === null) throw new Error(`${service.name} is no server`);
    const http = await this.#httpFor(connection);
    try {
      return await checkService(service, http, signal);
    } finally {
      await http.close();
    }
  }

  async #close(names: readonly string[]): Promise<void> {
    const closing = names.flatMap((name) => this.#trackers.get(name) ?? []);
    for (const name of names) this.#trackers.delete(name);
    await Promise.allSettled(closing.map(async (task) => (await task.result).close()));
  }
}

function gated(configured: ResolvedTracker | ResolvedService): GatedConnection | null {
  const { name, origin, consent } = configured;
  if (origin === null) return null;
  if (!('credential' in configured)) return { name, origin, consent, credential: null, insecureTls: false };
  const { credential, insecureTls } = configured;
  return { name, origin, consent, credential, insecureTls };
}

interface Parts {
  readonly workspace: WorkspaceOptions;
  readonly http: HttpClient | null;
  readonly gate: OriginGate;
}

// Each adapter is only loaded where something uses it.
async function buildStore(tracker: ResolvedTracker, { workspace, http, gate }: Parts): Promise<TrackingStore> {
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
  const connection = gated(tracker);
  if (target.type === 'rest' && connection !== null && http !== null) {
    const { createMlflowRestStore } = await import('./experiments/backends/mlflow-rest/store.ts');
    return createMlflowRestStore({
      url: target.url,
      http,
      credentials: gate.credentials(connection),
      ...(tracker.serverWorkspace === null ? {} : { workspace: tracker.serverWorkspace }),
    });
  }
  throw new FailureError('unsupported', `${tracker.backend} is not supported yet in this version.`);
}

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

import { isDeepStrictEqual } from 'node:util';
import type { Connection } from '#schemas/domain/connection.ts';
import type { TrackingStore } from './experiments/tracking-store.ts';
import type { ModelContext } from './models/model-context.ts';
import type { Alerts } from './monitoring/alerts/alerts.ts';
import type { AlertParts } from './open-alerts.ts';
import type { Component, Health } from './platform/component.ts';
import { secretsOfChannel } from './platform/configuration/channels.ts';
import { resolveObjects } from './platform/configuration/object-address.ts';
import { type ReadConfiguration, readConfiguration } from './platform/configuration/read.ts';
import type { ResolvedRegistry } from './platform/configuration/registry.ts';
import type { ResolvedConfiguration, ResolvedService, ResolvedTracker } from './platform/configuration/resolved.ts';
import type { ResolvedStorage } from './platform/configuration/storage-target.ts';
import { watchConfiguration } from './platform/configuration/watch.ts';
import { type CheckResult, toConnection } from './platform/connection-view.ts';
import type { CredentialSource } from './platform/credentials.ts';
import { FailureError, toFailure } from './platform/failure.ts';
import type { HttpClient, HttpClientOptions } from './platform/http.ts';
import type { HttpTls } from './platform/http-dispatcher.ts';
import { OpenedOnce } from './platform/opened-once.ts';
import { canCheck, checkService } from './platform/service-health.ts';
import type { Tracer } from './platform/trace.ts';
import { unhealthy } from './platform/unhealthy.ts';
import { environmentSecrets, type OriginSecrets } from './security/credentials.ts';
import { type GatedConnection, OriginGate } from './security/origin-gate.ts';
import type { ArtifactStore } from './storage/artifact-store.ts';
import { proxyOf, tracerOf } from './workspace-http.ts';
import type { ServiceConnection, Workspace, WorkspaceOptions } from './workspace-port.ts';

export interface State extends ReadConfiguration {
  readonly secrets: readonly OriginSecrets[];
}

export async function readState(options: WorkspaceOptions): Promise<State> {
  const explicitTracking = options.explicitTracking ?? null;
  const { folder, env, settings, redactor } = options;
  const read = await readConfiguration({ folder, env, settings, explicitTracking });
  const secrets = await environmentSecrets(read.environment, { explicitTracking });
  for (const credential of [...secrets, ...read.configuration.trackers, ...read.configuration.services].map(
    (one) => one.credential,
  )) {
    if (credential !== null) redactor.register(credential.type === 'basic' ? credential.password : credential.token);
  }
  for (const secret of read.configuration.alerting.channels.flatMap(secretsOfChannel)) redactor.register(secret);
  return { ...read, secrets };
}

/** How to reach a server; null for what lies on disk. */
export type Server = { readonly http: HttpClient; readonly credentials: CredentialSource } | null;

/** Makes the adapter of a tracker. */
export type BuildStore = (
  tracker: ResolvedTracker,
  parts: { readonly workspace: WorkspaceOptions; readonly server: Server },
) => Promise<TrackingStore>;

/** Puts together what the work on models needs. */
export type BuildModels = (
  registry: ResolvedRegistry,
  parts: {
    readonly workspace: WorkspaceOptions;
    readonly configuration: ResolvedConfiguration;
    readonly server: Server;
    readonly storage: StorageConnection;
    readonly signal: AbortSignal;
  },
) => Promise<OpenModels>;

/** How an artifact store connects, where it is a server. */
export type StorageConnection = Pick<HttpClientOptions, 'proxyEnv' | 'timeoutMs' | 'tracer'> & {
  readonly permit: (signal?: AbortSignal) => Promise<void>;
};

/** Makes the adapter of an artifact store and opens it. */
export type BuildObjects = (
  storage: ResolvedStorage,
  parts: { readonly workspace: WorkspaceOptions; readonly storage: StorageConnection; readonly signal: AbortSignal },
) => Promise<ArtifactStore>;

export interface OpenModels {
  readonly context: ModelContext;
  close(): Promise<void>;
}

/** A server that a channel sends to. */
export interface ChannelServer {
  readonly name: string;
  readonly origin: string;
  readonly consent: 'given' | 'ask';
}

/** Puts together the alerts of a workspace. */
export type BuildAlerts = (
  parts: Omit<AlertParts, 'channels'> & {
    readonly connect: (server: ChannelServer) => NonNullable<Server>;
    readonly permit: (server: ChannelServer) => (signal?: AbortSignal) => Promise<void>;
  },
) => Promise<Alerts>;

export interface Builders {
  readonly store: BuildStore;
  readonly models: BuildModels;
  readonly objects: BuildObjects;
  readonly alerts: BuildAlerts;
}

interface OpenTracker {
  readonly store: TrackingStore;
  close(): Promise<void>;
}

const longestCheckMs = 15_000;

/** A workspace has one registry, and one outbox. */
const registryName = 'registry';
const alertsName = 'alerts';

interface CheckOptions {
  readonly check: boolean;
  readonly signal?: AbortSignal;
}

/** A workspace whose stores a function builds that only the composition root knows. */
export class OpenWorkspace implements Workspace {
  readonly folder: string;
  revision = 1;
  #state: State;
  readonly #options: WorkspaceOptions;
  readonly #builders: Builders;
  readonly #gate: OriginGate;
  readonly #tracer: Tracer;
  readonly #aborter = new AbortController();
  readonly #trackers = new OpenedOnce<OpenTracker>();
  readonly #models = new OpenedOnce<OpenModels>();
  readonly #alerts = new OpenedOnce<Alerts>();
  readonly #listeners = new Set<() => void>();
  readonly #watcher: { dispose(): void } | null;
  #reloading: Promise<void> = Promise.resolve();

  constructor(options: WorkspaceOptions, state: State, builders: Builders) {
    this.#builders = builders;
    this.folder = options.folder;
    this.#options = options;
    this.#state = state;
    this.#tracer = tracerOf(options);
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
      // What the command line names has no other name: the message says what is wrong with it.
      const lead = tracker.source === 'command line' ? '' : `${name}: `;
      throw new FailureError(reason, `${lead}${tracker.problem.message}`);
    }
    const opening = this.#trackers.get(name, (opened) => this.#openTracker(tracker, opened));
    return (await opening.wait(signal)).store;
  }

  async models(signal?: AbortSignal): Promise<ModelContext> {
    this.signal.throwIfAborted();
    const { problem } = this.configuration.registry;
    if (problem !== null) {
      const reason = problem.attention === 'unsupported' ? 'unsupported' : 'input';
      throw new FailureError(reason, `The model registry: ${problem.message}`);
    }
    return (await this.#models.get(registryName, (opened) => this.#openModels(opened)).wait(signal)).context;
  }

  async withService<T>(kind: 'prometheus' | 'grafana', work: (service: ServiceConnection) => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    const service = this.configuration.services.find((one) => one.kind === kind);
    if (!service) throw noService(kind);
    const connection = gated(service);
    if (connection === null)
      throw new FailureError('input', service.problem?.message ?? `${service.uri} is no server.`);
    const http = await this.#httpFor(connection);
    try {
      return await work({ url: service.uri, http, credentials: this.#gate.credentials(connection) });
    } finally {
      await http.close();
    }
  }

  async withObjects<T>(
    uri: string,
    work: (objects: { readonly store: ArtifactStore; readonly pattern: string }) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    this.signal.throwIfAborted();
    const address = resolveObjects(uri, this.configuration.storage);
    if (typeof address === 'string') throw new FailureError('input', address);
    const store = await this.#builders.objects(address.storage, {
      workspace: this.#options,
      storage: this.#storageConnection(address.storage),
      signal: AbortSignal.any([this.signal, ...(signal ? [signal] : [])]),
    });
    try {
      return await work({ store, pattern: address.pattern });
    } finally {
      await store.cleanup();
    }
  }

  async alerts(signal?: AbortSignal): Promise<Alerts> {
    this.signal.throwIfAborted();
    return this.#alerts.get(alertsName, () => this.#openAlerts()).wait(signal);
  }

  async #openAlerts(): Promise<Alerts> {
    const { createHttpClient } = await import('./platform/http.ts');
    const opened: HttpClient[] = [];
    const toConnection = (server: ChannelServer) => ({ ...server, credential: null, insecureTls: false });
    const alerts = await this.#builders.alerts({
      workspace: this.#options,
      configuration: this.configuration,
      permit: (server) => this.#gate.permit(toConnection(server)),
      connect: (server) => {
        const connection = toConnection(server);
        // Nothing is sent twice by itself: the outbox knows when to try again.
        const http = createHttpClient({ ...this.#httpOptions(connection), retries: 0 });
        opened.push(http);
        return { http, credentials: this.#gate.credentials(connection) };
      },
    });
    const close = async () => {
      await alerts.close();
      await Promise.all(opened.map((http) => http.close()));
    };
    return { ...alerts, close };
  }

  #openModels(signal: AbortSignal): Promise<OpenModels> {
    const { configuration } = this;
    const { registry } = configuration;
    return this.#connected(registry, (server) => {
      const storage = this.#storageConnection(configuration.storage);
      const workspace = this.#options;
      return this.#builders.models(registry, { workspace, configuration, server, storage, signal });
    });
  }

  /** Opens something that may lie on a server, with a connection of its own that closes with it. */
  async #connected<Opened extends { close(): Promise<void> }>(
    configured: ResolvedTracker | ResolvedRegistry,
    open: (server: Server) => Promise<Opened>,
  ): Promise<Opened> {
    const connection = gated(configured);
    const http = connection === null ? null : await this.#httpFor(connection);
    try {
      const opened = await open(http && connection && { http, credentials: this.#gate.credentials(connection) });
      const close = async () => {
        await opened.close();
        await http?.close();
      };
      return { ...opened, close };
    } catch (error) {
      await http?.close();
      throw error;
    }
  }

  #storageConnection(storage: ResolvedStorage | string): StorageConnection {
    const { origin, consent } = typeof storage === 'string' ? { origin: null, consent: 'ask' as const } : storage;
    const connection = { name: 'storage', consent, credential: null, insecureTls: false };
    return {
      timeoutMs: this.#options.settings.http.timeoutSeconds * 1_000,
      proxyEnv: proxyOf(this.#options),
      tracer: this.#tracer,
      permit: origin === null ? async () => undefined : this.#gate.permit({ ...connection, origin }),
    };
  }

  async mayConnect(name: string, signal?: AbortSignal): Promise<boolean> {
    const connection = gated(this.trackerConfiguration(name));
    return connection === null || this.#gate.allowed(connection, false, signal);
  }

  async connections(options: CheckOptions): Promise<readonly Connection[]> {
    const { trackers, services } = this.configuration;
    return Promise.all([
      ...trackers.map(async (tracker) =>
        toConnection(
          { ...tracker, kind: 'tracker' },
          await this.#check(tracker, options, (signal) => healthOf(() => this.tracker(tracker.name, signal), signal)),
        ),
      ),
      ...services.map(async (service) => toConnection(service, await this.#checkConfigured(service, options))),
    ]);
  }

  #checkConfigured(service: ResolvedService, options: CheckOptions): Promise<CheckResult> {
    if (service.kind === 'registry') {
      const registry = async (signal: AbortSignal) => (await this.models(signal)).registry;
      return this.#check(service, options, (signal) => healthOf(() => registry(signal), signal));
    }
    if (!canCheck(service)) return Promise.resolve('not-checked');
    return this.#check(service, options, (signal) => this.#checkService(service, signal));
  }

  async forget(origin: string): Promise<void> {
    this.#gate.forget(origin);
    const names = this.configuration.trackers.filter((one) => one.origin === origin).map(({ name }) => name);
    const services = this.configuration.services.some((one) => one.origin === origin);
    if (names.length === 0 && !services) return;
    await Promise.all([this.#trackers.close(names), this.#models.close(), this.#alerts.close()]);
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
    await Promise.all([this.#trackers.close(), this.#models.close(), this.#alerts.close()]);
    await this.#tracer.close();
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
    const sameModels = sameSecrets && isDeepStrictEqual(modelParts(before), modelParts(next));
    await Promise.all([
      this.#trackers.close(stale.map(({ name }) => name)),
      sameModels ? undefined : this.#models.close(),
      sameSecrets && isDeepStrictEqual(alertParts(before), alertParts(next)) ? undefined : this.#alerts.close(),
    ]);
    this.#changed();
  }

  #changed(): void {
    this.revision += 1;
    for (const listener of this.#listeners) listener();
  }

  #openTracker(tracker: ResolvedTracker, signal: AbortSignal): Promise<OpenTracker> {
    return this.#connected(tracker, async (server) => {
      const store = await this.#builders.store(tracker, { workspace: this.#options, server });
      try {
        await store.initialize(signal);
        return { store, close: () => store.cleanup() };
      } catch (error) {
        await store.cleanup();
        throw error;
      }
    });
  }

  async #httpFor(connection: GatedConnection): Promise<HttpClient> {
    const { createHttpClient } = await import('./platform/http.ts');
    return createHttpClient(this.#httpOptions(connection));
  }

  #httpOptions(connection: GatedConnection): HttpClientOptions {
    return {
      timeoutMs: this.#options.settings.http.timeoutSeconds * 1_000,
      proxyEnv: proxyOf(this.#options),
      tls: this.#tlsFor(connection),
      origin: connection.origin,
      permit: this.#gate.permit(connection),
      tracer: this.#tracer,
    };
  }

  #tlsFor({ origin, insecureTls }: GatedConnection): HttpTls | null {
    if (insecureTls) return { origin, insecure: true, serverCertPath: null, clientCertPath: null };
    return this.#state.secrets.find((secrets) => secrets.origin === origin)?.tls ?? null;
  }

  async #check(
    configured: ResolvedTracker | ResolvedService,
    options: CheckOptions,
    check: (signal: AbortSignal) => Promise<Health>,
  ): Promise<CheckResult> {
    if (configured.problem !== null || !options.check) return 'not-checked';
    const connection = gated(configured);
    if (connection !== null && !(await this.#gate.allowed(connection, false, options.signal))) return 'not-allowed';
    const signals = [AbortSignal.timeout(longestCheckMs), this.signal, ...(options.signal ? [options.signal] : [])];
    return check(AbortSignal.any(signals));
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
}

function noService(kind: 'prometheus' | 'grafana'): FailureError {
  const name = kind === 'grafana' ? 'Grafana' : 'Prometheus';
  return new FailureError('input', `No ${name} is configured.`, {
    remedy: `Set ${kind.toUpperCase()}_URL, or “monitoring: {${kind}: http://…}” in mlops.yaml.`,
  });
}

/** What the work on models is put together from. */
function modelParts({ configuration: { registry, storage, access, root } }: State): unknown {
  return { registry, storage, access, root };
}

/** What the alerts are put together from. */
function alertParts({ configuration: { alerting, root } }: State): unknown {
  return { alerting, root };
}

/** What could not even be opened is not healthy either. */
async function healthOf(open: () => Promise<Pick<Component, 'healthCheck'>>, signal: AbortSignal): Promise<Health> {
  const started = performance.now();
  try {
    return await (await open()).healthCheck(signal);
  } catch (error) {
    return unhealthy(error, performance.now() - started);
  }
}

function gated(configured: ResolvedTracker | ResolvedService | ResolvedRegistry): GatedConnection | null {
  const { name, origin, consent } = configured;
  if (origin === null) return null;
  const credential = 'credential' in configured ? configured.credential : null;
  const insecureTls = 'insecureTls' in configured && configured.insecureTls;
  return { name, origin, consent, credential, insecureTls };
}

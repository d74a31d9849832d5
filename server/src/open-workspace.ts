import { isDeepStrictEqual } from 'node:util';
import type { Connection } from '#schemas/domain/connection.ts';
import type { TrackingStore } from './experiments/tracking-store.ts';
import type { ModelContext } from './models/model-context.ts';
import type { Health } from './platform/component.ts';
import { type ReadConfiguration, readConfiguration } from './platform/configuration/read.ts';
import type { ResolvedRegistry } from './platform/configuration/registry.ts';
import type { ResolvedConfiguration, ResolvedService, ResolvedTracker } from './platform/configuration/resolved.ts';
import { watchConfiguration } from './platform/configuration/watch.ts';
import { type CheckResult, toConnection } from './platform/connection-view.ts';
import type { CredentialSource } from './platform/credentials.ts';
import { FailureError, toFailure } from './platform/failure.ts';
import type { HttpClient, HttpClientOptions } from './platform/http.ts';
import type { HttpTls } from './platform/http-dispatcher.ts';
import { canCheck, checkService } from './platform/service-health.ts';
import { SharedTask } from './platform/shared-task.ts';
import type { Tracer } from './platform/trace.ts';
import { unhealthy } from './platform/unhealthy.ts';
import { environmentSecrets, type OriginSecrets } from './security/credentials.ts';
import { type GatedConnection, OriginGate } from './security/origin-gate.ts';
import { proxyOf, tracerOf } from './workspace-http.ts';
import type { Workspace, WorkspaceOptions } from './workspace-port.ts';

export interface State extends ReadConfiguration {
  readonly secrets: readonly OriginSecrets[];
}

export async function readState(options: WorkspaceOptions): Promise<State> {
  const explicitTracking = options.explicitTracking ?? null;
  const { folder, env, settings, redactor } = options;
  const read = await readConfiguration({ folder, env, settings, explicitTracking });
  const secrets = await environmentSecrets(read.environment, { explicitTracking });
  for (const credential of [...secrets, ...read.configuration.trackers].map((one) => one.credential)) {
    if (credential !== null) redactor.register(credential.type === 'basic' ? credential.password : credential.token);
  }
  return { ...read, secrets };
}

/** Makes the adapter of a tracker; `server` is null for what lies on disk. */
export type BuildStore = (
  tracker: ResolvedTracker,
  parts: {
    readonly workspace: WorkspaceOptions;
    readonly server: { readonly http: HttpClient; readonly credentials: CredentialSource } | null;
  },
) => Promise<TrackingStore>;

/** Puts together what the work on models needs; `server` is null for a registry that lies on disk. */
export type BuildModels = (
  registry: ResolvedRegistry,
  parts: {
    readonly workspace: WorkspaceOptions;
    readonly configuration: ResolvedConfiguration;
    readonly server: { readonly http: HttpClient; readonly credentials: CredentialSource } | null;
    /** How the artifact store connects, where it is a server. */
    readonly storage: Pick<HttpClientOptions, 'proxyEnv' | 'timeoutMs' | 'tracer'> & {
      readonly permit: (signal?: AbortSignal) => Promise<void>;
    };
    readonly signal: AbortSignal;
  },
) => Promise<OpenModels>;

export interface OpenModels {
  readonly context: ModelContext;
  close(): Promise<void>;
}

export interface Builders {
  readonly store: BuildStore;
  readonly models: BuildModels;
}

interface OpenTracker {
  readonly store: TrackingStore;
  close(): Promise<void>;
}

const longestCheckMs = 15_000;

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
  readonly #trackers = new Map<string, SharedTask<OpenTracker>>();
  #models: SharedTask<OpenModels> | null = null;
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
    return (await this.#open(tracker).wait(signal)).store;
  }

  async models(signal?: AbortSignal): Promise<ModelContext> {
    this.signal.throwIfAborted();
    const { problem } = this.configuration.registry;
    if (problem !== null) {
      const reason = problem.attention === 'unsupported' ? 'unsupported' : 'input';
      throw new FailureError(reason, `The model registry: ${problem.message}`);
    }
    return (await this.#sharedModels().wait(signal)).context;
  }

  #sharedModels(): SharedTask<OpenModels> {
    if (this.#models !== null && !this.#models.abandoned) return this.#models;
    const task = new SharedTask((signal) => this.#openModels(signal));
    this.#models = task;
    // What could not be opened is tried again when it is asked for again.
    task.result.catch(() => {
      if (this.#models === task) this.#models = null;
    });
    return task;
  }

  async #openModels(signal: AbortSignal): Promise<OpenModels> {
    const { configuration } = this;
    const { registry } = configuration;
    const connection = gated(registry);
    const http = connection === null ? null : await this.#httpFor(connection);
    const server = http && connection && { http, credentials: this.#gate.credentials(connection) };
    try {
      const storage = this.#storageConnection(configuration);
      const workspace = this.#options;
      const open = await this.#builders.models(registry, { workspace, configuration, server, storage, signal });
      return {
        context: open.context,
        close: async () => {
          await open.close();
          await http?.close();
        },
      };
    } catch (error) {
      await http?.close();
      throw error;
    }
  }

  #storageConnection({ storage }: ResolvedConfiguration): Parameters<BuildModels>[1]['storage'] {
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
          service.kind === 'registry'
            ? await this.#check(service, options, (signal) => this.#checkRegistry(signal))
            : canCheck(service)
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
    await Promise.all([this.#close(names), this.#closeModels()]);
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
    await Promise.all([this.#close([...this.#trackers.keys()]), this.#closeModels()]);
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
    await Promise.all([this.#close(stale.map(({ name }) => name)), this.#closeModels()]);
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
    const server = http && connection && { http, credentials: this.#gate.credentials(connection) };
    const store = await this.#builders.store(tracker, { workspace: this.#options, server });
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
    const { createHttpClient } = await import('./platform/http.ts');
    return createHttpClient({
      timeoutMs: this.#options.settings.http.timeoutSeconds * 1_000,
      proxyEnv: proxyOf(this.#options),
      tls: this.#tlsFor(connection),
      origin: connection.origin,
      permit: this.#gate.permit(connection),
      tracer: this.#tracer,
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

  async #checkRegistry(signal: AbortSignal): Promise<Health> {
    const started = performance.now();
    try {
      return await (await this.models(signal)).registry.healthCheck(signal);
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

  async #closeModels(): Promise<void> {
    const closing = this.#models;
    this.#models = null;
    await closing?.result.then((models) => models.close()).catch(() => undefined);
  }

  async #close(names: readonly string[]): Promise<void> {
    const closing = names.flatMap((name) => this.#trackers.get(name) ?? []);
    for (const name of names) this.#trackers.delete(name);
    await Promise.allSettled(closing.map(async (task) => (await task.result).close()));
  }
}

function gated(configured: ResolvedTracker | ResolvedService | ResolvedRegistry): GatedConnection | null {
  const { name, origin, consent } = configured;
  if (origin === null) return null;
  if (!('credential' in configured)) return { name, origin, consent, credential: null, insecureTls: false };
  const { credential, insecureTls } = configured;
  return { name, origin, consent, credential, insecureTls };
}

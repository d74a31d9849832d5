import type { AlertNotice } from '#schemas/domain/alert-notice.ts';
import type { Connection } from '#schemas/domain/connection.ts';
import type { Settings } from '#schemas/protocol/workspace.ts';
import type { TrackingStore } from './experiments/tracking-store.ts';
import type { ModelContext } from './models/model-context.ts';
import type { Alerts } from './monitoring/alerts/alerts.ts';
import type { ResolvedConfiguration, ResolvedTracker } from './platform/configuration/resolved.ts';
import type { CredentialSource } from './platform/credentials.ts';
import type { HttpClient } from './platform/http.ts';
import type { Logger } from './platform/log.ts';
import type { Redactor } from './platform/redact.ts';
import type { OriginPermission, StoredCredentials } from './security/ports.ts';
import type { ArtifactStore } from './storage/artifact-store.ts';

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
  /** The model registry and all that the work with it needs, opened on first use. Fails as {@link ModelRegistry} does. */
  models(signal?: AbortSignal): Promise<ModelContext>;
  /**
   * Speaks with a service that the configuration names, by a connection that closes afterwards. Fails with `input` where
   * none is named, and with `permission` where the person does not allow the connection.
   */
  withService<T>(kind: 'prometheus' | 'grafana', work: (service: ServiceConnection) => Promise<T>): Promise<T>;
  /**
   * Works with objects that a URI names (`s3://…`, `gs://…`, `azure://…`), whose store closes afterwards. Fails with `input`
   * where it names none, `permission` where the person does not allow the server, and as the store does.
   */
  withObjects<T>(
    uri: string,
    work: (objects: { readonly store: ArtifactStore; readonly pattern: string }) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>;
  /** Alerts, their channels and the outbox, opened on first use. */
  alerts(signal?: AbortSignal): Promise<Alerts>;
  /** Whether a tracker may be connected to as things are. Never asks for permission. */
  mayConnect(name: string, signal?: AbortSignal): Promise<boolean>;
  /** Every configured back end; with `check`, what each answers right now. Never asks for permission. */
  connections(options: { check: boolean; signal?: AbortSignal }): Promise<readonly Connection[]>;
  /** A secret or permission of an origin changed: what talks to it is built anew. */
  forget(origin: string): Promise<void>;
  /** Reads the configuration again. */
  reload(): Promise<void>;
  onDidChange(listener: () => void): { dispose(): void };
  dispose(): Promise<void>;
}

/** How to speak with a service of the configuration. */
export interface ServiceConnection {
  /** Without a slash at the end. */
  readonly url: string;
  readonly http: HttpClient;
  readonly credentials: CredentialSource;
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
  /** Shows a notice of a `vscode` channel to the person; without it, such notices wait. */
  readonly showNotice?: (notice: AlertNotice, signal: AbortSignal) => Promise<void>;
  /** A tracking URI of the command line: then it is the only tracker, and naming it was the permission. */
  readonly explicitTracking?: string;
  /** Follow changes of `mlops.yaml`, `.env` and what lies in the folder. */
  readonly watch?: boolean;
  /** Query stores in this thread: for a process that answers one question and ends. */
  readonly inProcess?: boolean;
}

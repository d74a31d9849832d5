import type { Access } from '#schemas/config/access.ts';
import type { ConfigurationSource, ConnectionAttention, ConnectionKind } from '#schemas/domain/connection.ts';
import type { Credential } from '../credentials.ts';
import type { ResolvedRegistry } from './registry.ts';
import type { ResolvedAlerting } from './resolved-channel.ts';
import type { ResolvedStorage } from './storage-target.ts';
import type { TrackingTarget } from './tracking-uri.ts';

/** Something in the configuration that a person should look at. `line` is 1-based. */
export interface ConfigurationWarning {
  readonly file: string;
  readonly line: number | null;
  readonly message: string;
}

/**
 * Whether a connection may be made without asking. `given`: the person named the address (command line, own
 * environment). `ask`: it comes from files of the workspace.
 */
export type Consent = 'given' | 'ask';

interface Configured {
  /** Unique among the connections of its kind. */
  readonly name: string;
  readonly source: ConfigurationSource;
  /** Without credentials. */
  readonly uri: string;
  /** Scheme, host and port; null for what is on this disk. */
  readonly origin: string | null;
  readonly consent: Consent;
  /** What is wrong with the entry itself, in the user's words. */
  readonly problem: { readonly attention: ConnectionAttention; readonly message: string } | null;
}

export interface ResolvedTracker extends Configured {
  readonly backend: string;
  readonly target: TrackingTarget;
  /** Where its artifacts lie here, when the store names a place that this machine has not: an absolute folder. */
  readonly artifactRoot: string | null;
  /** The workspace of an MLflow server that has several. */
  readonly serverWorkspace: string | null;
  /** Its entry accepts any certificate, and the person's environment says so too. */
  readonly insecureTls: boolean;
  /** Of its own entry or URI. Never shown. */
  readonly credential: Credential | null;
}

/** A registry, store, metrics server or channel that the configuration names. */
export interface ResolvedService extends Configured {
  readonly kind: Exclude<ConnectionKind, 'tracker'>;
  readonly backend: string;
  /** What the variables beside its own give, for its origin alone; null without one. Never shown. */
  readonly credential: Credential | null;
}

/** Who may do what, as `mlops.yaml` says it. Where there is a problem, nobody knows: nothing sensitive may be done. */
export interface AccessReading {
  /** Null where there is no policy. */
  readonly policy: Access | null;
  /** Why the policy can’t be read, in the user’s words. */
  readonly problem: string | null;
}

export interface ResolvedConfiguration {
  /** `metadata.name` of the Workspace document; empty without one. */
  readonly name: string;
  /** The folder that relative paths start from: that of `mlops.yaml`, else the workspace's. */
  readonly root: string;
  /** The `mlops.yaml` that was read; null without one. */
  readonly file: string | null;
  /** In order; names are unique. */
  readonly trackers: readonly ResolvedTracker[];
  /** The one that a request without a tracker means; null with none. */
  readonly defaultTracker: string | null;
  readonly services: readonly ResolvedService[];
  /** Of model versions; where none is named, a file below the folder. */
  readonly registry: ResolvedRegistry;
  /** Where the registry keeps artifacts; a text says what is wrong with what the configuration names. */
  readonly storage: ResolvedStorage | string;
  readonly access: AccessReading;
  readonly alerting: ResolvedAlerting;
  readonly warnings: readonly ConfigurationWarning[];
}

import type {
  ModelFile,
  ModelMetadata,
  ModelVersion,
  ModelVersionDetails,
  RegisteredModel,
  RegistryGuarantees,
} from '#schemas/domain/model-version.ts';
import type { Component } from '../platform/component.ts';

/** A version that is about to be registered; its files are in the artifact store already. */
export interface VersionDraft {
  readonly model: string;
  /** Semantic; null takes the one that follows by `bump` when the registry writes, so that racing writers both get one. */
  readonly version: string | null;
  readonly bump: 'major' | 'minor' | 'patch';
  readonly files: readonly ModelFile[];
  /** SHA-256 of the manifest, hexadecimal. */
  readonly manifestDigest: string;
  readonly rootDigest: string;
  readonly metadata: ModelMetadata;
  /** A sigstore bundle, as text. */
  readonly bundle: string | null;
}

/** A report of gates, kept by its digest. */
export interface StoredReport {
  /** SHA-256 of `content`. */
  readonly digest: string;
  readonly passed: boolean;
  /** JSON. */
  readonly content: string;
}

/** One change of a version. `from` is what the plan saw: where that is no longer so, nothing changes. */
export type VersionChange =
  | { readonly type: 'stage'; readonly version: string; readonly from: string | null; readonly to: string | null }
  | {
      readonly type: 'alias';
      readonly alias: string;
      /** Versions; null where the alias did not exist, or is to go. */
      readonly from: string | null;
      readonly to: string | null;
    }
  | { readonly type: 'archive'; readonly version: string; readonly archived: boolean }
  | { readonly type: 'delete'; readonly version: string }
  | { readonly type: 'report'; readonly version: string; readonly report: StoredReport }
  | { readonly type: 'bundle'; readonly version: string; readonly bundle: string };

/** Who does something, and why: what the audit entry of a change tells. */
export interface Act {
  /** What was done: `register`, `promote`, `rollback`, … */
  readonly action: string;
  readonly actor: string;
  readonly reason: string | null;
  /** Nonces of approvals that this act uses up. Fails where one was used before. */
  readonly nonces: readonly string[];
}

export interface ModelQuery {
  /** Words that all have to be in a model's name, or in a version's tags, framework or description; empty is all. */
  readonly text: string;
  readonly archived: boolean;
}

/**
 * The port to a registry of models. All calls throw FailureError: `not-found`, `input`, `busy` (something else changed
 * first: read again), `corrupt`, `permission`, `unreachable`, `remote`, `unsupported`.
 */
export interface ModelRegistry extends Component {
  /** `sqlite`, `mlflow`. */
  readonly backend: string;
  readonly guarantees: RegistryGuarantees;

  /** Names this very registry, wherever it is moved: approvals are bound to it. Null where nothing was ever written. */
  id(signal?: AbortSignal): Promise<string | null>;
  /** By name; versions from the highest down. */
  listModels(query: ModelQuery, signal?: AbortSignal): Promise<readonly RegisteredModel[]>;
  /** Versions from the highest down, archived ones too. Empty for an unknown model. */
  listVersions(model: string, signal?: AbortSignal): Promise<readonly ModelVersion[]>;
  /** Aliases of a model and their versions. */
  aliases(model: string, signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;
  version(model: string, version: string, signal?: AbortSignal): Promise<ModelVersionDetails>;
  report(digest: string, signal?: AbortSignal): Promise<StoredReport>;

  /** For before work that a registry which is only read has no use for. Fails with `unsupported`. */
  requireWritable(): void;
  /** Writes a version and its audit entry. Fails with `input` where the version exists. */
  register(draft: VersionDraft, act: Act, signal?: AbortSignal): Promise<ModelVersion>;
  /** All changes of one model and one audit entry: where the registry can, all or nothing. */
  change(model: string, changes: readonly VersionChange[], act: Act, signal?: AbortSignal): Promise<void>;
  /** Whether an approval's nonce was used. */
  isConsumed(nonce: string, signal?: AbortSignal): Promise<boolean>;

  /** Changes whenever what the registry would answer may have changed; null where nothing cheap tells. */
  changeToken(signal?: AbortSignal): Promise<string | null>;
}

import type { Access, Operation } from '#schemas/config/access.ts';
import type { ModelFile, ModelMetadata } from '#schemas/domain/model-version.ts';
import type { RunRef } from '#schemas/domain/run.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { ModelPolicy } from './model-documents.ts';
import type { ModelRegistry } from './model-registry.ts';

/** Where the contents of versions are kept, by their digests. Fails as artifact stores do. */
export interface ModelContents {
  /** Without credentials. */
  readonly uri: string;
  /** Keeps files of a directory. Fails with `busy` where one is no longer what its digest says: it is not kept then. */
  putFiles(files: readonly ModelFile[], directory: string, options?: PutOptions): Promise<void>;
  /** A new folder for copies that {@link putFiles} takes, where those save time; null elsewhere. Whoever asks removes it. */
  stagingFolder(): Promise<string | null>;
  /** Writes files below a folder, each verified by its digest. */
  fetchFiles(files: readonly ModelFile[], directory: string, options?: ContentOptions): Promise<void>;
}

export interface ContentOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes done, of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface PutOptions extends ContentOptions {
  /** Copies of files by their digests, in a staging folder. */
  readonly copies?: ReadonlyMap<string, string> | undefined;
}

/** Who works here, and what they may do. */
export interface People {
  readonly members: NonNullable<Access['members']>;
  /** Absolute; paths of public keys start here. */
  readonly folder: string;
  /** Whether a role may do something; without a policy every role may. */
  roleAllows(role: string, operation: Operation): boolean;
  /** The name of who acts, as Git or the system has it. */
  actor(): Promise<string>;
  /** Answers the name of who acts. Fails with `permission` where they may not. */
  authorize(operation: Operation): Promise<string>;
}

/** What a version takes from the run that it came from. */
export type RunFacts = Pick<ModelMetadata, 'gitCommit' | 'dataSets' | 'params' | 'metrics'> & { readonly run: RunRef };

export interface CommandResult {
  /** Null where it took too long, or was ended by a signal. */
  readonly exitCode: number | null;
  /** The last lines of what it wrote. */
  readonly tail: string;
  readonly durationMs: number;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** All that the work on models needs of the world: what a composition root puts together. */
export interface ModelContext {
  readonly registry: ModelRegistry;
  readonly audit: AuditLog;
  readonly contents: ModelContents;
  readonly people: People;
  /** Absolute: the folder of the workspace; `approvals/` lies in it. */
  readonly folder: string;
  /** What the workspace says about a model; null where it says nothing. */
  policy(model: string, signal?: AbortSignal): Promise<ModelPolicy | null>;
  /** Runs a command of the workspace by the system's shell. */
  run(command: string, options: CommandOptions): Promise<CommandResult>;
  /** Unix milliseconds. */
  now(): number;
}

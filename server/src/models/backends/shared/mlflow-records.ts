/** A version as MLflow keeps it, however it was read. */
export interface MlflowVersionRecord {
  /** Counted by MLflow, from 1. */
  readonly number: number;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly status: 'READY' | 'PENDING_REGISTRATION' | 'FAILED_REGISTRATION';
  /** MLflow's own, which it calls deprecated: `None`, `Staging`, `Production`, `Archived`. */
  readonly currentStage: string;
  readonly description: string;
  readonly userId: string | null;
  readonly runId: string | null;
  readonly source: string | null;
  readonly tags: ReadonlyMap<string, string>;
}

/** A model as MLflow keeps it. */
export interface MlflowModelRecord {
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Numbers of versions. */
  readonly aliases: ReadonlyMap<string, number>;
  readonly versions: readonly MlflowVersionRecord[];
}

/** Where models of MLflow are read. Fails as {@link ModelRegistry} does. */
export interface MlflowSource {
  /** Prompts, which MLflow keeps among models, left out. */
  models(signal?: AbortSignal): Promise<readonly MlflowModelRecord[]>;
  /** Null where there is none. */
  model(name: string, signal?: AbortSignal): Promise<MlflowModelRecord | null>;
}

/** MLflow keeps prompts as models that have this tag. */
export function isPrompt(tags: ReadonlyMap<string, string>): boolean {
  return tags.get('mlflow.prompt.is_prompt')?.toLowerCase() === 'true';
}

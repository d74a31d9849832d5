import type { z } from 'zod';
import type { modelDocument } from '#schemas/config/model.ts';
import type { ModelVersion } from '#schemas/domain/model-version.ts';

export type ModelDocument = z.output<typeof modelDocument>;
export type Gate = NonNullable<ModelDocument['validation']>['gates'][number];

/** How the inputs and outputs of a version differ from those of the one it is compared with. */
export type SchemaChange =
  | { readonly type: 'none' | 'compatible' | 'breaking'; readonly details: readonly string[] }
  | { readonly type: 'unknown'; readonly details: readonly [string] };

/** What a gate may want to know of a version. */
export interface GateSubject {
  readonly version: ModelVersion;
  readonly metrics: Readonly<Record<string, number>>;
  readonly licence: string | null;
  /** Markdown; null where there is none. */
  readonly card: string | null;
}

/** What gates ask beyond the record: each is only asked where a gate wants it, and may fail with a FailureError. */
export interface GateQuestions {
  /** The version behind an alias, version or range of the same model; null where there is none (yet). */
  baseline(selector: string): Promise<GateSubject | null>;
  /** Inputs and outputs compared with those of the version in use; null where none is. */
  schemaChange(): Promise<SchemaChange | null>;
  /** Verifies the signature by the keys that the policy trusts. */
  signature(): Promise<{ readonly valid: boolean; readonly detail: string }>;
  /** Looks through pickles for what they would run. */
  pickles(): Promise<{ readonly safe: boolean; readonly detail: string }>;
  /**
   * Runs a command in the folder of the Model document, with a time limit in milliseconds; the version's files are where
   * `MLOPS_MODEL_PATH` says. Answers its exit code and last lines.
   */
  run(
    command: string,
    timeoutMs: number,
  ): Promise<{ readonly exitCode: number | null; readonly tail: string; readonly durationMs: number }>;
}

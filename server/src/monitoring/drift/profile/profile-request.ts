import type { DriftProfile } from '#schemas/domain/drift-profile.ts';
import type { FileName } from '../drift-checker.ts';
import type { ColumnType } from '../methods.ts';

export interface ProfileRequest {
  /** Files or globs of data, and profiles: all of them together. */
  readonly sources: readonly FileName[];
  /** Declared types of columns. */
  readonly types: ReadonlyMap<string, ColumnType>;
}

/** Makes a profile. Fails with `not-found`, `input`, `corrupt` or `unsupported` where files can’t be read. */
export type MakeProfile = (
  request: ProfileRequest,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (done: number, total: number) => void },
) => Promise<DriftProfile>;

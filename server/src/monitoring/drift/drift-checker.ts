import type { DriftReport } from '#schemas/domain/drift-report.ts';
import type { DriftRequest } from './drift-request.ts';

/** A file or glob, from a folder where it is relative. */
export interface FileName {
  readonly path: string;
  readonly folder: string;
}

export interface FilePair {
  readonly reference: FileName;
  readonly current: FileName;
}

export interface FileCheck extends FilePair {
  readonly request: DriftRequest;
}

/** Compares files. Fails with `not-found`, `input`, `corrupt` or `unsupported` where they can’t be read. */
export type CheckDrift = (
  check: FileCheck,
  options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void },
) => Promise<DriftReport>;

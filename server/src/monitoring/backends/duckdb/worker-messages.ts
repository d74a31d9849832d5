import type { DriftReport } from '#schemas/domain/drift-report.ts';
import type { Failure } from '#schemas/domain/failure.ts';
import type { FileCheck } from '../../drift/drift-checker.ts';

export interface ToDriftWorker {
  readonly check: FileCheck;
  /** A folder that goes away afterwards. */
  readonly spill: string;
}

export type FromDriftWorker =
  /** It hears what it is told from now on. */
  | { readonly ready: true }
  | { readonly report: DriftReport }
  | { readonly failure: Failure }
  | { readonly done: number; readonly total: number };

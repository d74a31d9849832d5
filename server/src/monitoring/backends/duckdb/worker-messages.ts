import type { DriftDetails } from '#schemas/domain/drift-details.ts';
import type { DriftReport } from '#schemas/domain/drift-report.ts';
import type { Failure } from '#schemas/domain/failure.ts';
import type { DescriptionRequest } from '../../drift/describe-columns.ts';
import type { FileCheck, FilePair } from '../../drift/drift-checker.ts';

/** Compares files, or describes columns of them. */
export type DriftTask =
  | { readonly check: FileCheck }
  | { readonly files: FilePair; readonly describe: DescriptionRequest };

export interface ToDriftWorker {
  readonly task: DriftTask;
  /** A folder that goes away afterwards. */
  readonly spill: string;
}

export type FromDriftWorker =
  /** It hears what it is told from now on. */
  | { readonly ready: true }
  | { readonly report: DriftReport }
  | { readonly details: readonly DriftDetails[] }
  | { readonly failure: Failure }
  | { readonly done: number; readonly total: number };

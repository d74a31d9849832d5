import type { DriftDetails } from '#schemas/domain/drift-details.ts';
import type { DriftProfile } from '#schemas/domain/drift-profile.ts';
import type { DriftReport } from '#schemas/domain/drift-report.ts';
import type { Failure } from '#schemas/domain/failure.ts';
import type { DescriptionRequest } from '../../drift/describe-columns.ts';
import type { FileCheck, FilePair } from '../../drift/drift-checker.ts';
import type { ProfileRequest } from '../../drift/profile/profile-request.ts';
import type { Performance, PerformanceRequest } from '../../performance/performance-request.ts';

/** What a thread is started for. */
export type DataTask =
  | { readonly kind: 'drift'; readonly check: FileCheck }
  | { readonly kind: 'details'; readonly files: FilePair; readonly describe: DescriptionRequest }
  | { readonly kind: 'performance'; readonly request: PerformanceRequest }
  | { readonly kind: 'profile'; readonly request: ProfileRequest };

export type DataResult =
  | { readonly kind: 'drift'; readonly report: DriftReport }
  | { readonly kind: 'details'; readonly details: readonly DriftDetails[] }
  | { readonly kind: 'performance'; readonly measured: readonly Performance[] }
  | { readonly kind: 'profile'; readonly profile: DriftProfile };

export interface ToDataWorker {
  readonly task: DataTask;
  /** A folder that goes away afterwards. */
  readonly spill: string;
}

export type FromDataWorker =
  /** It hears what it is told from now on. */
  | { readonly ready: true }
  | { readonly result: DataResult }
  | { readonly failure: Failure }
  | { readonly done: number; readonly total: number };

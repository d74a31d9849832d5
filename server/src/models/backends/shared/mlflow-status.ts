import type { MlflowVersionRecord } from './mlflow-records.ts';

/** A status as MLflow writes it. Old stores have none: those versions are ready; what is unknown is not. */
export function versionStatus(text: string | null | undefined): MlflowVersionRecord['status'] {
  if (!text || text === 'READY') return 'READY';
  return text === 'FAILED_REGISTRATION' ? 'FAILED_REGISTRATION' : 'PENDING_REGISTRATION';
}

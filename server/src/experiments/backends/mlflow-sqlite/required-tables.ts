import type { RequiredTables } from '../../../platform/mlflow/database-schema.ts';

/** Without these nothing can be shown; all else is optional. */
export const requiredTables: RequiredTables = {
  experiments: ['experiment_id', 'name', 'lifecycle_stage', 'artifact_location'],
  runs: ['run_uuid', 'status', 'start_time', 'end_time', 'lifecycle_stage', 'artifact_uri', 'experiment_id'],
  metrics: ['run_uuid', 'key', 'value', 'timestamp'],
  latest_metrics: ['run_uuid', 'key', 'value', 'timestamp'],
  params: ['run_uuid', 'key', 'value'],
  tags: ['run_uuid', 'key', 'value'],
};

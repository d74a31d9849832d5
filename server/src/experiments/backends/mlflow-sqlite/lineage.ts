import type { Database } from '../../../platform/mlflow/database-connection.ts';
import type { DatasetRecord, LoggedModelRecord } from '../../tracking-store.ts';
import { modelStatus } from '../shared/model-status.ts';
import { grouped, LIST_CHARACTERS, PAGE_CHARACTERS, requireRun } from './reader.ts';
import { cutSql, metricNumber, numberOrNull, text, textOrNull, timeSql } from './rows.ts';

export function datasets(database: Database, runId: string): readonly DatasetRecord[] {
  requireRun(database, runId);
  const { schema } = database;
  if (!schema.has('datasets') || !schema.has('inputs')) return [];
  const context = schema.has('input_tags')
    ? `(SELECT t.value FROM input_tags t WHERE t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context')`
    : 'NULL';
  const rows = database.rows(
    `SELECT d.name, d.digest, d.dataset_source_type, ${cutSql('d.dataset_source', PAGE_CHARACTERS)},
       ${cutSql('d.dataset_schema', PAGE_CHARACTERS)}, ${cutSql('d.dataset_profile', PAGE_CHARACTERS)}, ${context}
     FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id
     WHERE i.destination_type = 'RUN' AND i.destination_id = ?
     ORDER BY d.name, d.digest, i.input_uuid`,
    runId,
  );
  return rows.map(([name, digest, sourceType, source, columns, profile, usedFor]) => ({
    name: text(name),
    digest: text(digest),
    sourceType: text(sourceType),
    source: text(source),
    schema: textOrNull(columns),
    profile: textOrNull(profile),
    context: textOrNull(usedFor),
  }));
}

export function loggedModels(database: Database, runId: string): readonly LoggedModelRecord[] {
  requireRun(database, runId);
  const { schema } = database;
  if (!schema.has('logged_models', 'source_run_id')) return [];
  const rows = database.rows(
    `SELECT model_id, name, status, model_type, artifact_location, ${timeSql('creation_timestamp_ms')}
     FROM logged_models WHERE source_run_id = ? AND coalesce(lifecycle_stage, 'active') = 'active'
     ORDER BY creation_timestamp_ms DESC, model_id`,
    runId,
  );
  const ids = JSON.stringify(rows.map(([id]) => text(id)));
  const params = modelTexts(database, 'param', ids);
  const tags = modelTexts(database, 'tag', ids);
  const metrics = modelMetrics(database, ids);
  return rows.map(([modelId, name, state, type, location, created]) => {
    const id = text(modelId);
    return {
      id,
      name: text(name),
      status: modelStatus(text(state)),
      modelType: textOrNull(type),
      artifactUri: text(location),
      createdAt: numberOrNull(created),
      params: params.get(id) ?? new Map(),
      metrics: [...(metrics.get(id)?.values() ?? [])],
      tags: tags.get(id) ?? new Map(),
    };
  });
}

function modelTexts(database: Database, kind: 'param' | 'tag', ids: string): Map<string, Map<string, string>> {
  if (!database.schema.has(`logged_model_${kind}s`)) return new Map();
  const rows = database.rows(
    `SELECT model_id, ${kind}_key, ${cutSql(`${kind}_value`, LIST_CHARACTERS)} FROM logged_model_${kind}s
     WHERE model_id IN (SELECT value FROM json_each(?))`,
    ids,
  );
  return grouped(rows, ([id, key, value]) => [text(id), text(key), text(value)]);
}

type ModelMetric = LoggedModelRecord['metrics'][number];

/** The last value of each metric on each dataset. */
function modelMetrics(database: Database, ids: string): Map<string, Map<string, ModelMetric>> {
  if (!database.schema.has('logged_model_metrics')) return new Map();
  const rows = database.rows(
    `SELECT model_id, metric_name, dataset_name, metric_value FROM logged_model_metrics
     WHERE model_id IN (SELECT value FROM json_each(?))
     ORDER BY metric_name, dataset_name, metric_step, metric_timestamp_ms`,
    ids,
  );
  return grouped(rows, ([id, metric, dataset, value]) => [
    text(id),
    JSON.stringify([metric, dataset]),
    { key: text(metric), value: metricNumber(value, false), dataset: textOrNull(dataset) },
  ]);
}

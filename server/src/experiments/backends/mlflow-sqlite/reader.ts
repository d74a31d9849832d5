import { z } from 'zod';
import { FailureError } from '../../../platform/failure.ts';
import type { Database } from '../../../platform/mlflow/database-connection.ts';
import type { RunSearch } from '../../search/query.ts';
import type {
  ExperimentRecord,
  MetricHistory,
  MetricValue,
  RunFields,
  RunPage,
  RunRecord,
  Step,
} from '../../tracking-store.ts';
import { decodePage, encodePage } from '../shared/page-token.ts';
import { cutSql, metricNumber, numberOrNull, stage, status, step, stepSql, text, textOrNull, timeSql } from './rows.ts';
import { searchQuery } from './search-sql.ts';

/** Longest values of params and tags, in characters: lists show the start of long ones, a run's page much more. */
export const LIST_CHARACTERS = 10_000;
export const PAGE_CHARACTERS = 1_000_000;

const EVERYTHING: RunFields = { params: null, metrics: null, tags: null };

export type View = 'active' | 'deleted' | 'all';

export interface MetricExtent {
  readonly min: number | null;
  readonly max: number | null;
  readonly count: number;
}

export function listExperiments(database: Database, view: View): readonly ExperimentRecord[] {
  const created = database.schema.has('experiments', 'creation_time') ? 'e.creation_time DESC, ' : '';
  const rows = database.rows(
    `SELECT CAST(e.experiment_id AS TEXT), e.name, e.lifecycle_stage, e.artifact_location, n.runs
     FROM experiments e
     LEFT JOIN (SELECT experiment_id, count(*) AS runs FROM runs WHERE lifecycle_stage = 'active' GROUP BY experiment_id) n
       ON n.experiment_id = e.experiment_id
     WHERE ? = 'all' OR e.lifecycle_stage = ?
     ORDER BY ${created}e.experiment_id`,
    view,
    view,
  );
  return rows.map(([id, name, lifecycle, location, runs]) => ({
    id: text(id),
    name: text(name),
    lifecycleStage: stage(lifecycle),
    artifactLocation: textOrNull(location),
    runs: numberOrNull(runs) ?? 0,
  }));
}

const position = z.object({ offset: z.int().nonnegative() });

export interface SearchOptions {
  readonly limit: number;
  readonly page: string | null;
  readonly fields?: RunFields | undefined;
}

export function searchRuns(database: Database, search: RunSearch, options: SearchOptions): RunPage {
  const offset = options.page === null ? 0 : decodePage(options.page, search, position).offset;
  // One more than asked for tells whether there is another page.
  const { sql, parameters } = searchQuery(search, { limit: options.limit + 1, offset }, database.schema);
  const ids = database.rows(sql, ...parameters).map(([id]) => text(id));
  const page = ids.slice(0, options.limit);
  return {
    runs: readRuns(database, page, { fields: options.fields ?? EVERYTHING, characters: LIST_CHARACTERS }),
    nextPage: ids.length > options.limit ? encodePage(search, { offset: offset + options.limit }) : null,
  };
}

export function getRuns(database: Database, ids: readonly string[]): readonly RunRecord[] {
  const unique = [...new Set(ids)];
  const characters = unique.length === 1 ? PAGE_CHARACTERS : LIST_CHARACTERS;
  const runs = new Map(readRuns(database, unique, { fields: EVERYTHING, characters }).map((run) => [run.id, run]));
  return ids.map((id) => runs.get(id) ?? throwNoRun(id));
}

function throwNoRun(id: string): never {
  throw new FailureError('not-found', `There is no run ${id} in this store.`);
}

export function requireRun(database: Database, id: string): void {
  if (database.rows('SELECT 1 FROM runs WHERE run_uuid = ?', id).length === 0) throwNoRun(id);
}

/** The runs of these ids that exist, in the order of the ids. */
function readRuns(
  database: Database,
  ids: readonly string[],
  { fields, characters }: { fields: RunFields; characters: number },
): readonly RunRecord[] {
  if (ids.length === 0) return [];
  const list = JSON.stringify(ids);
  const params = readTexts(database, 'params', list, { keys: fields.params, characters });
  const tags = readTexts(database, 'tags', list, { keys: fields.tags, characters });
  const metrics = readLatestMetrics(database, list, fields.metrics);
  const has = (column: string): string => (database.schema.has('runs', column) ? `r.${column}` : 'NULL');
  const rows = database.rows(
    `SELECT r.run_uuid,
       coalesce(nullif(${has('name')}, ''), (SELECT t.value FROM tags t WHERE t.run_uuid = r.run_uuid AND t.key = 'mlflow.runName')),
       CAST(r.experiment_id AS TEXT), r.status, ${timeSql('r.start_time')}, ${timeSql('r.end_time')}, r.lifecycle_stage,
       ${has('user_id')}, r.artifact_uri
     FROM json_each(?) wanted JOIN runs r ON r.run_uuid = wanted.value
     ORDER BY wanted.key`,
    list,
  );
  return rows.map(([runId, name, experiment, state, start, end, lifecycle, user, artifacts]) => {
    const id = text(runId);
    return {
      id,
      name: text(name),
      experimentId: text(experiment),
      status: status(state),
      startTime: numberOrNull(start),
      endTime: numberOrNull(end),
      lifecycleStage: stage(lifecycle),
      userId: textOrNull(user),
      artifactUri: textOrNull(artifacts),
      params: params.get(id) ?? new Map(),
      metrics: metrics.get(id) ?? new Map(),
      tags: tags.get(id) ?? new Map(),
    };
  });
}

/** `AND key IN …` with its parameter, or nothing where all keys are wanted. */
function keyFilter(keys: readonly string[] | null, column = 'key'): { sql: string; parameters: readonly string[] } {
  if (keys === null) return { sql: '', parameters: [] };
  return { sql: `AND ${column} IN (SELECT value FROM json_each(?))`, parameters: [JSON.stringify(keys)] };
}

function readTexts(
  database: Database,
  table: 'params' | 'tags',
  ids: string,
  { keys, characters }: { keys: readonly string[] | null; characters: number },
): Map<string, Map<string, string>> {
  if (keys?.length === 0) return new Map();
  const filter = keyFilter(keys);
  const rows = database.rows(
    `SELECT run_uuid, key, ${cutSql('value', characters)} FROM ${table}
     WHERE run_uuid IN (SELECT value FROM json_each(?)) ${filter.sql}`,
    ids,
    ...filter.parameters,
  );
  return grouped(rows, ([id, key, value]) => [text(id), text(key), text(value)]);
}

function readLatestMetrics(
  database: Database,
  ids: string,
  keys: readonly string[] | null,
): Map<string, Map<string, MetricValue>> {
  if (keys?.length === 0) return new Map();
  const filter = keyFilter(keys);
  const has = (column: string, otherwise: string): string =>
    database.schema.has('latest_metrics', column) ? column : otherwise;
  const rows = database.rows(
    `SELECT run_uuid, key, value, ${has('is_nan', '0')}, ${stepSql(has('step', '0'))}, ${timeSql('timestamp')}
     FROM latest_metrics WHERE run_uuid IN (SELECT value FROM json_each(?)) ${filter.sql}`,
    ids,
    ...filter.parameters,
  );
  return grouped(rows, ([id, key, value, isNan, at, time]) => [
    text(id),
    text(key),
    { value: metricNumber(value, isNan), step: step(at), timestamp: numberOrNull(time) ?? 0 },
  ]);
}

export function grouped<T>(
  rows: readonly (readonly unknown[])[],
  entry: (row: readonly unknown[]) => readonly [string, string, T],
): Map<string, Map<string, T>> {
  const groups = new Map<string, Map<string, T>>();
  for (const row of rows) {
    const [group, key, value] = entry(row);
    let entries = groups.get(group);
    if (!entries) {
      entries = new Map();
      groups.set(group, entries);
    }
    entries.set(key, value);
  }
  return groups;
}

export function metricHistory(database: Database, runId: string, key: string): MetricHistory {
  requireRun(database, runId);
  const has = (column: string): boolean => database.schema.has('metrics', column);
  const order = ['step', 'timestamp', 'is_nan', 'value'].filter(has).join(', ');
  const rows = database.rows(
    `SELECT ${stepSql(has('step') ? 'step' : '0')}, ${timeSql('timestamp')}, value, ${has('is_nan') ? 'is_nan' : '0'}
     FROM metrics WHERE run_uuid = ? AND key = ? ORDER BY ${order}`,
    runId,
    key,
  );
  const steps: Step[] = new Array(rows.length);
  const timestamps: number[] = new Array(rows.length);
  const values: number[] = new Array(rows.length);
  for (const [index, [at, time, value, isNan]] of rows.entries()) {
    steps[index] = step(at);
    timestamps[index] = numberOrNull(time) ?? 0;
    values[index] = metricNumber(value, isNan);
  }
  return { steps, timestamps, values };
}

export function metricExtent(
  database: Database,
  runIds: readonly string[],
  keys: readonly string[] | null,
): ReadonlyMap<string, ReadonlyMap<string, MetricExtent>> {
  const filter = keyFilter(keys);
  const value = database.schema.has('metrics', 'is_nan') ? 'CASE WHEN is_nan THEN NULL ELSE value END' : 'value';
  const rows = database.rows(
    `SELECT run_uuid, key, min(${value}), max(${value}), count(*) FROM metrics
     WHERE run_uuid IN (SELECT value FROM json_each(?)) ${filter.sql} GROUP BY run_uuid, key`,
    JSON.stringify(runIds),
    ...filter.parameters,
  );
  return grouped(rows, ([id, key, min, max, count]) => [
    text(id),
    text(key),
    { min: numberOrNull(min), max: numberOrNull(max), count: numberOrNull(count) ?? 0 },
  ]);
}

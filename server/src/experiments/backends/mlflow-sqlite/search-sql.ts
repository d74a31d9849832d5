import type { SQLInputValue } from 'node:sqlite';
import type { StoreSchema } from '../../../platform/mlflow/database-schema.ts';
import type { Condition, OrderBy, RunSearch } from '../../search/query.ts';

/** A statement with the values of its placeholders, in their order. */
export interface Query {
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
}

const ATTRIBUTE_COLUMNS: Readonly<Record<string, string>> = {
  run_id: 'r.run_uuid',
  run_name: 'r.name',
  status: 'r.status',
  user_id: 'r.user_id',
  artifact_uri: 'r.artifact_uri',
  start_time: 'r.start_time',
  end_time: 'r.end_time',
};

const TABLES = { metric: 'latest_metrics', param: 'params', tag: 'tags' } as const;

/** The ids of the runs that a search finds, in its order, from `offset` on. Same answer as MLflow's SQL store. */
export function searchQuery(search: RunSearch, range: { limit: number; offset: number }, schema: StoreSchema): Query {
  const parameters: SQLInputValue[] = [];
  const use = (value: SQLInputValue): string => {
    parameters.push(value);
    return '?';
  };
  const orders = search.orderBy.map((order, index) => orderClause(order, `o${index}`, use, schema));
  const conditions = [
    ...scopeConditions(search, use),
    ...search.conditions.map((condition) => conditionSql(condition, use, schema)),
  ];
  const sql = [
    'SELECT r.run_uuid FROM runs r',
    ...orders.map((order) => order.join),
    conditions.length === 0 ? '' : `WHERE ${conditions.join('\n  AND ')}`,
    `ORDER BY ${[...orders.map((order) => order.by), ...defaultOrder(search.orderBy)].join(', ')}`,
    `LIMIT ${use(range.limit)} OFFSET ${use(range.offset)}`,
  ];
  return { sql: sql.filter((line) => line !== '').join('\n'), parameters };
}

type Use = (value: SQLInputValue) => string;

function scopeConditions(search: RunSearch, use: Use): string[] {
  const conditions: string[] = [];
  if (search.view !== 'all') conditions.push(`r.lifecycle_stage = ${use(search.view)}`);
  if (search.experimentIds.length > 0) {
    // Experiment ids of SQL stores are whole numbers: any other names none of these.
    const ids = search.experimentIds.filter((id) => /^\d{1,18}$/.test(id)).map(Number);
    conditions.push(`r.experiment_id IN (SELECT value FROM json_each(${use(JSON.stringify(ids))}))`);
  } else if (search.view === 'active') {
    conditions.push(`r.experiment_id IN (SELECT experiment_id FROM experiments WHERE lifecycle_stage = 'active')`);
  }
  return conditions;
}

function defaultOrder(orderBy: readonly OrderBy[]): string[] {
  const byStart = orderBy.some(({ entity, key }) => entity === 'attribute' && key === 'start_time');
  return byStart ? ['r.run_uuid'] : ['r.start_time DESC', 'r.run_uuid'];
}

function orderClause({ entity, key, descending }: OrderBy, alias: string, use: Use, schema: StoreSchema) {
  const direction = descending ? 'DESC' : 'ASC';
  if (entity === 'attribute') {
    const column = attributeColumn(key, schema);
    return { join: '', by: `${column} IS NULL, ${column} ${direction}` };
  }
  const nan = entity === 'metric' ? nanOf(alias, schema) : '0';
  return {
    join: `LEFT JOIN ${TABLES[entity]} ${alias} ON ${alias}.run_uuid = r.run_uuid AND ${alias}.key = ${use(key)}`,
    by: `CASE WHEN ${nan} THEN 1 WHEN ${alias}.value IS NULL THEN 2 ELSE 0 END, ${alias}.value ${direction}`,
  };
}

function attributeColumn(key: string, schema: StoreSchema): string {
  const column = ATTRIBUTE_COLUMNS[key] ?? 'NULL';
  return schema.has('runs', column.replace('r.', '')) ? column : 'NULL';
}

function nanOf(alias: string, schema: StoreSchema): string {
  return schema.has('latest_metrics', 'is_nan') ? `${alias}.is_nan` : '0';
}

function conditionSql(condition: Condition, use: Use, schema: StoreSchema): string {
  const { entity, key, comparator } = condition;
  if (entity === 'attribute' && key !== 'run_name') return comparison(attributeColumn(key, schema), condition, use);
  if (entity === 'dataset') return datasetSql(condition, use, schema);
  // MLflow compares a run's name through its tag: the column is empty in old stores.
  const table = entity === 'attribute' ? 'tags' : TABLES[entity];
  const of = `SELECT 1 FROM ${table} e WHERE e.run_uuid = r.run_uuid AND e.key = ${use(entity === 'attribute' ? 'mlflow.runName' : key)}`;
  if (comparator === 'IS NULL') return `NOT EXISTS (${of})`;
  if (comparator === 'IS NOT NULL') return `EXISTS (${of})`;
  const test = comparison('e.value', condition, use);
  if (entity !== 'metric') return `EXISTS (${of} AND ${test})`;
  // NaN is stored as 0 with a mark: it differs from everything and satisfies nothing else.
  const nan = nanOf('e', schema);
  return `EXISTS (${of} AND ${comparator === '!=' ? `(${test} OR ${nan})` : `${test} AND NOT ${nan}`})`;
}

function datasetSql(condition: Condition, use: Use, schema: StoreSchema): string {
  if (!schema.has('datasets') || !schema.has('inputs')) return '0';
  const byContext = condition.key === 'context';
  if (byContext && !schema.has('input_tags')) return '0';
  const tags = byContext ? `JOIN input_tags t ON t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context'` : '';
  const test = comparison(byContext ? 't.value' : `d.${condition.key}`, condition, use);
  return `r.run_uuid IN (SELECT i.destination_id FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id ${tags} WHERE ${test})`;
}

function comparison(column: string, { comparator, value }: Condition, use: Use): string {
  if (comparator === 'IN' || comparator === 'NOT IN') {
    return `${column} ${comparator} (SELECT value FROM json_each(${use(JSON.stringify(value))}))`;
  }
  const operand = use(typeof value === 'number' || typeof value === 'string' ? value : null);
  if (comparator === 'ILIKE') return `lower(${column}) LIKE lower(${operand})`;
  return `${column} ${comparator} ${operand}`;
}

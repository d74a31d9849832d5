import type { Comparator, SearchEntity } from './query.ts';

/**
 * The words of MLflow's search grammar (`SearchUtils` of mlflow 3.17): entity names with their aliases, attributes with
 * theirs, and which comparators go with what. Names are case-sensitive, keywords are not.
 */

const ENTITY_NAMES: ReadonlyMap<string, SearchEntity> = new Map([
  ['metric', 'metric'],
  ['metrics', 'metric'],
  ['param', 'param'],
  ['params', 'param'],
  ['parameter', 'param'],
  ['parameters', 'param'],
  ['tag', 'tag'],
  ['tags', 'tag'],
  ['attribute', 'attribute'],
  ['attributes', 'attribute'],
  ['attr', 'attribute'],
  ['run', 'attribute'],
  ['dataset', 'dataset'],
  ['datasets', 'dataset'],
]);

/** Attributes a filter may name, by every spelling MLflow takes. */
const FILTER_ATTRIBUTES: ReadonlyMap<string, string> = new Map([
  ['run_id', 'run_id'],
  ['run_name', 'run_name'],
  ['run name', 'run_name'],
  ['Run name', 'run_name'],
  ['Run Name', 'run_name'],
  ['status', 'status'],
  ['user_id', 'user_id'],
  ['artifact_uri', 'artifact_uri'],
  ['start_time', 'start_time'],
  ['created', 'start_time'],
  ['Created', 'start_time'],
  ['end_time', 'end_time'],
]);

/** MLflow does not take the spellings with a space in an order. */
const ORDER_ATTRIBUTES: ReadonlyMap<string, string> = new Map(
  [...FILTER_ATTRIBUTES].filter(([spelling]) => !spelling.includes(' ')),
);

const DATASET_KEYS: readonly string[] = ['name', 'digest', 'context'];

const NUMERIC: readonly Comparator[] = ['=', '!=', '<', '<=', '>', '>='];
const TEXT_OR_NULL: readonly Comparator[] = ['=', '!=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'];
const TEXT: readonly Comparator[] = ['=', '!=', 'LIKE', 'ILIKE'];
const TEXT_OR_LIST: readonly Comparator[] = [...TEXT, 'IN', 'NOT IN'];

/** The entity of a name as written; null for a word that is none. */
export function entityOf(name: string): SearchEntity | null {
  return ENTITY_NAMES.get(name) ?? null;
}

/** MLflow's own name of an attribute as written in a filter or an order; null where it knows none. */
export function attributeOf(spelling: string, use: 'filter' | 'order'): string | null {
  return (use === 'filter' ? FILTER_ATTRIBUTES : ORDER_ATTRIBUTES).get(spelling) ?? null;
}

export function isDatasetKey(key: string): boolean {
  return DATASET_KEYS.includes(key);
}

/** Whether values of this entity and key are numbers. `key` is normalised. */
export function isNumeric(entity: SearchEntity, key: string): boolean {
  return entity === 'metric' || (entity === 'attribute' && (key === 'start_time' || key === 'end_time'));
}

/** The comparators MLflow takes for an entity and a normalised key. Only `run_id` and datasets compare with a list. */
export function comparatorsOf(entity: SearchEntity, key: string): readonly Comparator[] {
  if (isNumeric(entity, key)) return NUMERIC;
  if (entity === 'param' || entity === 'tag') return TEXT_OR_NULL;
  return entity === 'dataset' || key === 'run_id' ? TEXT_OR_LIST : TEXT;
}

/** What may stand where an entity or attribute is expected, for messages and completion. */
export const ENTITIES_IN_WORDS = 'metrics.<key>, params.<key>, tags.<key>, attributes.<name> or datasets.<name>';
export const ATTRIBUTES_IN_WORDS = 'run_id, run_name, status, user_id, artifact_uri, start_time and end_time';
export const DATASET_KEYS_IN_WORDS = 'name, digest and context';

/** What a comparison looks at. Attributes are normalised to MLflow's names (`start_time`, `run_name`, `run_id`, …). */
export type SearchEntity = 'attribute' | 'metric' | 'param' | 'tag' | 'dataset';

export type Comparator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'LIKE'
  | 'ILIKE'
  | 'IN'
  | 'NOT IN'
  | 'IS NULL'
  | 'IS NOT NULL';

/** One condition. `value`: a number for metrics and numeric attributes, text or a list of texts otherwise, null for IS [NOT] NULL. */
export interface Condition {
  readonly entity: SearchEntity;
  readonly key: string;
  readonly comparator: Comparator;
  readonly value: number | string | readonly string[] | null;
}

export interface OrderBy {
  readonly entity: 'attribute' | 'metric' | 'param' | 'tag';
  readonly key: string;
  readonly descending: boolean;
}

/** A parsed search: one parser makes it, each back end evaluates it. */
export interface RunSearch {
  /** Empty: all experiments; of the `active` view, the active ones alone. */
  readonly experimentIds: readonly string[];
  /** All must hold. */
  readonly conditions: readonly Condition[];
  readonly orderBy: readonly OrderBy[];
  readonly view: 'active' | 'deleted' | 'all';
}

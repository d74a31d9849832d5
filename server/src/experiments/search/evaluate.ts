import type { DatasetRecord, RunRecord } from '../tracking-store.ts';
import { likeMatcher } from './like.ts';
import type { Condition, OrderBy } from './query.ts';

/** What conditions look at; a {@link RunRecord} has all of it. */
export type SearchableRun = Pick<
  RunRecord,
  'id' | 'name' | 'status' | 'startTime' | 'endTime' | 'userId' | 'artifactUri' | 'params' | 'metrics' | 'tags'
>;
type SearchableDataset = Pick<DatasetRecord, 'name' | 'digest' | 'context'>;

export type RunMatcher = (run: SearchableRun, datasets?: readonly SearchableDataset[]) => boolean;

/**
 * A test of all conditions, as MLflow evaluates them: what a run lacks satisfies no condition but IS NULL, a NaN metric
 * none but `!=`, and a dataset condition holds if one of the run's datasets satisfies it. ILIKE ignores the case of
 * letters of every script, as MLflow's file store does (its SQL stores: what the database can).
 */
export function runMatcher(conditions: readonly Condition[]): RunMatcher {
  const tests = conditions.map(conditionTest);
  return (run, datasets = []) => tests.every((test) => test(run, datasets));
}

/** Whether a run satisfies all conditions; see {@link runMatcher}, which is quicker for many runs. */
export function matches(
  run: SearchableRun,
  conditions: readonly Condition[],
  datasets: readonly SearchableDataset[] = [],
): boolean {
  return runMatcher(conditions)(run, datasets);
}

type Test = (run: SearchableRun, datasets: readonly SearchableDataset[]) => boolean;

function conditionTest(condition: Condition): Test {
  const { entity, key, comparator } = condition;
  if (comparator === 'IS NULL') return (run) => fieldOf(run, entity, key) === null;
  if (comparator === 'IS NOT NULL') return (run) => fieldOf(run, entity, key) !== null;
  const test = valueTest(condition);
  if (entity === 'dataset') return (_, datasets) => datasets.some((dataset) => test(datasetField(dataset, key)));
  return (run) => test(fieldOf(run, entity, key));
}

function valueTest({ comparator, value }: Condition): (actual: string | number | null) => boolean {
  if (comparator === 'LIKE' || comparator === 'ILIKE') {
    const like = likeMatcher(String(value), { ignoreCase: comparator === 'ILIKE' });
    return (actual) => typeof actual === 'string' && like(actual);
  }
  if (comparator === 'IN' || comparator === 'NOT IN') {
    const wanted = new Set<unknown>(Array.isArray(value) ? value : []);
    return (actual) => actual !== null && wanted.has(actual) === (comparator === 'IN');
  }
  const compare = COMPARISONS.get(comparator);
  return (actual) => actual !== null && compare?.(actual, value) === true;
}

type Comparison = (actual: string | number, wanted: Condition['value']) => boolean;

const numeric =
  (compare: (a: number, b: number) => boolean): Comparison =>
  (actual, wanted) =>
    typeof actual === 'number' && typeof wanted === 'number' && compare(actual, wanted);

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ['=', (actual, wanted) => actual === wanted],
  ['!=', (actual, wanted) => actual !== wanted],
  ['<', numeric((a, b) => a < b)],
  ['<=', numeric((a, b) => a <= b)],
  ['>', numeric((a, b) => a > b)],
  ['>=', numeric((a, b) => a >= b)],
]);

function datasetField(dataset: SearchableDataset, key: string): string | null {
  if (key === 'name') return dataset.name;
  return key === 'digest' ? dataset.digest : dataset.context;
}

function fieldOf(run: SearchableRun, entity: Condition['entity'], key: string): string | number | null {
  switch (entity) {
    case 'metric':
      return run.metrics.get(key)?.value ?? null;
    case 'param':
      return run.params.get(key) ?? null;
    case 'tag':
      return run.tags.get(key) ?? null;
    case 'attribute':
      return attributeOfRun(run, key);
    case 'dataset':
      return null;
  }
}

function attributeOfRun(run: SearchableRun, key: string): string | number | null {
  switch (key) {
    case 'run_id':
      return run.id;
    case 'run_name':
      return run.name;
    case 'status':
      return run.status;
    case 'start_time':
      return run.startTime;
    case 'end_time':
      return run.endTime;
    case 'user_id':
      return run.userId;
    case 'artifact_uri':
      return run.artifactUri;
    default:
      return null;
  }
}

/**
 * MLflow's order of runs: by the clauses one after another, then newest start first, then run id. In either direction
 * NaN comes after all numbers and what a run lacks comes last. Text is ordered by code points, as MLflow's stores do.
 */
export function compareRuns(orderBy: readonly OrderBy[]): (a: SearchableRun, b: SearchableRun) => number {
  const clauses = [...orderBy];
  if (!orderBy.some(({ entity, key }) => entity === 'attribute' && key === 'start_time')) clauses.push(NEWEST_FIRST);
  return (a, b) => {
    for (const { entity, key, descending } of clauses) {
      const order = compareValues(fieldOf(a, entity, key), fieldOf(b, entity, key), descending);
      if (order !== 0) return order;
    }
    return compareText(a.id, b.id);
  };
}

const NEWEST_FIRST: OrderBy = { entity: 'attribute', key: 'start_time', descending: true };

function compareValues(a: string | number | null, b: string | number | null, descending: boolean): number {
  const missing = rank(a) - rank(b);
  if (missing !== 0 || rank(a) > 0) return missing;
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : compareText(String(a), String(b));
  // Two equal infinities differ by NaN.
  if (Number.isNaN(order) || order === 0) return 0;
  return descending ? -order : order;
}

function rank(value: string | number | null): number {
  if (value === null) return 2;
  return Number.isNaN(value) ? 1 : 0;
}

/** Orders text by code points: by UTF-16 units, characters beyond U+FFFF would come before some below. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return codeUnitOrder(left) - codeUnitOrder(right);
  }
  return a.length - b.length;
}

/** Lifts surrogates above the rest of the basic plane, which makes UTF-16 order that of code points. */
function codeUnitOrder(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

import { FailureError } from '../../platform/failure.ts';
import {
  ATTRIBUTES_IN_WORDS,
  attributeOf,
  comparatorsOf,
  DATASET_KEYS_IN_WORDS,
  ENTITIES_IN_WORDS,
  entityOf,
  isDatasetKey,
  isNumeric,
} from './grammar.ts';
import { parseTextList } from './list.ts';
import type { Comparator, Condition, OrderBy, RunSearch, SearchEntity } from './query.ts';
import { Scanner, type Token } from './scanner.ts';

/** What a user or a view asks for, as MLflow's API takes it. */
export interface RunSearchInput {
  /** MLflow's filter, such as ``metrics.acc > 0.9 AND params.`max depth` = '5'``. Absent or blank: all runs. */
  readonly filter?: string | null;
  /** Such as `metrics.acc DESC`. */
  readonly orderBy?: readonly string[];
  /** Absent or empty: all experiments. */
  readonly experimentIds?: readonly string[];
  readonly view?: RunSearch['view'];
}

/**
 * Parses a search in MLflow's grammar. As in MLflow: names are case-sensitive and keywords are not, text is taken as it
 * stands between its quotes (nothing is unescaped), `AND` is the only connective, and only `run_id` and datasets
 * compare with lists. Throws an `input` failure with the character position (from 1) and what was expected there.
 */
export function parseRunSearch(input: RunSearchInput): RunSearch {
  return {
    experimentIds: input.experimentIds ?? [],
    conditions: parseFilter(input.filter ?? ''),
    orderBy: parseOrderBy(input.orderBy ?? []),
    view: input.view ?? 'active',
  };
}

const FILTER_EXAMPLE = "metrics.accuracy > 0.9 AND params.`max depth` = '5' AND tags.owner LIKE 'an%'";

/** The conditions of a filter; see {@link parseRunSearch}. */
export function parseFilter(filter: string): readonly Condition[] {
  const scanner = new Scanner(filter, { name: 'The filter', example: FILTER_EXAMPLE });
  const conditions: Condition[] = [];
  while (!scanner.take('end')) {
    // MLflow drops every AND between, before and after conditions, missing or doubled ones too.
    if (!scanner.take('and')) conditions.push(parseCondition(scanner));
  }
  return conditions;
}

/** The order of a search; see {@link parseRunSearch}. A field that comes twice is refused, as MLflow does. */
export function parseOrderBy(clauses: readonly string[]): readonly OrderBy[] {
  const seen = new Set<string>();
  return clauses.map((clause) => {
    const order = parseOrder(clause);
    const name = `${order.entity}.${order.key}`;
    if (seen.has(name)) throw new FailureError('input', `The order names ${name} twice.`);
    seen.add(name);
    return order;
  });
}

function parseOrder(clause: string): OrderBy {
  const scanner = new Scanner(clause, { name: `The order “${clause}”`, example: 'metrics.accuracy DESC' });
  const path = scanner.take('path');
  if (!path) throw scanner.fail(`${ENTITIES_IN_WORDS.replace(/ or datasets.*/, '')}`);
  const field = parseField(scanner, path, 'order');
  if (field.entity === 'dataset') throw scanner.fail('something to sort by (not a dataset)', path.start);
  const direction = scanner.take('path');
  const word = direction?.text.toUpperCase() ?? 'ASC';
  if (direction && word !== 'ASC' && word !== 'DESC') throw scanner.fail('ASC or DESC', direction.start);
  if (!scanner.take('end')) throw scanner.fail(direction ? 'nothing more' : KEY_END_HINT);
  return { entity: field.entity, key: field.key, descending: word === 'DESC' };
}

const KEY_END_HINT = 'ASC, DESC or nothing (put keys with other characters than letters, digits, _ and . in backticks)';

function parseCondition(scanner: Scanner): Condition {
  const path = scanner.take('path');
  if (!path || /^(?:or|not)$/i.test(path.text)) {
    throw scanner.fail(`${ENTITIES_IN_WORDS} (only AND connects conditions: no OR, NOT or brackets)`, path?.start);
  }
  const { entity, key } = parseField(scanner, path, 'filter');
  const comparator = parseComparator(scanner, entity, key);
  return { entity, key, comparator, value: parseValue(scanner, { entity, key, comparator }) };
}

function parseField(scanner: Scanner, path: Token, use: 'filter' | 'order'): { entity: SearchEntity; key: string } {
  const dot = path.text.indexOf('.');
  const name = trim(path.text.slice(0, Math.max(dot, 0)), '`');
  const entity = dot < 0 ? 'attribute' : entityOf(name);
  if (!entity) throw scanner.fail(ENTITIES_IN_WORDS, path.start);
  const key = trim(trimQuotes(path.text.slice(dot + 1)), '`');
  if (entity === 'attribute') {
    const attribute = attributeOf(key, use);
    if (attribute) return { entity, key: attribute };
    const alternatives = dot < 0 ? `, or ${ENTITIES_IN_WORDS}` : '';
    throw scanner.fail(`one of the attributes ${ATTRIBUTES_IN_WORDS}${alternatives}`, path.start);
  }
  if (entity === 'dataset' && !isDatasetKey(key)) {
    throw scanner.fail(`one of the dataset fields ${DATASET_KEYS_IN_WORDS}`, path.start);
  }
  return { entity, key };
}

function parseComparator(scanner: Scanner, entity: SearchEntity, key: string): Comparator {
  const allowed = comparatorsOf(entity, key);
  const token = scanner.take('comparator');
  const comparator = allowed.find((candidate) => candidate === token?.text);
  if (comparator) return comparator;
  const hint = token ? '' : ' (put keys with other characters than letters, digits, _ and . in backticks)';
  throw scanner.fail(`one of ${allowed.join(', ')} after ${entity} ${key}${hint}`, token?.start);
}

function parseValue(scanner: Scanner, of: { entity: SearchEntity; key: string; comparator: Comparator }) {
  if (of.comparator === 'IS NULL' || of.comparator === 'IS NOT NULL') return null;
  if (isNumeric(of.entity, of.key)) {
    const token = scanner.take('number');
    if (!token) throw scanner.fail('a number such as 0.9, -2 or 1e-3');
    return Number(token.text);
  }
  if (of.comparator === 'IN' || of.comparator === 'NOT IN') {
    const token = scanner.take('list');
    if (!token) throw scanner.fail("a list of texts in quotes such as ('a', 'b')");
    return parseTextList(token, scanner);
  }
  return parseText(scanner);
}

function parseText(scanner: Scanner): string {
  const quoted = scanner.take('text')?.text ?? scanner.take('path')?.text ?? '';
  const text = trimQuotes(quoted);
  if (text === quoted) {
    throw scanner.fail("a text in single or double quotes such as 'adam'", scanner.position - quoted.length);
  }
  return text;
}

function trimQuotes(text: string): string {
  return text.startsWith("'") ? trim(text, "'") : trim(text, '"');
}

function trim(text: string, quote: string): string {
  return text.length >= 2 && text.startsWith(quote) && text.endsWith(quote) ? text.slice(1, -1) : text;
}

import { isDeepStrictEqual } from 'node:util';
import { FailureError } from '../../platform/failure.ts';
import { parseFilter, parseOrderBy } from './parse.ts';
import type { Condition, OrderBy, RunSearch } from './query.ts';

/** A search as MLflow's REST API takes it. */
export interface MlflowSearch {
  readonly filter: string;
  readonly orderBy: readonly string[];
}

/**
 * Writes conditions and order in MLflow's grammar; {@link parseRunSearch} reads the same search back. Text that MLflow's
 * grammar has no way to write (both kinds of quote in one value, a backtick in a key) is an `unsupported` failure.
 */
export function formatRunSearch(search: Pick<RunSearch, 'conditions' | 'orderBy'>): MlflowSearch {
  return { filter: formatFilter(search.conditions), orderBy: search.orderBy.map(formatOrder) };
}

/** The filter alone; see {@link formatRunSearch}. */
function formatFilter(conditions: readonly Condition[]): string {
  const filter = conditions.map(formatCondition).join(' AND ');
  const readBack = readOrNull(() => parseFilter(filter));
  if (!isDeepStrictEqual(readBack, conditions)) throw inexpressible('filter', filter);
  return filter;
}

function formatOrder(order: OrderBy): string {
  const clause = `${formatField(order)} ${order.descending ? 'DESC' : 'ASC'}`;
  if (
    !isDeepStrictEqual(
      readOrNull(() => parseOrderBy([clause])),
      [order],
    )
  )
    throw inexpressible('order', clause);
  return clause;
}

function formatCondition(condition: Condition): string {
  const start = `${formatField(condition)} ${condition.comparator}`;
  return condition.value === null ? start : `${start} ${formatValue(condition.value)}`;
}

const ENTITY_WORDS = { attribute: 'attributes', metric: 'metrics', param: 'params', tag: 'tags', dataset: 'datasets' };

function formatField({ entity, key }: Pick<Condition, 'entity' | 'key'>): string {
  const plain = entity === 'attribute' || entity === 'dataset';
  return `${ENTITY_WORDS[entity]}.${plain ? key : `\`${key}\``}`;
}

function formatValue(value: number | string | readonly string[]): string {
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'string') return quote(value);
  return `(${value.map(quotePython).join(', ')})`;
}

/** MLflow's grammar knows neither `+` in an exponent nor the names of infinities; 1e999 reads as one. */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '1e999' : '-1e999';
  return Object.is(value, -0) ? '-0.0' : String(value).replace('e+', 'e');
}

/** Nothing is escaped in MLflow's texts: the other quote is all there is. A backslash would swallow a closing `'`. */
function quote(value: string): string {
  return value.includes("'") || value.endsWith('\\') ? `"${value}"` : `'${value}'`;
}

/** IN lists are Python literals, but pass a tokeniser first that knows `\'` and not `\\'`: quotes become hex. */
function quotePython(value: string): string {
  const escaped = value.replace(
    /[\\'"()\n\r\0]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `'${escaped}'`;
}

function readOrNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function inexpressible(what: string, text: string): FailureError {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return new FailureError('unsupported', `MLflow's search grammar can't express this ${what}: ${shown}`, {
    remedy: 'Use LIKE with _ in place of the quotes.',
  });
}

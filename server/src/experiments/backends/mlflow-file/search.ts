import { z } from 'zod';
import { FailureError } from '../../../platform/failure.ts';
import { compareRuns, runMatcher } from '../../search/evaluate.ts';
import type { Condition, OrderBy, RunSearch } from '../../search/query.ts';
import type { DatasetRecord, RunFields, RunPage, RunRecord } from '../../tracking-store.ts';
import { decodePage, encodePage } from '../shared/page-token.ts';
import type { RunHead } from './run-reader.ts';

/** What a search reads of a store. */
export interface SearchedStore {
  /** The runs of the experiments searched, of either lifecycle stage. */
  heads(): Promise<readonly RunHead[]>;
  record(head: RunHead, fields: RunFields | undefined): Promise<RunRecord>;
  datasets(head: RunHead): Promise<readonly DatasetRecord[]>;
  /** Runs the work for every run, a few at a time. */
  each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]>;
}

const position = z.object({ offset: z.int().positive() });

/**
 * MLflow's search on folders. Of runs that are only looked through, nothing is read but what the filter and the order
 * name; those of the page are read as asked.
 */
export async function searchFolders(
  store: SearchedStore,
  search: RunSearch,
  options: { limit: number; page: string | null; fields?: RunFields },
): Promise<RunPage> {
  const start = options.page === null ? 0 : decodePage(options.page, search, position).offset;
  if (!Number.isSafeInteger(options.limit) || options.limit < 1) {
    throw new FailureError('input', `A page can’t have ${options.limit} runs.`);
  }
  const heads = (await store.heads()).filter((head) => inView(head, search.view));
  const found = await select(store, heads, search);
  const compare = compareRuns(search.orderBy);
  found.sort((a, b) => compare(a.record, b.record));
  const end = start + options.limit;
  const runs = await store.each(found.slice(start, end), ({ head }) => store.record(head, options.fields));
  return { runs, nextPage: end < found.length ? encodePage(search, { offset: end }) : null };
}

interface Found {
  readonly head: RunHead;
  readonly record: RunRecord;
}

async function select(store: SearchedStore, heads: readonly RunHead[], search: RunSearch): Promise<Found[]> {
  const { conditions, orderBy } = search;
  const onHead = conditions.filter(isOfHead);
  const onRest = conditions.filter((condition) => !isOfHead(condition));
  const matchesHead = runMatcher(onHead);
  const matchesRest = runMatcher(onRest);
  const needsDatasets = onRest.some((condition) => condition.entity === 'dataset');
  const fields = fieldsOf([...onRest, ...orderBy]);
  const all = await store.each(heads, async (head): Promise<Found | null> => {
    const bare = await store.record(head, NO_FIELDS);
    if (!matchesHead(bare)) return null;
    const record = isEmpty(fields) ? bare : await store.record(head, fields);
    if (onRest.length === 0) return { head, record };
    const datasets = needsDatasets ? await store.datasets(head) : [];
    return matchesRest(record, datasets) ? { head, record } : null;
  });
  return all.filter((found) => found !== null);
}

const NO_FIELDS: RunFields = { params: [], metrics: [], tags: [] };

function isOfHead(condition: Condition): boolean {
  return condition.entity === 'attribute';
}

function fieldsOf(parts: readonly Pick<OrderBy | Condition, 'entity' | 'key'>[]): {
  params: string[];
  metrics: string[];
  tags: string[];
} {
  const keys = (entity: string): string[] => [
    ...new Set(parts.filter((part) => part.entity === entity).map((part) => part.key)),
  ];
  return { params: keys('param'), metrics: keys('metric'), tags: keys('tag') };
}

function isEmpty(fields: ReturnType<typeof fieldsOf>): boolean {
  return fields.params.length + fields.metrics.length + fields.tags.length === 0;
}

function inView(head: RunHead, view: RunSearch['view']): boolean {
  return view === 'all' || head.meta.lifecycle_stage === view;
}

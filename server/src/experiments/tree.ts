import { isSmallerBetter } from '#schemas/domain/metric-direction.ts';
import { toJsonNumber } from '#schemas/domain/number.ts';
import type { listTreeRuns, TreeRun } from '#schemas/protocol/experiments.ts';
import type { ParsedParamsOf, ResultOf } from '#schemas/protocol/request.ts';
import type { ViewState } from './folder-experiments.ts';
import type { MarkSet } from './marks.ts';
import { orderClauses } from './search/clauses.ts';
import { parseRunSearch } from './search/parse.ts';
import type { RunSearch } from './search/query.ts';
import { Snapshots } from './snapshots.ts';
import { type Tracker, withSignal } from './tracker.ts';
import { readChildren, TreeIndex, type TreeNode, type TreeStructure } from './tree-index.ts';

export type TreeQuery = Omit<ParsedParamsOf<typeof listTreeRuns>, 'folder' | 'tracker'>;
export type TreePage = ResultOf<typeof listTreeRuns>;

/** So many of the newest runs decide which metric describes an experiment's runs. */
const sampleSize = 100;
const keptTrees = 32;

/** Pages of the experiments tree. What was read of a tracker is kept until its revision changes. */
export class RunTree {
  readonly #indexes = new Snapshots<TreeIndex>(keptTrees);
  readonly #metrics = new Snapshots<string | null>(keptTrees);
  readonly #views = new Snapshots<ReadonlySet<string>>(keptTrees);

  /** Fails with `input` for a filter or order that MLflow's grammar refuses. */
  async page(tracker: Tracker, query: TreeQuery, state: ViewState, signal?: AbortSignal): Promise<TreePage> {
    const search = parseRunSearch({
      filter: query.filter,
      orderBy: orderClauses(query.orderBy),
      experimentIds: [query.experimentId],
      view: await this.#viewOf(tracker, query.experimentId, state.revision, signal),
    });
    const metric = query.metric ?? (await this.#commonMetric(tracker, search, state.revision, signal));
    const reading = { tracker, query, state, search, metric };
    const found = query.parent === null ? await this.#top(reading, signal) : await this.#children(reading, signal);
    const { nodes, nextPage } = takePage(found.nodes, query);
    const best = await this.#best({ tracker, nodes, metric, direction: query.direction }, signal);
    return {
      runs: nodes.map((node) =>
        toTreeRun(node, {
          tracker: tracker.name,
          metric,
          best: best.get(node.id) ?? null,
          marks: state.marks,
          hasChildren: found.hasChildren(node.id),
        }),
      ),
      nextPage,
      total: found.complete ? found.nodes.length : null,
    };
  }

  async #top(reading: Reading, signal?: AbortSignal): Promise<Found> {
    const { query, state } = reading;
    const index = await this.#index(reading, signal);
    const filter = filterOf(query, state.marks);
    let structure: TreeStructure = index.structure(filter);
    // One more than the page tells whether there is a next one.
    while (!index.complete && structure.top.length <= pageEnd(structure.top, query)) {
      await index.readMore(signal);
      structure = index.structure(filter);
    }
    return found(structure.top, structure, index.complete);
  }

  async #children(reading: Reading, signal?: AbortSignal): Promise<Found> {
    const { tracker, query, state, search, metric } = reading;
    const parent = query.parent ?? '';
    const index = await this.#index(reading, signal);
    const structure = index.structure(filterOf(query, state.marks));
    if (index.complete) return found(structure.children.get(parent) ?? [], structure, true);
    const { isHidden, isWanted } = filterOf(query, state.marks);
    const nodes = await readChildren(tracker, { search, parent, metric }, signal);
    return found(
      nodes.filter((node) => isWanted(node.id) && isHidden?.(node.id) !== true),
      structure,
      true,
    );
  }

  async #index({ tracker, state, search, metric }: Reading, signal?: AbortSignal): Promise<TreeIndex> {
    const name = JSON.stringify([search.experimentIds, search.conditions, search.orderBy, search.view, metric]);
    return this.#indexes.get(
      { tracker, revision: state.revision, name },
      async (shared) => {
        const index = new TreeIndex(tracker, search, metric);
        await index.readMore(shared);
        return index;
      },
      signal,
    );
  }

  /** The metric that most of the newest runs have; system metrics only where there is nothing else. */
  async #commonMetric(
    tracker: Tracker,
    search: RunSearch,
    revision: number,
    signal?: AbortSignal,
  ): Promise<string | null> {
    const [experimentId = ''] = search.experimentIds;
    return this.#metrics.get(
      { tracker, revision, name: experimentId },
      async (shared) => {
        const page = await tracker.store.searchRuns(
          { ...search, conditions: [], orderBy: [] },
          withSignal({ limit: sampleSize, page: null, fields: { params: [], metrics: null, tags: [] } }, shared),
        );
        return mostCommon(page.runs.map((run) => [...run.metrics.keys()]));
      },
      signal,
    );
  }

  /** A deleted experiment's runs are deleted as well: there, they are what there is to see. */
  async #viewOf(
    tracker: Tracker,
    experimentId: string,
    revision: number,
    signal?: AbortSignal,
  ): Promise<RunSearch['view']> {
    const deleted = await this.#views.get(
      { tracker, revision, name: 'deleted experiments' },
      async (shared) => {
        const experiments = await tracker.store.listExperiments(withSignal({ view: 'deleted' as const }, shared));
        return new Set(experiments.map(({ id }) => id));
      },
      signal,
    );
    return deleted.has(experimentId) ? 'all' : 'active';
  }

  async #best(
    of: { tracker: Tracker; nodes: readonly TreeNode[]; metric: string | null; direction: 'max' | 'min' | null },
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, number>> {
    const { tracker, nodes, metric, direction } = of;
    const having = nodes.filter((node) => node.last !== null).map((node) => node.id);
    if (metric === null || having.length === 0) return new Map();
    const extents = await tracker.store.metricExtent(having, [metric], signal);
    const best = new Map<string, number>();
    const end = direction ?? (isSmallerBetter(metric) ? 'min' : 'max');
    for (const [id, ofRun] of extents) {
      const value = ofRun.get(metric)?.[end];
      if (value !== null && value !== undefined) best.set(id, value);
    }
    return best;
  }
}

interface Reading {
  readonly tracker: Tracker;
  readonly query: TreeQuery;
  readonly state: ViewState;
  readonly search: RunSearch;
  readonly metric: string | null;
}

interface Found {
  readonly nodes: readonly TreeNode[];
  readonly complete: boolean;
  hasChildren(runId: string): boolean;
}

function found(nodes: readonly TreeNode[], structure: TreeStructure, complete: boolean): Found {
  return { nodes, complete, hasChildren: (runId) => structure.children.has(runId) };
}

function filterOf(query: TreeQuery, marks: MarkSet) {
  return {
    isHidden: query.showHidden || marks.empty ? null : (runId: string) => marks.of(runId).hidden,
    isWanted: query.starredOnly ? (runId: string) => marks.of(runId).starred : () => true,
  };
}

/** A page goes on after the last run of the one before, wherever that is now; where it is gone, at its old place. */
function pageStart(nodes: readonly TreeNode[], page: string | null): number {
  const match = /^(\d+):(.*)$/s.exec(page ?? '');
  if (!match) return 0;
  const last = nodes.findIndex((node) => node.id === match[2]);
  return last >= 0 ? last + 1 : Number(match[1]);
}

function pageEnd(nodes: readonly TreeNode[], query: TreeQuery): number {
  return pageStart(nodes, query.page) + query.limit;
}

function takePage(nodes: readonly TreeNode[], query: TreeQuery) {
  const end = pageEnd(nodes, query);
  const page = nodes.slice(pageStart(nodes, query.page), end);
  const last = page.at(-1);
  return { nodes: page, nextPage: end < nodes.length && last ? `${end}:${last.id}` : null };
}

function mostCommon(keysOfRuns: readonly (readonly string[])[]): string | null {
  const counts = new Map<string, number>();
  for (const keys of keysOfRuns) for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  const isSystem = (key: string) => Number(key.startsWith('system/'));
  const ranked = [...counts].sort(
    ([a, countOfA], [b, countOfB]) => isSystem(a) - isSystem(b) || countOfB - countOfA || (a < b ? -1 : 1),
  );
  return ranked[0]?.[0] ?? null;
}

function toTreeRun(
  node: TreeNode,
  context: { tracker: string; metric: string | null; best: number | null; marks: MarkSet; hasChildren: boolean },
): TreeRun {
  const { tracker, metric, best, marks, hasChildren } = context;
  return {
    ref: { tracker, runId: node.id },
    name: node.name,
    status: node.status,
    startTime: node.startTime,
    endTime: node.endTime,
    hasChildren,
    metric:
      metric === null || node.last === null
        ? null
        : { key: metric, last: toJsonNumber(node.last), best: best === null ? null : toJsonNumber(best) },
    marks: marks.of(node.id),
    deleted: node.deleted,
  };
}

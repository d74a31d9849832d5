import type { RunStatus } from '#schemas/domain/run.ts';
import type { RunSearch } from './search/query.ts';
import { isServer, type Tracker, withSignal } from './tracker.ts';
import type { RunFields, RunRecord } from './tracking-store.ts';

const parentTag = 'mlflow.parentRunId';

/** What the tree needs to know of a run. */
export interface TreeNode {
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly deleted: boolean;
  /** As tagged: that run may be anywhere. */
  readonly parent: string | null;
  /** The last value of the metric that the tree shows. */
  readonly last: number | null;
}

/** Runs of one search in its order, as the top level and the children of each. */
export interface TreeStructure {
  readonly top: readonly TreeNode[];
  readonly children: ReadonlyMap<string, readonly TreeNode[]>;
}

const pageOnDisk = 50_000;
const pageOnServer = 200;

/**
 * The runs of a search, read as far as it takes: a store on disk gives all at once, a server page by page. A run whose
 * parent does not belong to the search (filtered out, deleted, of another experiment) is at the top.
 */
export class TreeIndex {
  readonly #tracker: Tracker;
  readonly #search: RunSearch;
  readonly #metric: string | null;
  readonly #nodes = new Map<string, TreeNode>();
  /** Whether parents that were not read yet belong to the search. */
  readonly #ahead = new Map<string, boolean>();
  #nextPage: string | null = null;
  #started = false;

  constructor(tracker: Tracker, search: RunSearch, metric: string | null) {
    this.#tracker = tracker;
    this.#search = search;
    this.#metric = metric;
  }

  get complete(): boolean {
    return this.#started && this.#nextPage === null;
  }

  /** Reads the next page. Of two callers at once, one may read a page in vain. */
  async readMore(signal?: AbortSignal): Promise<void> {
    if (this.complete) return;
    const { store } = this.#tracker;
    const fields = fieldsFor(this.#metric);
    const limit = isServer(store) ? pageOnServer : pageOnDisk;
    const page = await store.searchRuns(this.#search, withSignal({ limit, page: this.#nextPage, fields }, signal));
    for (const run of page.runs) this.#nodes.set(run.id, toNode(run, this.#metric));
    this.#started = true;
    this.#nextPage = page.nextPage;
    await this.#lookAhead(signal);
  }

  /** The tree of the runs that were read and that `shown` lets pass; a hidden run takes its children along. */
  structure(shown: TreeFilter): TreeStructure {
    const kept = new Map([...this.#nodes].filter(([, node]) => this.#isShown(node, shown)));
    const top: TreeNode[] = [];
    const children = new Map<string, TreeNode[]>();
    for (const node of kept.values()) {
      const parent = this.#parentWithin(node, kept, shown);
      if (parent === null) {
        top.push(node);
      } else {
        const siblings = children.get(parent);
        if (siblings) siblings.push(node);
        else children.set(parent, [node]);
      }
    }
    return { top, children };
  }

  #isShown(node: TreeNode, shown: TreeFilter): boolean {
    if (!shown.isWanted(node.id)) return false;
    const { isHidden } = shown;
    return isHidden === null || !this.#selfAndAncestors(node).some(isHidden);
  }

  /** The parent to show a run under; null where it belongs at the top. */
  #parentWithin(node: TreeNode, kept: ReadonlyMap<string, TreeNode>, shown: TreeFilter): string | null {
    const { parent } = node;
    if (parent === null || this.#beginsCycle(node)) return null;
    if (kept.has(parent)) return parent;
    const comesLater = !this.#nodes.has(parent) && this.#ahead.get(parent) === true;
    return comesLater && shown.isWanted(parent) ? parent : null;
  }

  #selfAndAncestors(node: TreeNode): string[] {
    const seen = new Set<string>();
    let current: TreeNode | undefined = node;
    while (current && !seen.has(current.id)) {
      seen.add(current.id);
      current = current.parent === null ? undefined : this.#nodes.get(current.parent);
    }
    return [...seen];
  }

  /** Runs that are each other's parents would vanish: the first of them, by id, goes to the top. */
  #beginsCycle(node: TreeNode): boolean {
    const seen = new Set<string>([node.id]);
    let first = node.id;
    let current = node.parent === null ? undefined : this.#nodes.get(node.parent);
    while (current && !seen.has(current.id)) {
      seen.add(current.id);
      if (current.id < first) first = current.id;
      current = current.parent === null ? undefined : this.#nodes.get(current.parent);
    }
    return current === node && first === node.id;
  }

  /** Asks for parents that are still to come: they decide where their children belong. */
  async #lookAhead(signal?: AbortSignal): Promise<void> {
    if (this.complete) return;
    const open = new Set<string>();
    for (const { parent } of this.#nodes.values()) {
      if (parent !== null && !this.#nodes.has(parent) && !this.#ahead.has(parent)) open.add(parent);
    }
    if (open.size === 0) return;
    const ids = [...open];
    const isParent = { entity: 'attribute', key: 'run_id', comparator: 'IN', value: ids } as const;
    const page = await this.#tracker.store.searchRuns(
      { ...this.#search, conditions: [...this.#search.conditions, isParent] },
      withSignal({ limit: ids.length, page: null, fields: fieldsFor(null) }, signal),
    );
    for (const id of ids) this.#ahead.set(id, false);
    for (const run of page.runs) this.#ahead.set(run.id, true);
  }
}

export interface TreeFilter {
  /** Null where nothing is hidden. */
  readonly isHidden: ((runId: string) => boolean) | null;
  readonly isWanted: (runId: string) => boolean;
}

/** The children of a run within a search, asked for directly. */
export async function readChildren(
  tracker: Tracker,
  options: { search: RunSearch; parent: string; metric: string | null },
  signal?: AbortSignal,
): Promise<readonly TreeNode[]> {
  const { search, parent, metric } = options;
  const ofParent = { entity: 'tag', key: parentTag, comparator: '=', value: parent } as const;
  const conditions = [...search.conditions, ofParent];
  const nodes: TreeNode[] = [];
  let page: string | null = null;
  do {
    const answer = await tracker.store.searchRuns(
      { ...search, conditions },
      withSignal({ limit: pageOnServer, page, fields: fieldsFor(metric) }, signal),
    );
    nodes.push(...answer.runs.map((run) => toNode(run, metric)));
    page = answer.nextPage;
  } while (page !== null);
  return nodes;
}

function fieldsFor(metric: string | null): RunFields {
  return { params: [], metrics: metric === null ? [] : [metric], tags: [parentTag] };
}

function toNode(run: RunRecord, metric: string | null): TreeNode {
  return {
    id: run.id,
    name: run.name,
    status: run.status,
    startTime: run.startTime,
    endTime: run.endTime,
    deleted: run.lifecycleStage === 'deleted',
    parent: run.tags.get(parentTag) ?? null,
    last: metric === null ? null : (run.metrics.get(metric)?.value ?? null),
  };
}

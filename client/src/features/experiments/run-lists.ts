import type { TreeRun } from '#schemas/protocol/experiments.ts';
import type { RunListNode } from './nodes.ts';

/** The runs below one node, as far as they were fetched. */
export interface RunList {
  readonly node: RunListNode;
  readonly runs: readonly TreeRun[];
  readonly nextPage: string | null;
  readonly total: number | null;
}

interface RunPageRequest {
  readonly node: RunListNode;
  readonly page: string | null;
  /** How many to fetch at least; null: one page. */
  readonly limit: number | null;
}

type FetchPage = (
  request: RunPageRequest,
) => Promise<{ readonly runs: readonly TreeRun[]; readonly nextPage: string | null; readonly total: number | null }>;

/** Lists of runs that grow page by page, and that a refresh fetches again to the length they had. */
export class RunLists {
  private readonly lists = new Map<string, RunList>();
  private readonly stale = new Set<string>();
  private readonly pending = new Map<string, Promise<RunList>>();

  private readonly fetch: FetchPage;

  constructor(fetch: FetchPage) {
    this.fetch = fetch;
  }

  get(node: RunListNode): Promise<RunList> {
    const known = this.lists.get(node.id);
    if (known && !this.stale.has(node.id)) return Promise.resolve(known);
    return this.pending.get(node.id) ?? this.track(node.id, this.load(node, known?.runs.length ?? 0));
  }

  /** Fetches the next page and appends it. */
  async more(nodeId: string): Promise<void> {
    await this.pending.get(nodeId)?.catch(() => undefined);
    const list = this.lists.get(nodeId);
    if (!list || list.nextPage === null) return;
    await this.track(nodeId, this.appended(list));
  }

  /** Marks lists as out of date and gives their nodes. */
  invalidate(concerns: (list: RunList) => boolean): RunListNode[] {
    const nodes = [...this.lists.values()].filter(concerns).map(({ node }) => node);
    for (const { id } of nodes) {
      this.stale.add(id);
      this.pending.delete(id);
    }
    return nodes;
  }

  some(test: (list: RunList) => boolean): boolean {
    return [...this.lists.values()].some(test);
  }

  all(): Iterable<RunList> {
    return this.lists.values();
  }

  private async load(node: RunListNode, length: number): Promise<RunList> {
    const first = await this.fetch({ node, page: null, limit: length || null });
    let list: RunList = { node, ...first };
    while (list.runs.length < length && list.nextPage !== null) list = await this.appended(list);
    return list;
  }

  private async appended(list: RunList): Promise<RunList> {
    const next = await this.fetch({ node: list.node, page: list.nextPage, limit: null });
    // Runs that began meanwhile push others onto the next page: none is shown twice.
    const shown = new Set(list.runs.map(({ ref }) => ref.runId));
    return { node: list.node, ...next, runs: [...list.runs, ...next.runs.filter(({ ref }) => !shown.has(ref.runId))] };
  }

  /** Keeps what arrives, unless the list was asked for anew in the meantime. */
  private track(id: string, fetched: Promise<RunList>): Promise<RunList> {
    this.pending.set(id, fetched);
    const isCurrent = () => this.pending.get(id) === fetched;
    return fetched.then(
      (list) => {
        if (isCurrent()) {
          this.pending.delete(id);
          this.stale.delete(id);
          this.lists.set(id, list);
        }
        return list;
      },
      (error: unknown) => {
        if (isCurrent()) this.pending.delete(id);
        throw error;
      },
    );
  }
}

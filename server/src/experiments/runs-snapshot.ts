import { LRUCache } from 'lru-cache';
import type { RunStatus } from '#schemas/domain/run.ts';
import { giveWay } from '../platform/concurrency.ts';
import { SharedTask } from '../platform/shared-task.ts';
import type { RunSearch } from './search/query.ts';
import { ColumnStore, ColumnValues, fieldOf, fieldsOf, parseColumnId } from './table-columns.ts';
import { isServer, type Tracker, withSignal } from './tracker.ts';
import type { FieldSummary, RunFields, RunRecord } from './tracking-store.ts';
import { namesOf } from './wire.ts';

/** What every row of a table has. */
export interface RunRow {
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly experiment: string;
}

export interface SnapshotLimits {
  /** Values of params, metrics and tags kept in memory for one query: about 16 bytes each, beside the texts. */
  readonly cells: number;
  /** Columns read for sorting alone that are kept beside. */
  readonly columns: number;
}

const nothing: RunFields = { params: [], metrics: [], tags: [] };
const pageOnDisk = 50_000;
/** A server takes seconds for a thousand runs: what is seen first comes in a smaller page. */
const firstPageOnServer = 250;
const pageOnServer = 1_000;
/** Runs with all their fields are read in smaller pages: other requests have their turn in between. */
const pageOfAllFields = 1_000;

/**
 * The runs of one query at one revision. Of a store on disk all rows are in memory from the start, and columns are read
 * when they are asked for; which there are, a store tells by itself, or all are read in one pass. A server gives whole runs
 * only and takes its time: there, runs are read page by page in the order asked, as far as somebody looks.
 */
export class RunsSnapshot {
  readonly #tracker: Tracker;
  readonly #search: RunSearch;
  readonly #limits: SnapshotLimits;
  readonly #rows: RunRow[] = [];
  readonly #rowOf = new Map<string, number>();
  readonly #single: LRUCache<string, ColumnValues>;
  readonly #names: ReadonlyMap<string, string>;
  #nextPage: string | null = null;
  #growing: SharedTask<void> | null = null;
  #scan: SharedTask<ColumnStore> | null = null;
  #summaries: SharedTask<readonly FieldSummary[]> | null = null;
  #columns: ColumnStore | null = null;

  private constructor(
    of: { tracker: Tracker; search: RunSearch; limits: SnapshotLimits },
    names: ReadonlyMap<string, string>,
  ) {
    this.#tracker = of.tracker;
    this.#search = of.search;
    this.#limits = of.limits;
    this.#names = names;
    this.#single = new LRUCache({ max: of.limits.columns });
  }

  static async read(
    of: { tracker: Tracker; search: RunSearch; limits: SnapshotLimits },
    signal: AbortSignal,
  ): Promise<RunsSnapshot> {
    const { store } = of.tracker;
    const names = namesOf(await store.listExperiments({ view: 'all', signal }));
    const snapshot = new RunsSnapshot(of, names);
    if (isServer(store)) {
      snapshot.#columns = new ColumnStore(of.limits.cells);
      await snapshot.#readPage(firstPageOnServer, signal);
    } else {
      for await (const runs of readPages(of, { limit: pageOnDisk, fields: nothing }, signal)) snapshot.#take(runs);
    }
    return snapshot;
  }

  /** As far as they were read. */
  get rows(): readonly RunRow[] {
    return this.#rows;
  }

  get complete(): boolean {
    return this.#nextPage === null;
  }

  /** How many runs there are; of a server that has more than were read, those and as many as its next page may have. */
  get expected(): number {
    return this.#rows.length + (this.complete ? 0 : pageOnServer);
  }

  /** Reads the next page. */
  async grow(signal?: AbortSignal): Promise<void> {
    if (this.complete) return;
    if (this.#growing === null || this.#growing.abandoned) {
      const growing = new SharedTask((shared) => this.#readPage(pageOnServer, shared));
      this.#growing = growing;
      const end = () => {
        if (this.#growing === growing) this.#growing = null;
      };
      growing.result.then(end, end);
    }
    await this.#growing.wait(signal);
  }

  /** Which params, metrics and tags the runs have that were read. */
  async describe(signal?: AbortSignal): Promise<readonly FieldSummary[]> {
    const { store } = this.#tracker;
    if (this.#columns || store.fieldSummaries === undefined) return (await this.#allColumns(signal)).describe();
    if (this.#summaries === null || this.#summaries.abandoned) {
      const ids = this.#rows.map(({ id }) => id);
      const asked = new SharedTask(async (shared) => (await store.fieldSummaries?.(ids, shared)) ?? []);
      this.#summaries = asked;
      asked.result.catch(() => {
        if (this.#summaries === asked) this.#summaries = null;
      });
    }
    return this.#summaries.wait(signal);
  }

  /** All columns of params, metrics and tags of the runs that were read. */
  async #allColumns(signal?: AbortSignal): Promise<ColumnStore> {
    if (this.#columns) return this.#columns;
    if (this.#scan === null || this.#scan.abandoned) {
      const scan = new SharedTask((shared) => this.#readColumns(shared));
      this.#scan = scan;
      scan.result
        .then((columns) => {
          this.#columns = columns;
          this.#single.clear();
        })
        .catch(() => {
          if (this.#scan === scan) this.#scan = null;
        });
    }
    return this.#scan.wait(signal);
  }

  /** One column of all rows, for sorting. */
  async column(columnId: string, signal?: AbortSignal): Promise<ColumnValues | undefined> {
    if (this.#columns?.keepsValues) return this.#columns.values(columnId);
    const known = this.#single.get(columnId);
    if (known || parseColumnId(columnId) === null) return known;
    const values = new ColumnValues();
    const found = new Map<number, string | number>();
    for await (const runs of readPages(this.#of, { limit: pageOnDisk, fields: fieldsOf([columnId]) }, signal)) {
      for (const run of runs) this.#note(found, run, columnId);
    }
    for (const [row, value] of [...found].sort(([a], [b]) => a - b)) values.add(row, value);
    this.#single.set(columnId, values);
    return values;
  }

  /** Cells of some rows: a row for each, a value for each column; undefined where the run lacks it (or is gone). */
  async cells(
    rows: readonly number[],
    columnIds: readonly string[],
    signal?: AbortSignal,
  ): Promise<(string | number | undefined)[][]> {
    const store = this.#columns;
    if (store?.keepsValues) {
      const columns = columnIds.map((id) => store.values(id));
      return rows.map((row) => columns.map((column) => column?.at(row)));
    }
    const runs = await this.records(rows, columnIds, signal);
    return runs.map((run) => columnIds.map((id) => (run ? fieldOf(run, id) : undefined)));
  }

  /** Some rows' runs with these columns read anew, whole texts; undefined where a run is gone meanwhile. */
  async records(
    rows: readonly number[],
    columnIds: readonly string[],
    signal?: AbortSignal,
  ): Promise<(RunRecord | undefined)[]> {
    const ids = rows.flatMap((row) => this.#rows[row]?.id ?? []);
    if (ids.length === 0 || columnIds.every((id) => parseColumnId(id) === null)) return rows.map(() => undefined);
    const page = await this.#tracker.store.searchRuns(
      {
        experimentIds: this.#search.experimentIds,
        conditions: [{ entity: 'attribute', key: 'run_id', comparator: 'IN', value: ids }],
        orderBy: [],
        view: 'all',
      },
      withSignal({ limit: ids.length, page: null, fields: fieldsOf(columnIds) }, signal),
    );
    const byId = new Map(page.runs.map((run) => [run.id, run]));
    return rows.map((row) => byId.get(this.#rows[row]?.id ?? ''));
  }

  get #of() {
    return { tracker: this.#tracker, search: this.#search };
  }

  async #readPage(limit: number, signal: AbortSignal): Promise<void> {
    const page = await this.#tracker.store.searchRuns(this.#search, { limit, page: this.#nextPage, signal });
    signal.throwIfAborted();
    this.#take(page.runs);
    this.#nextPage = page.nextPage;
  }

  #take(runs: readonly RunRecord[]): void {
    for (const run of runs) {
      // Between two pages a new run may push one that was read already onto the next.
      if (this.#rowOf.has(run.id)) continue;
      const row = this.#rows.length;
      this.#columns?.add(row, run);
      this.#rowOf.set(run.id, row);
      this.#rows.push(toRow(run, this.#names));
    }
  }

  #note(found: Map<number, string | number>, run: RunRecord, columnId: string): void {
    const row = this.#rowOf.get(run.id);
    const value = fieldOf(run, columnId);
    if (row !== undefined && value !== undefined) found.set(row, value);
  }

  async #readColumns(signal: AbortSignal): Promise<ColumnStore> {
    const columns = new ColumnStore(this.#limits.cells);
    let last = -1;
    for await (const runs of readPages(this.#of, { limit: pageOfAllFields }, signal)) {
      for (const run of runs) {
        const row = this.#rowOf.get(run.id);
        // A run that began or moved since the rows were read belongs to the next revision.
        if (row === undefined || row <= last) continue;
        columns.add(row, run);
        last = row;
      }
      await giveWay();
    }
    return columns;
  }
}

async function* readPages(
  of: { tracker: Tracker; search: RunSearch },
  how: { limit: number; fields?: RunFields },
  signal?: AbortSignal,
): AsyncGenerator<readonly RunRecord[]> {
  let page: string | null = null;
  do {
    signal?.throwIfAborted();
    const answer: Awaited<ReturnType<Tracker['store']['searchRuns']>> = await of.tracker.store.searchRuns(
      of.search,
      withSignal({ ...how, page }, signal),
    );
    yield answer.runs;
    page = answer.nextPage;
  } while (page !== null);
}

function toRow(run: RunRecord, names: ReadonlyMap<string, string>): RunRow {
  return {
    id: run.id,
    name: run.name,
    status: run.status,
    startTime: run.startTime,
    endTime: run.endTime,
    experiment: names.get(run.experimentId) ?? run.experimentId,
  };
}

import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import type {
  exportTable,
  TableColumn,
  TableRow,
  TableSort,
  tableColumns,
  tableQuery,
  tableWindow,
} from '#schemas/protocol/experiments.ts';
import type { ParsedParamsOf, ResultOf } from '#schemas/protocol/request.ts';
import { csvLine } from '../platform/csv.ts';
import { writeFileWhole } from '../platform/write-file.ts';
import type { ViewState } from './folder-experiments.ts';
import type { MarkSet } from './marks.ts';
import { type RunRow, RunsSnapshot, type SnapshotLimits } from './runs-snapshot.ts';
import { parseRunSearch } from './search/parse.ts';
import type { Condition, OrderBy } from './search/query.ts';
import { Snapshots } from './snapshots.ts';
import { describeFields, fieldOf, parseColumnId, toCell } from './table-columns.ts';
import { type SortKey, sortRows } from './table-sort.ts';
import { isServer, type Tracker } from './tracker.ts';

type Query = Omit<z.output<typeof tableQuery>, 'folder' | 'tracker'>;
type SortedQuery = Query & { readonly sort: readonly TableSort[] };
type WindowQuery = Omit<ParsedParamsOf<typeof tableWindow>, 'folder' | 'tracker'>;
type ExportQuery = Omit<ParsedParamsOf<typeof exportTable>, 'folder' | 'tracker'>;

const defaultLimits: SnapshotLimits = { cells: 6_000_000, columns: 16 };
const keptQueries = 4;
const keptOrders = 8;
const exportedAtOnce = 200;

/**
 * Tables over any number of runs. The runs of a query are read once a revision, their order once a sort; a window is a
 * slice of it. A server's runs are read as far as windows reach: until then `total` counts one more page than was read.
 */
export class RunTable {
  readonly #snapshots = new Snapshots<RunsSnapshot>(keptQueries);
  readonly #orders = new WeakMap<RunsSnapshot, LRUCache<string, { marks: MarkSet; rows: readonly number[] }>>();
  readonly #limits: SnapshotLimits;

  constructor(limits: SnapshotLimits = defaultLimits) {
    this.#limits = limits;
  }

  /** Attributes first, then params, metrics and tags by key. */
  async columns(
    tracker: Tracker,
    query: Query,
    state: ViewState,
    signal?: AbortSignal,
  ): Promise<ResultOf<typeof tableColumns>> {
    const snapshot = await this.#snapshot(tracker, { ...query, sort: [] }, state, signal);
    const fields = await snapshot.describe(signal);
    const rows = this.#shownRows(snapshot, query, state.marks);
    return {
      columns: [...describeAttributes(snapshot.rows), ...describeFields(fields)],
      total: totalOf(snapshot, rows),
      revision: state.shownRevision,
    };
  }

  async window(
    tracker: Tracker,
    query: WindowQuery,
    state: ViewState,
    signal?: AbortSignal,
  ): Promise<ResultOf<typeof tableWindow>> {
    const snapshot = await this.#snapshot(tracker, query, state, signal);
    const wanted = { tracker, marks: state.marks, until: query.start + query.count };
    const order = await this.#order(snapshot, query, wanted, signal);
    const visible = order.slice(query.start, query.start + query.count);
    const cells = await snapshot.cells(visible, query.columns, signal);
    const rows = visible.flatMap((index, position): TableRow[] => {
      const row = snapshot.rows[index];
      if (!row) return [];
      return [
        {
          ref: { tracker: tracker.name, runId: row.id },
          status: row.status,
          marks: state.marks.of(row.id),
          cells: query.columns.map((id, column) => toCell(attributeOf(row, id) ?? cells[position]?.[column])),
        },
      ];
    });
    return { rows, total: totalOf(snapshot, order), revision: state.shownRevision };
  }

  /** Writes all rows with whole texts, the column names first. See {@link csvLine} for what happens to formulas. */
  async exportCsv(
    tracker: Tracker,
    query: ExportQuery,
    state: ViewState,
    options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
  ): Promise<ResultOf<typeof exportTable>> {
    const snapshot = await this.#snapshot(tracker, query, state, options.signal);
    const all = { tracker, marks: state.marks, until: Number.POSITIVE_INFINITY };
    const order = await this.#order(snapshot, query, all, options.signal);
    await writeFileWhole(query.path, csvLines({ snapshot, order, columns: query.columns, ...options }), options.signal);
    return { rows: order.length, path: query.path };
  }

  #snapshot(tracker: Tracker, query: SortedQuery, state: ViewState, signal?: AbortSignal): Promise<RunsSnapshot> {
    const { experimentIds, filter, view, starredOnly } = query;
    const parsed = parseRunSearch({ experimentIds, filter, view });
    const starred = starredOnly ? [isOneOf(state.marks.starred())] : [];
    const orderBy = sortsItself(tracker, query.sort) ? (orderOf(query.sort) ?? []) : [];
    const search = { ...parsed, conditions: [...parsed.conditions, ...starred], orderBy };
    const name = JSON.stringify([[...experimentIds].sort(), search.conditions, orderBy, view]);
    return this.#snapshots.get(
      { tracker, revision: state.revision, name },
      (shared) => RunsSnapshot.read({ tracker, search, limits: this.#limits }, shared),
      signal,
    );
  }

  /** The rows to show in their order, at least `until` of them where there are so many. */
  async #order(
    snapshot: RunsSnapshot,
    query: SortedQuery,
    wanted: { tracker: Tracker; marks: MarkSet; until: number },
    signal?: AbortSignal,
  ): Promise<readonly number[]> {
    const { tracker, marks, until } = wanted;
    let shown = this.#shownRows(snapshot, query, marks);
    while (!snapshot.complete && shown.length < until) {
      await snapshot.grow(signal);
      shown = this.#shownRows(snapshot, query, marks);
    }
    if (sortsItself(tracker, query.sort)) return shown;
    let orders = this.#orders.get(snapshot);
    if (!orders) {
      orders = new LRUCache({ max: keptOrders });
      this.#orders.set(snapshot, orders);
    }
    const name = JSON.stringify([query.sort, query.showHidden, snapshot.rows.length]);
    const known = orders.get(name);
    if (known?.marks === marks) return known.rows;
    const keys: SortKey[] = [];
    for (const { column, descending } of query.sort) {
      keys.push({ values: await sortValues(snapshot, column, signal), descending });
    }
    const rows = sortRows(shown, keys);
    orders.set(name, { marks, rows });
    return rows;
  }

  #shownRows(snapshot: RunsSnapshot, query: Query, marks: MarkSet): number[] {
    const rows = [...snapshot.rows.keys()];
    if (query.showHidden || marks.empty) return rows;
    return rows.filter((index) => !marks.of(snapshot.rows[index]?.id ?? '').hidden);
  }
}

/** A server sorts before it gives its first page; what lies on this disk, and what MLflow can't sort by, is sorted here. */
function sortsItself({ store }: Tracker, sort: readonly TableSort[]): boolean {
  return isServer(store) && orderOf(sort) !== null;
}

/** Until all of a server's runs were read, their number is not known: there are more than these. */
function totalOf(snapshot: RunsSnapshot, rows: readonly number[]): number {
  return rows.length + snapshot.expected - snapshot.rows.length;
}

function isOneOf(runIds: readonly string[]): Condition {
  return { entity: 'attribute', key: 'run_id', comparator: 'IN', value: runIds.length > 0 ? runIds : [''] };
}

const sortableAttributes: ReadonlyMap<string, string> = new Map([
  ['attribute.name', 'run_name'],
  ['attribute.status', 'status'],
  ['attribute.startTime', 'start_time'],
  ['attribute.id', 'run_id'],
]);

/** A sort as MLflow's order; null where MLflow can't sort so. */
function orderOf(sort: readonly TableSort[]): OrderBy[] | null {
  const order = new Map<string, OrderBy>();
  for (const { column, descending } of sort) {
    const attribute = sortableAttributes.get(column);
    const field = attribute === undefined ? parseColumnId(column) : { kind: 'attribute' as const, key: attribute };
    if (field === null) return null;
    if (!order.has(column)) order.set(column, { entity: field.kind, key: field.key, descending });
  }
  return [...order.values()];
}

async function sortValues(snapshot: RunsSnapshot, columnId: string, signal?: AbortSignal): Promise<SortKey['values']> {
  if (parseColumnId(columnId) === null) return snapshot.rows.map((row) => attributeOf(row, columnId));
  const column = await snapshot.column(columnId, signal);
  return snapshot.rows.map((_, row) => column?.at(row));
}

async function* csvLines(of: {
  snapshot: RunsSnapshot;
  order: readonly number[];
  columns: readonly string[];
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}): AsyncGenerator<string> {
  const { snapshot, order, columns } = of;
  yield csvLine(columns.map((id) => parseColumnId(id)?.key ?? id.replace(/^attribute\./, '')));
  for (let start = 0; start < order.length; start += exportedAtOnce) {
    const rows = order.slice(start, start + exportedAtOnce);
    const runs = await snapshot.records(rows, columns, of.signal);
    const lines = rows.map((index, position) => {
      const row = snapshot.rows[index];
      const run = runs[position];
      return csvLine(columns.map((id) => (row && exportedAttribute(row, id)) ?? (run && fieldOf(run, id))));
    });
    yield lines.join('');
    of.onProgress?.(start + rows.length, order.length);
  }
}

/** Times in a file are ISO 8601; durations are milliseconds. */
function exportedAttribute(row: RunRow, columnId: string): string | number | null | undefined {
  const value = attributeOf(row, columnId);
  if (columnId !== 'attribute.startTime' || typeof value !== 'number') return value;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? value : date.toISOString();
}

const attributes = ['name', 'status', 'startTime', 'duration', 'experiment', 'id'] as const;

/** undefined for a column that is no attribute, null for an attribute that the run lacks. A run's duration is milliseconds. */
function attributeOf(row: RunRow, columnId: string): string | number | null | undefined {
  switch (columnId) {
    case 'attribute.name':
      return row.name;
    case 'attribute.status':
      return row.status;
    case 'attribute.startTime':
      return row.startTime;
    case 'attribute.duration':
      return row.startTime === null || row.endTime === null ? null : row.endTime - row.startTime;
    case 'attribute.experiment':
      return row.experiment;
    case 'attribute.id':
      return row.id;
    default:
      return undefined;
  }
}

function describeAttributes(rows: readonly RunRow[]): TableColumn[] {
  return attributes.map((key) => {
    const id = `attribute.${key}`;
    const values = rows.map((row) => attributeOf(row, id)).filter((value) => value !== null && value !== undefined);
    return {
      id,
      kind: 'attribute',
      key,
      runs: values.length,
      numeric: key === 'startTime' || key === 'duration',
      varies: values.some((value) => value !== values[0]),
    };
  });
}

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
import { writeFileWhole } from '../platform/write-file.ts';
import { csvLine } from './csv.ts';
import type { ViewState } from './folder-experiments.ts';
import type { MarkSet } from './marks.ts';
import { type RunRow, RunsSnapshot, type SnapshotLimits } from './runs-snapshot.ts';
import { parseRunSearch } from './search/parse.ts';
import { Snapshots } from './snapshots.ts';
import { fieldOf, parseColumnId, toCell } from './table-columns.ts';
import { type SortKey, sortRows } from './table-sort.ts';
import type { Tracker } from './tracker.ts';

type Query = Omit<z.output<typeof tableQuery>, 'folder' | 'tracker'>;
type WindowQuery = Omit<ParsedParamsOf<typeof tableWindow>, 'folder' | 'tracker'>;
type ExportQuery = Omit<ParsedParamsOf<typeof exportTable>, 'folder' | 'tracker'>;

const defaultLimits: SnapshotLimits = { cells: 6_000_000, columns: 16 };
const keptQueries = 4;
const keptOrders = 8;
const exportedAtOnce = 200;

/**
 * Tables over any number of runs. The runs of a query are read once a revision, their order once a sort; a window is a
 * slice of it.
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
    const snapshot = await this.#snapshot(tracker, query, state.revision, signal);
    const columns = await snapshot.columns(signal);
    const rows = this.#shownRows(snapshot, query, state.marks);
    return {
      columns: [...describeAttributes(snapshot.rows), ...columns.describe()],
      total: rows.length,
      revision: state.shownRevision,
    };
  }

  async window(
    tracker: Tracker,
    query: WindowQuery,
    state: ViewState,
    signal?: AbortSignal,
  ): Promise<ResultOf<typeof tableWindow>> {
    const snapshot = await this.#snapshot(tracker, query, state.revision, signal);
    const order = await this.#order(snapshot, query, state.marks, signal);
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
    return { rows, total: order.length, revision: state.shownRevision };
  }

  /** Writes all rows with whole texts, the column names first. See {@link csvLine} for what happens to formulas. */
  async exportCsv(
    tracker: Tracker,
    query: ExportQuery,
    state: ViewState,
    options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
  ): Promise<ResultOf<typeof exportTable>> {
    const snapshot = await this.#snapshot(tracker, query, state.revision, options.signal);
    const order = await this.#order(snapshot, query, state.marks, options.signal);
    await writeFileWhole(query.path, csvLines({ snapshot, order, columns: query.columns, ...options }), options.signal);
    return { rows: order.length, path: query.path };
  }

  #snapshot(tracker: Tracker, query: Query, revision: number, signal?: AbortSignal): Promise<RunsSnapshot> {
    const { experimentIds, filter, view } = query;
    const search = parseRunSearch({ experimentIds, filter, view });
    const name = JSON.stringify([[...experimentIds].sort(), search.conditions, view]);
    return this.#snapshots.get(
      { tracker, revision, name },
      (shared) => RunsSnapshot.read({ tracker, search, limits: this.#limits }, shared),
      signal,
    );
  }

  async #order(
    snapshot: RunsSnapshot,
    query: Query & { sort: readonly TableSort[] },
    marks: MarkSet,
    signal?: AbortSignal,
  ): Promise<readonly number[]> {
    let orders = this.#orders.get(snapshot);
    if (!orders) {
      orders = new LRUCache({ max: keptOrders });
      this.#orders.set(snapshot, orders);
    }
    const name = JSON.stringify([query.sort, query.showHidden, query.starredOnly]);
    const known = orders.get(name);
    if (known?.marks === marks) return known.rows;
    const keys: SortKey[] = [];
    for (const { column, descending } of query.sort) {
      keys.push({ values: await sortValues(snapshot, column, signal), descending });
    }
    const rows = sortRows(this.#shownRows(snapshot, query, marks), keys);
    orders.set(name, { marks, rows });
    return rows;
  }

  #shownRows(snapshot: RunsSnapshot, query: Query, marks: MarkSet): number[] {
    const rows = [...snapshot.rows.keys()];
    if (!query.starredOnly && (query.showHidden || marks.empty)) return rows;
    return rows.filter((index) => {
      const { starred, hidden } = marks.of(snapshot.rows[index]?.id ?? '');
      return (query.showHidden || !hidden) && (!query.starredOnly || starred);
    });
  }
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

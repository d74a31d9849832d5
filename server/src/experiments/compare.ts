import type { Comparison, MetricRow, TextRow } from '#schemas/domain/comparison.ts';
import { toJsonNumber } from '#schemas/domain/number.ts';
import type { RunRef } from '#schemas/domain/run.ts';
import type { Tracker } from './tracker.ts';
import type { RunRecord } from './tracking-store.ts';
import { cutText, namesOf, toRun } from './wire.ts';

/** A run with what tells where it is. */
export interface PlacedRun {
  readonly ref: RunRef;
  readonly experiment: string;
  readonly record: RunRecord;
}

export interface CompareOptions {
  readonly onlyDifferent: boolean;
  /** Longer texts are cut, after they were compared as a whole. */
  readonly longestText?: number;
}

/**
 * Runs side by side. Rows are sorted by key. A row differs where values do, or where some runs have the key and others
 * don't; numbers are compared by value, and NaN equals NaN. A single run differs from nothing. The runs themselves come
 * without params, metrics and tags: the rows have them.
 */
export function compareRuns(runs: readonly PlacedRun[], options: CompareOptions): Comparison {
  const { onlyDifferent, longestText = Number.POSITIVE_INFINITY } = options;
  const records = runs.map(({ record }) => record);
  const toText = (row: Row<string>): TextRow => ({
    ...row,
    values: row.values.map((value) => (value === null ? null : cutText(value, longestText))),
  });
  const toNumbers = (row: Row<number>): MetricRow => ({
    ...row,
    values: row.values.map((value) => (value === null ? null : toJsonNumber(value))),
    ...(records.some(({ metrics }) => BigInt(metrics.get(row.key)?.step ?? 0) !== 0n) ? { stepped: true } : {}),
  });
  const wanted = <T extends { differs: boolean }>(row: T) => row.differs || !onlyDifferent;
  return {
    runs: runs.map(({ ref, experiment, record }) => ({ ref, run: toRun({ ...record, ...withoutFields }, experiment) })),
    params: rowsOf(records.map(({ params }) => params))
      .filter(wanted)
      .map(toText),
    metrics: rowsOf(records.map(({ metrics }) => mapValues(metrics, ({ value }) => value)))
      .filter(wanted)
      .map(toNumbers),
    tags: rowsOf(records.map(({ tags }) => tags))
      .filter(wanted)
      .map(toText),
  };
}

const withoutFields = { params: new Map(), metrics: new Map(), tags: new Map() };

/** The runs of any trackers, in the order asked; one that is missing is a `not-found` failure that names it. */
export async function findRuns(
  refs: readonly RunRef[],
  openTracker: (name: string) => Promise<Tracker>,
  signal?: AbortSignal,
): Promise<PlacedRun[]> {
  const found = new Map<string, PlacedRun>();
  for (const [name, ofTracker] of Map.groupBy(refs, ({ tracker }) => tracker)) {
    const { store } = await openTracker(name);
    const ids = [...new Set(ofTracker.map(({ runId }) => runId))];
    const records = await store.getRuns(ids, signal);
    const names = namesOf(await store.listExperiments(signal ? { view: 'all', signal } : { view: 'all' }));
    for (const record of records) {
      const ref = { tracker: name, runId: record.id };
      found.set(keyOf(ref), { ref, record, experiment: names.get(record.experimentId) ?? record.experimentId });
    }
  }
  return refs.flatMap((ref) => found.get(keyOf(ref)) ?? []);
}

function keyOf({ tracker, runId }: RunRef): string {
  return `${tracker}/${runId}`;
}

interface Row<T> {
  readonly key: string;
  readonly values: (T | null)[];
  readonly differs: boolean;
}

function rowsOf<T extends string | number>(maps: readonly ReadonlyMap<string, T>[]): Row<T>[] {
  const keys = new Set(maps.flatMap((map) => [...map.keys()]));
  return [...keys].sort(compareKeys).map((key) => {
    const values = maps.map((map) => map.get(key) ?? null);
    return { key, values, differs: values.some((value) => !isSame(value, values[0] ?? null)) };
  });
}

function isSame(a: string | number | null, b: string | number | null): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function mapValues<V, W>(map: ReadonlyMap<string, V>, change: (value: V) => W): Map<string, W> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

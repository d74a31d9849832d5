import { compareDrift, driftScore } from '#schemas/domain/drift-score.ts';
import { fromJsonNumber } from '#schemas/domain/number.ts';
import type { ShownDriftColumn } from '#schemas/protocol/drift.ts';
import { format } from '../shared/format.ts';
import type { GridSort } from '../shared/grid-layout.ts';
import type { ColumnFilter } from './view.ts';

type Key = (column: ShownDriftColumn) => number | string | null;

const keys: Readonly<Record<string, Key>> = {
  column: ({ column }) => column,
  type: ({ type }) => type,
  method: ({ method }) => method,
  score: driftScore,
  statistic: ({ statistic }) => (statistic === null ? null : fromJsonNumber(statistic)),
  p: ({ pValue, adjustedPValue }) => adjustedPValue ?? pValue,
  threshold: ({ threshold }) => threshold,
  missing: ({ missing }) => (missing ? missing.current - missing.reference : null),
};

/** Columns that fit all words of a filter, what needs a look most first unless a person wants them otherwise. */
export function listedColumns(
  columns: readonly ShownDriftColumn[],
  { filter, sort }: { readonly filter: ColumnFilter; readonly sort: readonly GridSort[] },
): readonly ShownDriftColumn[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = columns.filter(
    (one) => (filter.verdict === null || one.verdict === filter.verdict) && fits(one, words),
  );
  const ordered = fitting.toSorted(compareDrift);
  return sort.length === 0 ? ordered : ordered.toSorted((a, b) => compareBy(sort, a, b));
}

function fits({ column, type, method, reason }: ShownDriftColumn, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = [column, type, method, reason].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

function compareBy(sort: readonly GridSort[], a: ShownDriftColumn, b: ShownDriftColumn): number {
  for (const { column, descending } of sort) {
    const order =
      column === 'verdict' ? direction(compareDrift(a, b), descending) : compareKeys(column, descending, a, b);
    if (order !== 0) return order;
  }
  return 0;
}

/** What has no figure comes last, whichever way it goes. */
function compareKeys(column: string, descending: boolean, a: ShownDriftColumn, b: ShownDriftColumn): number {
  const key = keys[column];
  const [first, second] = key ? [key(a), key(b)] : [null, null];
  if (isAbsent(first) || isAbsent(second)) return Number(isAbsent(first)) - Number(isAbsent(second));
  const order =
    typeof first === 'number' && typeof second === 'number'
      ? compareNumbers(first, second)
      : format.compareText(String(first), String(second));
  return direction(order, descending);
}

function isAbsent(value: number | string | null): boolean {
  return value === null || Number.isNaN(value);
}

// Infinities have no difference.
function compareNumbers(first: number, second: number): number {
  return first === second ? 0 : first < second ? -1 : 1;
}

function direction(order: number, descending: boolean): number {
  return descending ? -order : order;
}

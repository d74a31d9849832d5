import type { GridSort } from './grid-layout.ts';

/**
 * The order after a click on a column's head: one way, the other way, none. `add` keeps the other columns (shift).
 * Measures start with the largest, everything else with the smallest.
 */
export function nextSort(
  sort: readonly GridSort[],
  { column, add, descendingFirst }: { column: string; add: boolean; descendingFirst: boolean },
): GridSort[] {
  const known = sort.find((entry) => entry.column === column);
  const next = !known
    ? { column, descending: descendingFirst }
    : known.descending === descendingFirst
      ? { column, descending: !descendingFirst }
      : null;
  if (!add) return next ? [next] : [];
  if (!known) return next ? [...sort, next] : [...sort];
  return sort.flatMap((entry) => (entry.column !== column ? [entry] : next ? [next] : []));
}

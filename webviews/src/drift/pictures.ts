import type { DriftCategories, DriftDetails, DriftHistogram, DriftOverTime } from '#schemas/domain/drift-details.ts';
import { format } from '../shared/format.ts';
import type { ColumnType } from './column-type.ts';

/** Both samples as lines or bars, in per cent of the values or in the column's unit. */
export type Picture =
  | {
      readonly kind: 'histogram';
      readonly histogram: DriftHistogram;
      readonly present: Present;
      readonly type: ColumnType;
    }
  | { readonly kind: 'categories'; readonly bars: readonly CategoryBar[] }
  | { readonly kind: 'courses'; readonly overTime: DriftOverTime; readonly type: ColumnType };

type Present = DriftDetails['present'];

export interface CategoryBar {
  readonly name: string;
  /** Per cent. */
  readonly reference: number;
  readonly current: number;
}

/** Categories as shares of the values that are there, the others last. */
export function categoryBars({ entries, rest }: DriftCategories, present: Present): CategoryBar[] {
  const all = [...entries, ...(rest ? [{ ...rest, name: `${format.count(rest.values)} more values` }] : [])];
  return all.map(({ name, reference, current }) => ({
    name,
    reference: perCent(reference, present.reference),
    current: perCent(current, present.current),
  }));
}

/** The outline of a histogram's bars: each bin from its lower edge to its upper one, in per cent of all values. */
export function outline(
  edges: readonly number[],
  counts: readonly number[],
  present: number,
): { x: number; y: number }[] {
  return counts.flatMap((count, bin) => {
    const y = perCent(count, present);
    return [
      { x: edges[bin] ?? 0, y },
      { x: edges[bin + 1] ?? 0, y },
    ];
  });
}

export function perCent(count: number, all: number): number {
  return all === 0 ? 0 : (100 * count) / all;
}

const known = new WeakMap<DriftDetails, readonly Picture[]>();

/** What can be drawn of a column; the same objects for the same details, so that nothing is drawn twice. */
export function picturesOf(details: DriftDetails): readonly Picture[] {
  const before = known.get(details);
  if (before) return before;
  const { histogram, categories, overTime, present, type } = details;
  const pictures: Picture[] = [];
  if (histogram) pictures.push({ kind: 'histogram', histogram, present, type });
  if (categories && categories.entries.length > 0) {
    pictures.push({ kind: 'categories', bars: categoryBars(categories, present) });
  }
  if (overTime?.courses.some(({ x }) => x.length > 0)) pictures.push({ kind: 'courses', overTime, type });
  known.set(details, pictures);
  return pictures;
}

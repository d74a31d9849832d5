import type { DriftProfile, ProfileColumn } from '#schemas/domain/drift-profile.ts';
import type { StoredColumn, Summary, TypedColumn } from '../drift-data.ts';
import { FineHistogram } from '../fine-histogram.ts';
import type { ColumnType } from '../methods.ts';
import type { ColumnSource } from './column-source.ts';
import { exponentFor, gridEdges } from './grid.ts';
import { MOST_CATEGORIES, MOST_VALUES } from './merge-profiles.ts';

interface BuildOptions {
  /** Types that a person declared; the others are what the data look like. */
  readonly types: ReadonlyMap<string, ColumnType>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Sums up a data set so that others can be compared with it: two scans a column of numbers, one of others. */
export async function buildProfile(
  source: ColumnSource,
  { types, signal, onProgress }: BuildOptions,
): Promise<DriftProfile> {
  const typed = source.columns.flatMap((stored): TypedColumn[] => {
    const type = types.get(stored.name) ?? stored.type;
    return type === null ? [] : [{ name: stored.name, type }];
  });
  const summaries = await source.summaries(typed);
  const byName = new Map(typed.map((column) => [column.name, column]));
  const columns: ProfileColumn[] = [];
  for (const [index, stored] of source.columns.entries()) {
    signal?.throwIfAborted();
    onProgress?.(index, source.columns.length);
    const column = byName.get(stored.name);
    const summary = summaries.get(stored.name);
    if (column && summary) columns.push(await profileOf(source, { column, stored, summary }));
    else columns.push({ name: stored.name, storedAs: stored.storedAs, present: 0, type: null });
  }
  return { form: 'mlops.drift-profile/v1', rows: source.rows, columns };
}

interface Given {
  readonly column: TypedColumn;
  readonly stored: StoredColumn;
  readonly summary: Summary;
}

async function profileOf(source: ColumnSource, { column, stored, summary }: Given): Promise<ProfileColumn> {
  const { name, type } = column;
  const { present, minimum, maximum } = summary;
  const head = { name, storedAs: stored.storedAs, present };
  if (type === 'categorical' || type === 'boolean') {
    const values = present === 0 ? [] : await source.counts(column, MOST_CATEGORIES);
    const kept = values.reduce((all, [, times]) => all + times, 0);
    return { ...head, type, values: values.map(([value, times]) => [value, times]), rest: present - kept };
  }
  const { integers, single } = stored;
  const ordered = { ...head, type, integers: integers && type === 'numeric', single: single && type === 'numeric' };
  if (present === 0) {
    return { ...ordered, minimum: 0, maximum: 0, mean: 0, squares: 0, histogram: null, values: [] };
  }
  const exponent = exponentFor(minimum, maximum);
  const { first, edges } = gridEdges(minimum, maximum, exponent);
  const histogram = new FineHistogram(edges);
  const center = minimum + (maximum - minimum) / 2;
  let [sum, squares] = [0, 0];
  await source.scan(column, (values) => {
    histogram.add(values);
    for (const value of values) {
      sum += value - center;
      squares += (value - center) ** 2;
    }
  });
  const numbers = await source.numbers(column, MOST_VALUES);
  return {
    ...ordered,
    minimum,
    maximum,
    mean: rounded(center + sum / present),
    squares: rounded(Math.max(0, squares - sum ** 2 / present)),
    histogram: {
      exponent,
      first,
      counts: [...histogram.counts],
      excess: [...histogram.excess].map((excess) => Number((excess / 2 ** exponent).toPrecision(8))),
    },
    values: numbers?.map(([value, times]) => [value, times]) ?? null,
  };
}

/** Digits that the order of a sum leaves alone: the same data give the same file. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

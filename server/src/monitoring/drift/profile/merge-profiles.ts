import type { DriftProfile, NamedProfile, OrderedProfile, ProfileColumn } from '#schemas/domain/drift-profile.ts';
import { FailureError } from '../../../platform/failure.ts';
import { added, exponentFor } from './grid.ts';

/** Different numbers that are kept beside the histogram. */
export const MOST_VALUES = 100;
/** Categories that are kept. */
export const MOST_CATEGORIES = 1_000;

/**
 * The profile of two data sets together: counts are those of the whole, exactly, unless a column has more than a thousand
 * categories. A column that only one has is missing in the rows of the other. Fails with `input` where types differ.
 */
export function mergeProfiles(one: DriftProfile, other: DriftProfile): DriftProfile {
  const others = new Map(other.columns.map((column) => [column.name, column]));
  const own = one.columns.map((column) => {
    const match = others.get(column.name);
    others.delete(column.name);
    return match ? mergeColumns(column, match) : column;
  });
  return { form: one.form, rows: one.rows + other.rows, columns: [...own, ...others.values()] };
}

function mergeColumns(one: ProfileColumn, other: ProfileColumn): ProfileColumn {
  // Without a value, what it is stored as says nothing.
  if (other.present === 0 || other.type === null) return one.present === 0 && other.type !== null ? other : one;
  if (one.present === 0 || one.type === null) return other;
  if (isOrderedProfile(one) && isOrderedProfile(other) && one.type === other.type) return mergeOrdered(one, other);
  if (!isOrderedProfile(one) && !isOrderedProfile(other)) return mergeNamed(one, other);
  throw new FailureError('input', `The column ${one.name} is ${one.type} in one and ${other.type} in another.`, {
    remedy: 'Say what it is in a monitor (columns, type), and name that with --monitor.',
  });
}

export function isOrderedProfile(column: ProfileColumn): column is OrderedProfile {
  return column.type === 'numeric' || column.type === 'time' || column.type === 'text';
}

/** Mean and squares of both together: Chan, Golub and LeVeque 1979. */
function mergeOrdered(one: OrderedProfile, other: OrderedProfile): OrderedProfile {
  const present = one.present + other.present;
  const difference = other.mean - one.mean;
  const minimum = Math.min(one.minimum, other.minimum);
  const maximum = Math.max(one.maximum, other.maximum);
  const exponent = exponentFor(minimum, maximum);
  return {
    ...one,
    present,
    integers: one.integers && other.integers,
    single: one.single && other.single,
    minimum,
    maximum,
    mean: one.mean + (difference * other.present) / present,
    squares: one.squares + other.squares + (difference ** 2 * one.present * other.present) / present,
    histogram:
      one.histogram && other.histogram
        ? added(one.histogram, other.histogram, exponent)
        : (one.histogram ?? other.histogram),
    values: mergeValues(one.values, other.values),
  };
}

function mergeValues(one: OrderedProfile['values'], other: OrderedProfile['values']): OrderedProfile['values'] {
  if (one === null || other === null) return null;
  const counts = sum(one, other);
  if (counts.size > MOST_VALUES) return null;
  return [...counts].sort(([a], [b]) => a - b);
}

function mergeNamed(one: NamedProfile, other: NamedProfile): NamedProfile {
  const values = [...sum(one.values, other.values)].sort(byCount);
  const left = values.slice(MOST_CATEGORIES).reduce((all, [, times]) => all + times, 0);
  return {
    ...one,
    type: one.type === other.type ? one.type : 'categorical',
    present: one.present + other.present,
    values: values.slice(0, MOST_CATEGORIES),
    rest: one.rest + other.rest + left,
  };
}

/** The most frequent first, and by their names. */
function byCount([a, times]: readonly [string, number], [b, others]: readonly [string, number]): number {
  return others - times || (a < b ? -1 : Number(a > b));
}

function sum<K>(one: readonly (readonly [K, number])[], other: readonly (readonly [K, number])[]): Map<K, number> {
  const counts = new Map(one);
  for (const [value, times] of other) counts.set(value, (counts.get(value) ?? 0) + times);
  return counts;
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DriftProfile } from '#schemas/domain/drift-profile.ts';
import type { StoredColumn, Summary } from '#server/monitoring/drift/drift-data.ts';
import { buildProfile } from '#server/monitoring/drift/profile/build-profile.ts';
import type { ColumnSource } from '#server/monitoring/drift/profile/column-source.ts';
import { coarsened, edgesAround, exponentFor, gridEdges } from '#server/monitoring/drift/profile/grid.ts';
import { mergeProfiles } from '#server/monitoring/drift/profile/merge-profiles.ts';
import { profileText } from '#server/monitoring/drift/profile/profile-text.ts';

const stored = (name: string, type: StoredColumn['type']): StoredColumn => ({
  ...{ name, type, storedAs: 'X', integers: false, single: false, empty: false },
});

/** One column of numbers and one of names. */
function sourceOf(numbers: readonly number[], names: readonly string[]): ColumnSource {
  const count = <T>(values: readonly T[]) => {
    const counts = new Map<T, number>();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    return [...counts];
  };
  const summaries = new Map<string, Summary>([
    ['x', { present: numbers.length, minimum: Math.min(...numbers), maximum: Math.max(...numbers) }],
    ['name', { present: names.length, minimum: 0, maximum: 0 }],
  ]);
  return {
    rows: Math.max(numbers.length, names.length),
    columns: [stored('x', 'numeric'), stored('name', 'categorical')],
    summaries: async () => summaries,
    counts: async (_, most) =>
      count(names)
        .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
        .slice(0, most),
    numbers: async (_, most) => {
      const found = count(numbers).sort(([a], [b]) => a - b);
      return found.length > most ? null : found;
    },
    scan: async (_, visit) => visit(Float64Array.from(numbers)),
  };
}

const build = (numbers: readonly number[], names: readonly string[]) =>
  buildProfile(sourceOf(numbers, names), { types: new Map() });

/** Sums of doubles depend on their order in the last digits. */
function approximately({ columns, ...rest }: DriftProfile): unknown {
  const near = (value: number) => expect.closeTo(value, 9 - Math.ceil(Math.log10(Math.max(1, Math.abs(value)))));
  return {
    ...rest,
    columns: columns.map((column) =>
      'histogram' in column && column.histogram
        ? {
            ...column,
            mean: near(column.mean),
            squares: expect.closeTo(column.squares, 3),
            histogram: { ...column.histogram, excess: column.histogram.excess.map((each) => expect.closeTo(each, 4)) },
          }
        : column,
    ),
  };
}

const numbers = fc.array(fc.double({ min: -1_000, max: 1_000, noNaN: true }), { minLength: 1, maxLength: 300 });
const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 50 });

describe('a profile', () => {
  test('of parts that are merged is that of the whole', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, numbers, names, names, async (one, other, few, more) => {
        const merged = mergeProfiles(await build(one, few), await build(other, more));
        const whole = await build([...one, ...other], [...few, ...more]);
        expect({ ...merged, rows: 0 }).toEqual(approximately({ ...whole, rows: 0 }));
      }),
      { numRuns: 60 },
    );
  });

  test('counts every value in its cell, and no more cells than are allowed', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, async (values) => {
        const { columns } = await build(values, ['a']);
        const [column] = columns;
        if (!column || !('histogram' in column) || !column.histogram) throw new Error('There is no histogram.');
        const { counts, exponent, first } = column.histogram;
        expect(counts.length).toBeLessThanOrEqual(512);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
        const width = 2 ** exponent;
        for (const [cell, count] of counts.entries()) {
          const inside = values.filter((x) => x >= (first + cell) * width && x < (first + cell + 1) * width).length;
          expect(count).toBe(inside);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('is one line a column, a few kilobytes each', async () => {
    const many = Array.from({ length: 5_000 }, (_, index) => Math.sin(index) * 123.456 + index / 100);
    const text = profileText(await build(many, ['a', 'b']));
    expect(text.split('\n')).toHaveLength(5);
    expect(text.length).toBeLessThan(10_000);
    expect(text).toBe(profileText(await build(many, ['a', 'b'])));
  });

  test('of columns whose types differ can’t be merged', async () => {
    const one = await build([1], ['a']);
    const [x] = one.columns;
    if (!x) throw new Error('There is no column.');
    const other: DriftProfile = {
      ...one,
      columns: [{ name: 'x', storedAs: 'VARCHAR', present: 1, type: 'categorical', values: [['a', 1]], rest: 0 }],
    };
    expect(() => mergeProfiles(one, other)).toThrow('The column x is numeric in one and categorical in another.');
  });
});

describe('the grid', () => {
  const value = fc.double({ min: -1e12, max: 1e12, noNaN: true });
  test('has at most 512 cells and holds both ends', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [minimum, maximum] = [Math.min(a, b), Math.max(a, b)];
        const { edges } = gridEdges(minimum, maximum, exponentFor(minimum, maximum));
        expect(edges.length).toBeLessThanOrEqual(513);
        expect(edges[0]).toBeLessThanOrEqual(minimum);
        expect(edges.at(-1)).toBeGreaterThan(maximum);
      }),
    );
  });

  test('goes on with wider cells as far as other values lie', () => {
    const histogram = { exponent: 0, first: 10, counts: [1, 1], excess: [0, 0] };
    expect([...edgesAround(histogram, 4, 20)]).toEqual([3, 7, 9, 10, 11, 12, 13, 15, 19, 27]);
    expect([...edgesAround(histogram, 10, 11.5)]).toEqual([10, 11, 12]);
  });

  test('coarsened keeps every count and the sum of all values', () => {
    const fine = { exponent: -2, first: -3, counts: [1, 2, 0, 4, 5], excess: [0.5, 1, 0, 2, 2.5] };
    const coarse = coarsened(fine, 0);
    expect(coarse.counts).toEqual([3, 9]);
    const sum = ({ exponent, first, counts, excess }: typeof fine) =>
      counts.reduce((all, count, cell) => all + (count * (first + cell) + (excess[cell] ?? 0)) * 2 ** exponent, 0);
    expect(sum(coarse)).toBeCloseTo(sum(fine), 12);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CodedRows } from '#server/monitoring/drift/coded-rows.ts';
import { type Segment, SegmentSearch } from '#server/monitoring/drift/find-segment.ts';
import { toPredicate, toReport } from '#server/monitoring/drift/segment-conditions.ts';
import { type PlantedRow, plantedRows } from './planted-rows.ts';

const ROWS = 6_000;
const AXES = ['age', 'plan', 'region', 'noise'];
const search = (rows: CodedRows): Segment | null => new SegmentSearch(rows).find(['score'], AXES);
const conditionsOf = (segment: Segment | null) => segment?.conditions.map(toReport) ?? [];

describe('a planted segment is found', () => {
  test('of one value', () => {
    const found = search(plantedRows(ROWS, 1, ({ plan }) => (plan === 'trial' ? 0.6 : 0)));
    expect(conditionsOf(found)).toEqual([{ column: 'plan', values: ['trial'] }]);
    expect(found?.explained).toBeGreaterThan(0.9);
    expect(found?.rows.current).toBeCloseTo(0.2, 1);
  });

  test('of several values', () => {
    const found = search(plantedRows(ROWS, 2, ({ plan }) => (plan === 'trial' || plan === 'pro' ? 0.6 : 0)));
    expect(conditionsOf(found)).toEqual([{ column: 'plan', values: ['pro', 'trial'] }]);
  });

  test('of a range', () => {
    const [condition, ...others] = conditionsOf(search(plantedRows(12_000, 3, ({ age }) => (age >= 60 ? 0.6 : 0))));
    expect(others).toEqual([]);
    expect(condition).toMatchObject({ column: 'age', below: null });
    const from = condition && 'from' in condition ? condition.from : null;
    expect(Math.abs((from ?? 0) - 60)).toBeLessThanOrEqual(2);
  });

  test('of two columns', () => {
    const shift = ({ plan, region }: PlantedRow) => (plan === 'trial' && region === 'EU' ? 0.9 : 0);
    const found = search(plantedRows(12_000, 4, shift));
    expect(new Set(conditionsOf(found))).toEqual(
      new Set([
        { column: 'plan', values: ['trial'] },
        { column: 'region', values: ['EU'] },
      ]),
    );
    expect(found?.rows.current).toBeCloseTo(1 / 15, 2);
  });

  test('of a range and values', () => {
    const shift = ({ plan, age }: PlantedRow) => ((plan === 'trial' || plan === 'team') && age < 40 ? 0.8 : 0);
    const found = conditionsOf(search(plantedRows(12_000, 5, shift)));
    expect(found.map(({ column }) => column).sort()).toEqual(['age', 'plan']);
    expect(found).toContainEqual({ column: 'plan', values: ['trial', 'team'] });
  });
});

describe('none is made up', () => {
  test.each([0.25, 0.5, 1])('where every row moved by %f', (shift) => {
    for (const seed of [1, 2, 3]) expect(search(plantedRows(3_000, seed, () => shift))).toBeNull();
  });

  test('where nothing moved', () => {
    for (const seed of [1, 2, 3]) expect(search(plantedRows(3_000, seed, () => 0))).toBeNull();
  });

  test('where the rows that moved were chosen by chance', () => {
    expect(search(plantedRows(6_000, 7, (row) => (Math.sin(row.noise * 1e6) > 0 ? 0.5 : 0)))).toBeNull();
  });

  test('of the drifted column itself where one value would be left: that can’t differ from itself', () => {
    const half = (rows: number) => Uint8Array.from({ length: rows }, (_, row) => row % 2);
    const flag = (share: number) => Uint8Array.from({ length: 2_000 }, (_, row) => ((row >> 1) % 10 < share ? 1 : 2));
    const rows: CodedRows = {
      rows: { reference: 2_000, current: 2_000 },
      half: { reference: half(2_000), current: half(2_000) },
      columns: [
        {
          column: { name: 'flag', type: 'boolean' },
          size: 4,
          cuts: [],
          values: ['true', 'false'],
          codes: { reference: flag(2), current: flag(5) },
        },
      ],
    };
    expect(new SegmentSearch(rows).find(['flag'], ['flag'])).toBeNull();
  });
});

/** Its share of the rows, counted one by one. */
function shareOf(rows: CodedRows, { conditions }: Segment) {
  const outside = (side: 'reference' | 'current') =>
    Array.from({ length: rows.rows[side] }, (_, row) => row).filter(
      (row) => !conditions.every(({ axis, codes }) => codes[codeOf(rows, axis.column.name, side)[row] ?? 0]),
    );
  const rest = { reference: outside('reference'), current: outside('current') };
  return {
    reference: 1 - rest.reference.length / rows.rows.reference,
    current: 1 - rest.current.length / rows.rows.current,
  };
}

function codeOf(rows: CodedRows, name: string, side: 'reference' | 'current'): Uint8Array {
  return rows.columns.find(({ column }) => column.name === name)?.codes[side] ?? new Uint8Array();
}

const planted = fc.record({
  seed: fc.integer({ min: 0, max: 1_000_000 }),
  rows: fc.integer({ min: 300, max: 1_500 }),
  shift: fc.double({ min: 0, max: 1.5, noNaN: true }),
  plan: fc.constantFrom('trial', 'pro', null),
  from: fc.integer({ min: 18, max: 77 }),
});

test('whatever is planted, a segment is a minority of both sides without which at least half of the drift is gone', () => {
  fc.assert(
    fc.property(planted, ({ seed, rows: count, shift, plan, from }) => {
      const hit = (row: PlantedRow) => (plan === null || row.plan === plan) && row.age >= from;
      const rows = plantedRows(count, seed, (row) => (hit(row) ? shift : 0));
      const found = search(rows);
      if (found === null) return;
      expect(found.explained).toBeGreaterThanOrEqual(0.5);
      expect(found.explained).toBeLessThanOrEqual(1);
      expect([1, 2]).toContain(found.conditions.length);
      expect(new Set(found.conditions.map(({ axis }) => axis.column.name)).size).toBe(found.conditions.length);
      const share = shareOf(rows, found);
      for (const side of ['reference', 'current'] as const) {
        expect(found.rows[side]).toBeCloseTo(share[side], 9);
        // Chosen in one half of the rows, it may be a little larger in all.
        expect(found.rows[side]).toBeLessThanOrEqual(0.6);
      }
      expect(conditionsOf(search(rows))).toEqual(conditionsOf(found));
    }),
    { numRuns: 12 },
  );
});

test('which side is which makes no difference to what is found', () => {
  const rows = plantedRows(ROWS, 8, ({ plan }) => (plan === 'pro' ? 0.5 : 0));
  const swap = <T>(both: { readonly reference: T; readonly current: T }) => ({
    reference: both.current,
    current: both.reference,
  });
  const swapped: CodedRows = {
    rows: swap(rows.rows),
    half: swap(rows.half),
    columns: rows.columns.map((column) => ({ ...column, codes: swap(column.codes) })),
  };
  const [one, other] = [search(rows), search(swapped)];
  expect(conditionsOf(one)).toEqual([{ column: 'plan', values: ['pro'] }]);
  expect(conditionsOf(other)).toEqual(conditionsOf(one));
  expect(other?.explained).toBeCloseTo(one?.explained ?? 0, 12);
});

describe('as SQL', () => {
  const predicate = (conditions: Parameters<typeof toPredicate>[0]) =>
    toPredicate(conditions, (name) => name === 'flag');

  test('ranges, values, missing ones and names that need quotes', () => {
    expect(predicate([{ column: 'age', from: 40, below: null }])).toBe('age >= 40');
    expect(
      predicate([
        { column: 'age', from: 18.5, below: 40 },
        { column: 'plan', values: ['trial', 'it’s', "o'clock"] },
      ]),
    ).toBe("age >= 18.5 and age < 40 and plan in ('trial', 'it’s', 'o''clock')");
    expect(predicate([{ column: 'flag', values: ['true'] }])).toBe('flag = true');
    expect(predicate([{ column: 'two "words"', missing: true }])).toBe('"two ""words""" is null');
  });
});

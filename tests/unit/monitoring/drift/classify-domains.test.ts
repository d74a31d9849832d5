import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areaUnderCurve, classifyDomains } from '#server/monitoring/drift/classify-domains.ts';
import type { CodedColumn, CodedRows } from '#server/monitoring/drift/coded-rows.ts';
import { randomNumbers } from './planted-rows.ts';

const ROWS = 1_200;

/** Two columns of ten ranges, each even on both sides; `agree` is how often they are alike. */
function pairs(agree: { reference: number; current: number }, seed = 1): CodedRows {
  const random = randomNumbers(seed);
  const side = (share: number) => {
    const [x, y] = [new Uint8Array(ROWS), new Uint8Array(ROWS)];
    for (let row = 0; row < ROWS; row += 1) {
      const code = 1 + Math.floor(random() * 10);
      x[row] = code;
      y[row] = random() < share ? code : 11 - code;
    }
    return { x, y, half: Uint8Array.from({ length: ROWS }, () => (random() < 0.5 ? 1 : 0)) };
  };
  const both = { reference: side(agree.reference), current: side(agree.current) };
  const column = (name: 'x' | 'y', type: 'numeric' | 'categorical'): CodedColumn => ({
    column: { name, type },
    size: 11,
    cuts: [2, 3, 4, 5, 6, 7, 8, 9, 10],
    values: [],
    codes: { reference: both.reference[name], current: both.current[name] },
  });
  return {
    rows: { reference: ROWS, current: ROWS },
    columns: [column('x', 'numeric'), column('y', 'categorical')],
    half: { reference: both.reference.half, current: both.current.half },
  };
}

describe('a classifier of all columns together', () => {
  test('can’t tell two samples of one distribution apart', () => {
    const found = classifyDomains(pairs({ reference: 0.9, current: 0.9 }), null);
    expect(found).toMatchObject({ drifted: false, verdict: 'no-drift', threshold: 0.55 });
    expect(Math.abs((found.auc ?? 0) - 0.5)).toBeLessThan(0.05);
  });

  test('finds what two columns do together and neither does alone', () => {
    const rows = pairs({ reference: 0.9, current: 0.1 });
    const found = classifyDomains(rows, null);
    expect(found).toMatchObject({ drifted: true, verdict: 'drift' });
    // Nine in ten rows are told apart: 0.9 is what the best classifier has.
    expect(found.auc).toBeGreaterThan(0.87);
    expect(found.auc).toBeLessThan(0.93);
    expect(found.columns.map(({ column }) => column).sort()).toEqual(['x', 'y']);
    for (const alone of rows.columns) {
      const one = classifyDomains({ ...rows, columns: [alone] }, null);
      expect(one.drifted, alone.column.name).toBe(false);
    }
  });

  test('is made the same way each time, and by a threshold of one’s own', () => {
    const rows = pairs({ reference: 0.9, current: 0.6 });
    const found = classifyDomains(rows, null);
    expect(classifyDomains(rows, null)).toEqual(found);
    expect(classifyDomains(rows, 0.99)).toMatchObject({ auc: found.auc, threshold: 0.99, drifted: false });
  });

  test('needs more than chance where there are few rows', () => {
    const few = pairs({ reference: 0.9, current: 0.9 });
    const take = (codes: CodedRows['half']) => ({
      reference: codes.reference.subarray(0, 120),
      current: codes.current.subarray(0, 120),
    });
    const found = classifyDomains(
      {
        rows: { reference: 120, current: 120 },
        columns: few.columns.map((column) => ({ ...column, codes: take(column.codes) })),
        half: take(few.half),
      },
      null,
    );
    expect(found.threshold).toBeCloseTo(0.5 + 1.6449 * Math.sqrt(241 / (12 * 120 * 120)), 10);
    expect(found.threshold).toBeGreaterThan(0.55);
  });
});

test('the area under the curve is the share of pairs in the right order', () => {
  const labelled = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean()), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(labelled, (given) => {
      const ones = given.filter(([, one]) => one).map(([score]) => score);
      const zeros = given.filter(([, one]) => !one).map(([score]) => score);
      fc.pre(ones.length > 0 && zeros.length > 0);
      const wins = ones.flatMap((high) => zeros.map((low): number => (high > low ? 1 : high === low ? 0.5 : 0)));
      const expected = wins.reduce((sum, win) => sum + win, 0) / wins.length;
      const scores = Float64Array.from(given, ([score]) => score);
      const labels = Uint8Array.from(given, ([, one]) => (one ? 1 : 0));
      expect(areaUnderCurve(scores, labels)).toBeCloseTo(expected, 12);
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sturgesEdges } from '#server/monitoring/drift/bins.ts';
import { adjusted } from '#server/monitoring/drift/correction.ts';
import {
  chiSquareTest,
  jensenShannon,
  kullbackLeibler,
  populationStability,
  shareTest,
  totalVariation,
} from '#server/monitoring/drift/frequencies.ts';
import { smirnovPValue } from '#server/monitoring/drift/kolmogorov.ts';
import { chooseMethod, exceeds, isFor } from '#server/monitoring/drift/methods.ts';
import {
  energyDistance,
  kolmogorovSmirnov,
  standardDeviation,
  wasserstein,
} from '#server/monitoring/drift/order-statistics.ts';
import { andersonDarlingTest, cramerVonMisesTest, mannWhitneyTest } from '#server/monitoring/drift/rank-tests.ts';
import { studentTest } from '#server/monitoring/drift/student-test.ts';
import { golden } from './golden.ts';

const samples = { reference: golden.reference.toSorted(), current: golden.current.toSorted() };
const edges = sturgesEdges({ minimum: 0, maximum: 10.1, count: 900, integers: false, single: false }) ?? [];

function within(values: Float64Array): number[] {
  const found = edges.slice(1).map(() => 0);
  for (const value of values) {
    const bin = Math.min(
      edges.findLastIndex((edge) => edge <= value),
      found.length - 1,
    );
    found[bin] = (found[bin] ?? 0) + 1;
  }
  return found;
}

function frequencies(reference: readonly number[], current: readonly number[]) {
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  return {
    entries: reference.map((count, index) => ({ reference: count, current: current[index] ?? 0, times: 1 })),
    reference: sum(reference),
    current: sum(current),
  };
}

describe('figures of Evidently', () => {
  it('are met by tests and distances of the order', () => {
    expect(kolmogorovSmirnov(samples)).toBeCloseTo(0.05, 15);
    expect(smirnovPValue(0.05, 500, 400)).toBeCloseTo(0.6171548316256698, 12);
    expect(wasserstein(samples) / standardDeviation(samples.reference)).toBeCloseTo(0.09573306624036763, 14);
  });

  it('are met by distances of bins', () => {
    expect(edges).toHaveLength(12);
    const bins = frequencies(within(golden.reference), within(golden.current));
    expect(jensenShannon(bins)).toBeCloseTo(0.06073216514758449, 14);
    expect(populationStability(bins)).toBeCloseTo(0.02990204075929517, 14);
    expect(kullbackLeibler(bins)).toBeCloseTo(0.016260662300388973, 14);
  });
});

describe('bins', () => {
  it('of whole numbers are no narrower than 1', () => {
    expect(sturgesEdges({ minimum: 0, maximum: 5, count: 1000, integers: true, single: false })).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
    expect(sturgesEdges({ minimum: 0, maximum: 5, count: 1000, integers: false, single: false })).toHaveLength(12);
  });

  it('are none where the range is wider than a double', () => {
    expect(sturgesEdges({ minimum: -1.7e308, maximum: 1.7e308, count: 10, integers: false, single: false })).toBeNull();
  });

  it('of one value have a width all the same', () => {
    expect(sturgesEdges({ minimum: 3, maximum: 3, count: 10, integers: false, single: false })).toEqual([2.5, 3.5]);
  });

  it('rise strictly from the least to the largest value', () => {
    const number = fc.double({ noNaN: true, min: -1e300, max: 1e300 });
    fc.assert(
      fc.property(number, number, fc.integer({ min: 2, max: 1e6 }), (a, b, count) => {
        const [minimum, maximum] = [Math.min(a, b), Math.max(a, b)];
        fc.pre(minimum < maximum);
        const found = sturgesEdges({ minimum, maximum, count, integers: false, single: false }) ?? [];
        expect(found[0] === minimum && found.at(-1) === maximum).toBe(true);
        expect(found.every((edge, index) => index === 0 || edge > (found[index - 1] ?? edge))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the choice of a method', () => {
  it.each([
    ['numeric', 1000, 6, 'ks'],
    ['numeric', 1001, 6, 'wasserstein'],
    ['numeric', 1000, 5, 'chisquare'],
    ['numeric', 1000, 2, 'z'],
    ['numeric', 1001, 5, 'jensenshannon'],
    ['categorical', 1000, 3, 'chisquare'],
    ['categorical', 1000, 2, 'z'],
    ['categorical', 1001, 900, 'jensenshannon'],
    ['boolean', 30, 2, 'z'],
  ] as const)('for %s, %i rows, %i values is %s', (type, rows, distinct, method) => {
    expect(chooseMethod(type, rows, distinct)).toBe(method);
  });

  it('knows what methods are for', () => {
    expect(isFor('ks', 'categorical')).toBe(false);
    expect(isFor('chisquare', 'numeric')).toBe(false);
    expect(isFor('psi', 'boolean')).toBe(true);
  });
});

describe('a threshold', () => {
  it('is drift itself as Evidently has it', () => {
    expect(exceeds('ks', 0.05, 0.05)).toBe(true);
    expect(exceeds('chisquare', 0.05, 0.05)).toBe(false);
    expect(exceeds('psi', 0.1, 0.1)).toBe(true);
    expect(exceeds('ed', 0.1, 0.1)).toBe(false);
  });
});

describe('categories', () => {
  it('that are new have p = 0', () => {
    expect(chiSquareTest(frequencies([10, 20, 0], [10, 19, 1]))).toEqual({
      statistic: Number.POSITIVE_INFINITY,
      pValue: 0,
    });
  });

  it('count as often as they are said to be there', () => {
    const one = { reference: 3, current: 5, times: 1 };
    const together = { entries: [{ ...one, times: 4 }], reference: 12, current: 20 };
    const apart = { ...together, entries: [one, one, one, one] };
    for (const measure of [jensenShannon, populationStability, totalVariation]) {
      expect(measure(together)).toBeCloseTo(measure(apart), 15);
    }
    expect(chiSquareTest(together)).toEqual(chiSquareTest(apart));
  });

  it('of one kind alone can’t be tested', () => {
    expect(chiSquareTest(frequencies([10], [12]))).toBeNull();
    expect(shareTest({ reference: 10, current: 12 }, { reference: 10, current: 12 }).pValue).toBe(1);
  });
});

describe('samples without anything to compare', () => {
  it('have no statistic instead of a wrong one', () => {
    const constant = { reference: Float64Array.of(1, 1, 1), current: Float64Array.of(1, 1) };
    expect(andersonDarlingTest(constant)).toBeNull();
    expect(cramerVonMisesTest({ reference: Float64Array.of(1), current: Float64Array.of(2, 3) })).toBeNull();
    const moments = { count: 3, mean: 1, squares: 0 };
    expect(studentTest(moments, moments)).toBeNull();
    expect(wasserstein(constant)).toBe(0);
    expect(mannWhitneyTest({ reference: Float64Array.of(1, 2), current: Float64Array.of(3, 4) }).pValue).toBeCloseTo(
      1 / 6,
      12,
    );
  });

  it('are at no distance from themselves', () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 30 }), (values) => {
        const sorted = Float64Array.from(values).sort();
        const same = { reference: sorted, current: sorted };
        expect([kolmogorovSmirnov(same), wasserstein(same), energyDistance(same)]).toEqual([0, 0, 0]);
        expect(smirnovPValue(0, values.length, values.length)).toBe(1);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a correction', () => {
  const pValues = [0.01, 0.04, 0.03, 0.8];

  it('by Bonferroni multiplies, up to 1', () => {
    expect(adjusted(pValues, 'bonferroni')).toEqual([0.04, 0.16, 0.12, 1]);
  });

  it('by Benjamini and Hochberg is that of R’s p.adjust', () => {
    const expected = [0.04, 0.16 / 3, 0.16 / 3, 0.8];
    for (const [index, p] of adjusted(pValues, 'benjamini-hochberg').entries()) {
      expect(p).toBeCloseTo(expected[index] ?? Number.NaN, 15);
    }
  });

  it('of nothing changes nothing', () => {
    expect(adjusted(pValues, 'none')).toBe(pValues);
    expect(adjusted([], 'benjamini-hochberg')).toEqual([]);
  });
});

import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sturgesEdges } from '#server/monitoring/drift/bins.ts';
import {
  chiSquareTest,
  type Frequencies,
  hellinger,
  jensenShannon,
  kullbackLeibler,
  populationStability,
  shareTest,
  totalVariation,
} from '#server/monitoring/drift/frequencies.ts';
import { smirnovPValue } from '#server/monitoring/drift/kolmogorov.ts';
import { MOST_SEPARATE_VALUES } from '#server/monitoring/drift/methods.ts';
import {
  distinctValues,
  energyDistance,
  kolmogorovSmirnov,
  mean,
  type SortedSamples,
  squaresAround,
  standardDeviation,
  wasserstein,
} from '#server/monitoring/drift/order-statistics.ts';
import { andersonDarlingTest, cramerVonMisesTest, mannWhitneyTest } from '#server/monitoring/drift/rank-tests.ts';
import { studentTest } from '#server/monitoring/drift/student-test.ts';
import { evidentlyPython, runPython } from '../../testbeds/python.ts';

const SCRIPT = join(import.meta.dirname, '..', '..', 'testbeds', 'python', 'drift-statistics.py');

const value = z.union([z.number(), z.literal('Infinity').transform(() => Number.POSITIVE_INFINITY), z.null()]);
const answers = z.record(z.string(), z.union([value, z.array(value)]));
const given = z.object({
  numbers: z.array(
    z.object({
      name: z.string(),
      reference: z.array(z.number()),
      current: z.array(z.number()),
      integers: z.boolean(),
      answers,
    }),
  ),
  categories: z.array(
    z.object({ name: z.string(), reference: z.array(z.string()), current: z.array(z.string()), answers }),
  ),
  smirnov: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
});

let cases: z.infer<typeof given>;

beforeAll(async () => {
  cases = given.parse(JSON.parse(await runPython(evidentlyPython(), [SCRIPT])));
});

/** Equal to nine digits; below what a double next to 1 can tell, SciPy's own subtraction from 1 leaves noise alone. */
function same(actual: number | null, expected: number | null, what: string): void {
  if (expected === null || actual === null) {
    expect(actual === null || Number.isNaN(actual), what).toBe(expected === null);
    return;
  }
  if (!Number.isFinite(expected)) {
    expect(actual, what).toBe(expected);
    return;
  }
  const allowed = Math.max(Math.abs(expected) * 1e-9, 1e-13);
  expect(Math.abs(actual - expected), `${what}: ${actual} for ${expected}`).toBeLessThanOrEqual(allowed);
}

function counts<T>(reference: readonly T[], current: readonly T[]): Frequencies {
  const keys = [...new Set([...reference, ...current])];
  const count = (sample: readonly T[], key: T) => sample.filter((each) => each === key).length;
  const entries = keys.map((key) => ({ reference: count(reference, key), current: count(current, key), times: 1 }));
  return { entries, reference: reference.length, current: current.length };
}

function binned({ reference, current }: SortedSamples, edges: readonly number[]): Frequencies {
  const last = edges.length - 2;
  const within = (sample: Float64Array, bin: number) =>
    sample.filter((x) => {
      const [from, to] = [edges[bin] ?? 0, edges[bin + 1] ?? 0];
      return x >= from && (x < to || (bin === last && x === to));
    }).length;
  const entries = edges.slice(1).map((_, bin) => ({
    reference: within(reference, bin),
    current: within(current, bin),
    times: 1,
  }));
  return { entries, edges, reference: reference.length, current: current.length };
}

function frequenciesOf(samples: SortedSamples, integers: boolean): Frequencies {
  if (new Set(samples.reference).size <= MOST_SEPARATE_VALUES) {
    return counts([...samples.reference], [...samples.current]);
  }
  return binned(samples, sturgesEdges({ ...rangeOf(samples), integers, single: false }) ?? []);
}

function rangeOf({ reference, current }: SortedSamples) {
  const all = [...reference, ...current];
  return { minimum: Math.min(...all), maximum: Math.max(...all), count: all.length };
}

function moments(values: Float64Array) {
  const center = mean(values);
  return { count: values.length, mean: center, squares: squaresAround(values, center) };
}

describe('equal to SciPy and Evidently', () => {
  test('numbers: tests and distances', () => {
    expect(cases.numbers.length).toBeGreaterThan(15);
    for (const { name, reference, current, integers, answers: expected } of cases.numbers) {
      const samples = { reference: Float64Array.from(reference).sort(), current: Float64Array.from(current).sort() };
      const check = (method: string, actual: number | null | readonly (number | null)[]) => {
        const theirs = expected[method];
        if (theirs === undefined) return;
        const pairs = Array.isArray(theirs) ? theirs : [theirs];
        for (const [index, each] of pairs.entries()) {
          same(Array.isArray(actual) ? actual[index] : actual, each, `${name}, ${method} ${index}`);
        }
      };
      const both = (result: { statistic: number; pValue: number } | null) => [
        result?.statistic ?? null,
        result?.pValue ?? null,
      ];
      const d = kolmogorovSmirnov(samples);
      check('ks', [d, smirnovPValue(d, reference.length, current.length)]);
      check('mannw', both(mannWhitneyTest(samples)));
      check('anderson', both(andersonDarlingTest(samples)));
      check('t_test', both(studentTest(moments(samples.reference), moments(samples.current))));
      check('cramer_von_mises', both(cramerVonMisesTest(samples)));
      check('wasserstein_plain', wasserstein(samples));
      check('wasserstein', wasserstein(samples) / Math.max(standardDeviation(samples.reference), 0.001));
      check('ed', energyDistance(samples));
      const frequencies = frequenciesOf(samples, integers);
      check('psi', populationStability(frequencies));
      check('jensenshannon', jensenShannon(frequencies));
      check('kl_div', kullbackLeibler(frequencies));
      const edges =
        sturgesEdges({ ...rangeOf(samples), count: distinctValues(samples), integers, single: false }) ?? [];
      check('hellinger', hellinger(binned(samples, edges)));
    }
  });

  test('categories: tests and distances', () => {
    for (const { name, reference, current, answers: expected } of cases.categories) {
      const frequencies = counts(reference, current);
      const scalar = (method: string): number | null => {
        const theirs = expected[method];
        return typeof theirs === 'number' ? theirs : null;
      };
      const first = [...reference, ...current].sort()[0];
      const inFirst = (sample: readonly string[]) => sample.filter((each) => each === first).length;
      const z = shareTest({ reference: inFirst(reference), current: inFirst(current) }, frequencies);
      same(chiSquareTest(frequencies)?.pValue ?? null, scalar('chisquare'), `${name}, chisquare`);
      same(z.pValue, scalar('z'), `${name}, z`);
      same(populationStability(frequencies), scalar('psi'), `${name}, psi`);
      same(jensenShannon(frequencies), scalar('jensenshannon'), `${name}, jensenshannon`);
      same(kullbackLeibler(frequencies), scalar('kl_div'), `${name}, kl_div`);
      same(hellinger(frequencies), scalar('hellinger'), `${name}, hellinger`);
      same(totalVariation(frequencies), scalar('TVD'), `${name}, TVD`);
    }
  });

  test('p-values of Kolmogorov and Smirnov in all ranges', () => {
    expect(cases.smirnov.length).toBeGreaterThan(80);
    for (const [n1, n2, d, p] of cases.smirnov) same(smirnovPValue(d, n1, n2), p, `n ${n1}, ${n2}, D ${d}`);
  });
});

import { cramerVonMisesBelow, normalAbove } from './distributions.ts';
import { andersonDarling, rankSums, type SortedSamples } from './order-statistics.ts';

export interface TestResult {
  readonly statistic: number;
  readonly pValue: number;
}

/**
 * Levels of significance by the standardised statistic: the parabola of least squares through the logarithms of the levels
 * 0.25 to 0.001 at the critical values of Scholz and Stephens' table 2 for two samples, which is how SciPy interpolates.
 */
const ANDERSON = {
  square: 0.01819809457411147,
  linear: -1.0082265644652515,
  constant: -1.077770279820484,
  least: 0.325,
  largest: 6.546,
};

/** Anderson–Darling's test of two samples; its p-value is held to 0.001 … 0.25, where the table ends. */
export function andersonDarlingTest(samples: SortedSamples): TestResult | null {
  const statistic = andersonDarling(samples);
  if (statistic === null) return null;
  const { square, linear, constant, least, largest } = ANDERSON;
  if (statistic < least) return { statistic, pValue: 0.25 };
  if (statistic > largest) return { statistic, pValue: 0.001 };
  return { statistic, pValue: Math.exp((square * statistic + linear) * statistic + constant) };
}

const LARGEST_EXACT_CRAMER = 20;

/**
 * Cramér–von Mises' test of two samples, T of Anderson (1962); exact up to 20 values each, else by its limiting distribution.
 * Null for samples of fewer than two values.
 */
export function cramerVonMisesTest(samples: SortedSamples): TestResult | null {
  const n1 = samples.reference.length;
  const n2 = samples.current.length;
  if (Math.min(n1, n2) < 2) return null;
  const { u } = rankSums(samples);
  const product = n1 * n2;
  const total = n1 + n2;
  const statistic = u / (product * total) - (4 * product - 1) / (6 * total);
  if (Math.max(n1, n2) <= LARGEST_EXACT_CRAMER) return { statistic, pValue: exactCramer(u, n1, n2) };
  const expected = (1 + 1 / total) / 6;
  const variance =
    ((total + 1) * (4 * product * total - 3 * (n1 * n1 + n2 * n2) - 2 * product)) / (45 * total ** 2 * 4 * product);
  const normed = 1 / 6 + (statistic - expected) / Math.sqrt(45 * variance);
  return { statistic, pValue: normed < 0.003 ? 1 : Math.max(0, 1 - cramerVonMisesBelow(normed)) };
}

/**
 * The share of all orders of the two samples whose statistic is at least as large: Xiao, Gordon and Yakovlev (2006), the
 * recurrence 11 over frequency tables.
 */
function exactCramer(u: number, m: number, n: number): number {
  const multiple = leastCommonMultiple(m, n);
  const [a, b] = [multiple / m, multiple / n];
  const product = m * n;
  const bound = Math.floor((multiple ** 2 * (m + n) * (6 * u - product * (4 * product - 1))) / (6 * product ** 2));
  let column: Map<number, number>[] = [
    new Map([[0, 1]]),
    ...Array.from({ length: m }, () => new Map<number, number>()),
  ];
  for (let row = 0; row <= n; row += 1) {
    const next: Map<number, number>[] = [];
    let sum = new Map<number, number>();
    for (const [index, table] of column.entries()) {
      const step = (a * index - b * row) ** 2;
      const moved = new Map<number, number>();
      for (const from of [sum, table]) {
        for (const [value, count] of from) moved.set(value + step, (moved.get(value + step) ?? 0) + count);
      }
      sum = moved;
      next.push(moved);
    }
    column = next;
  }
  let [all, beyond] = [0, 0];
  for (const [value, count] of column[m] ?? []) {
    all += count;
    if (value >= bound) beyond += count;
  }
  return beyond / all;
}

/** Beyond so many pairs of values the exact distribution takes longer than anybody waits. */
const LARGEST_EXACT_PAIRS = 20_000;

/**
 * Mann and Whitney's U of the reference, and the p-value of “the reference tends to be less than the current values”, which
 * is what Evidently asks. Exact where one sample has at most eight values and none are equal, else normal with corrections for
 * ties and continuity.
 */
export function mannWhitneyTest(samples: SortedSamples): TestResult {
  const n1 = samples.reference.length;
  const n2 = samples.current.length;
  const { reference, ties } = rankSums(samples);
  const statistic = reference - (n1 * (n1 + 1)) / 2;
  const other = n1 * n2 - statistic;
  if (Math.min(n1, n2) <= 8 && ties === 0 && n1 * n2 <= LARGEST_EXACT_PAIRS) {
    return { statistic, pValue: Math.min(1, mannWhitneyAtMost(statistic, n1, n2)) };
  }
  const total = n1 + n2;
  const deviation = Math.sqrt(((n1 * n2) / 12) * (total + 1 - ties / (total * (total - 1))));
  return { statistic, pValue: normalAbove((other - (n1 * n2) / 2 - 0.5) / deviation) };
}

/** P(U ≤ u), by whose is the largest value of all: Mann and Whitney (1947), eq. 1. */
function mannWhitneyAtMost(u: number, n1: number, n2: number): number {
  const last = Math.floor(u);
  // Row i has the distributions for i values of the reference and so many of the other as the column says.
  let row: Float64Array[] = Array.from({ length: n2 + 1 }, () => start(last));
  for (let i = 1; i <= n1; i += 1) {
    const next = [start(last)];
    for (let j = 1; j <= n2; j += 1) {
      const [without, shorter] = [row[j], next[j - 1]];
      const cells = new Float64Array(last + 1);
      for (let k = 0; k <= last; k += 1) {
        const fromReference = k >= j ? (without?.[k - j] ?? 0) : 0;
        cells[k] = (i * fromReference + j * (shorter?.[k] ?? 0)) / (i + j);
      }
      next.push(cells);
    }
    row = next;
  }
  return (row[n2] ?? start(last)).reduce((sum, cell) => sum + cell, 0);
}

function start(last: number): Float64Array {
  const cells = new Float64Array(last + 1);
  cells[0] = 1;
  return cells;
}

function leastCommonMultiple(a: number, b: number): number {
  let multiple = a;
  while (multiple % b !== 0) multiple += a;
  return multiple;
}

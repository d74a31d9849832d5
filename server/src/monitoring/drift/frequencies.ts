import { chiSquareAbove, normalAbove } from './distributions.ts';

/**
 * How often each sample has something: values of a bin, or one category. `times` is of how many categories this is true, so
 * that a hundred thousand rare ones need no hundred thousand entries.
 */
export interface Frequency {
  readonly reference: number;
  readonly current: number;
  readonly times: number;
}

/** Bins or categories of two samples of so many values. */
export interface Frequencies {
  readonly entries: readonly Frequency[];
  /** Of bins: one more than there are entries. */
  readonly edges?: readonly number[];
  readonly reference: number;
  readonly current: number;
}

/** Population stability index Σ(r − c)·ln(r/c) with Evidently's substitutes for empty bins. */
export function populationStability(frequencies: Frequencies): number {
  return sumOver(filledShares(frequencies), (r, c) => (r - c) * Math.log(r / c));
}

/** Kullback and Leibler's divergence Σ r·ln(r/c), shares made to add up to 1 as `scipy.stats.entropy` does. */
export function kullbackLeibler(frequencies: Frequencies): number {
  return relativeEntropy(filledShares(frequencies));
}

/** Jensen and Shannon's distance √JSD with natural logarithms: `scipy.spatial.distance.jensenshannon`. */
export function jensenShannon(frequencies: Frequencies): number {
  const divergence = sumOver(shares(frequencies), (r, c) => {
    const middle = (r + c) / 2;
    return (r > 0 ? r * Math.log(r / middle) : 0) + (c > 0 ? c * Math.log(c / middle) : 0);
  });
  return Math.sqrt(Math.max(0, divergence) / 2);
}

/**
 * Hellinger's distance √(1 − Σ√(r·c)). Of bins, from densities as Evidently computes it: far from zero their edges are rounded,
 * and widths differ in digits that are seen.
 */
export function hellinger(frequencies: Frequencies): number {
  const { edges } = frequencies;
  const overlap = edges
    ? overlapOfDensities(frequencies, edges)
    : sumOver(shares(frequencies), (r, c) => Math.sqrt(r * c));
  return Math.sqrt(1 - Math.min(1, Math.max(0, overlap)));
}

function overlapOfDensities(frequencies: Frequencies, edges: readonly number[]): number {
  const width = ((edges.at(-1) ?? 0) - (edges[0] ?? 0)) / (edges.length - 1);
  return shares(frequencies).reduce((sum, { reference, current }, bin) => {
    const own = (edges[bin + 1] ?? 0) - (edges[bin] ?? 0);
    return sum + Math.sqrt((reference / own) * (current / own)) * width;
  }, 0);
}

/** Total variation distance ½·Σ|r − c|. */
export function totalVariation(frequencies: Frequencies): number {
  return sumOver(shares(frequencies), (r, c) => Math.abs(r - c)) / 2;
}

/**
 * Pearson's χ² of the current counts against those that the reference's shares make expect, with one degree of freedom fewer
 * than there are categories; a category that is new has p = 0. Null where there is one category alone.
 */
export function chiSquareTest({
  entries,
  reference,
  current,
}: Frequencies): { statistic: number; pValue: number } | null {
  const categories = entries.reduce((sum, { times }) => sum + times, 0);
  if (categories < 2) return null;
  let statistic = 0;
  for (const entry of entries) {
    const expected = (entry.reference * current) / reference;
    if (expected === 0) return { statistic: Number.POSITIVE_INFINITY, pValue: 0 };
    statistic += (entry.times * (entry.current - expected) ** 2) / expected;
  }
  return { statistic, pValue: chiSquareAbove(statistic, categories - 1) };
}

/**
 * The z-test of two shares with pooled variance, two-sided: whether as large a part of the current values as of the
 * reference's is of one category. Samples of one and the same category have p = 1.
 */
export function shareTest(
  category: Pick<Frequency, 'reference' | 'current'>,
  { reference, current }: Pick<Frequencies, 'reference' | 'current'>,
): { statistic: number; pValue: number } {
  const pooled = (category.reference + category.current) / (reference + current);
  if (pooled === 0 || pooled === 1) return { statistic: 0, pValue: 1 };
  const difference = category.reference / reference - category.current / current;
  const statistic = difference / Math.sqrt(pooled * (1 - pooled) * (1 / reference + 1 / current));
  return { statistic, pValue: 2 * normalAbove(Math.abs(statistic)) };
}

interface Share {
  readonly reference: number;
  readonly current: number;
  readonly times: number;
}

function shares({ entries, reference, current }: Frequencies): readonly Share[] {
  return entries.map((entry) => ({
    reference: entry.reference / reference,
    current: entry.current / current,
    times: entry.times,
  }));
}

/** Shares with a small number instead of 0, each sample by itself and without scaling the others: what Evidently does. */
function filledShares(frequencies: Frequencies): readonly Share[] {
  const plain = shares(frequencies);
  const reference = substitute(plain.map((share) => share.reference));
  const current = substitute(plain.map((share) => share.current));
  return plain.map((share) => ({
    reference: share.reference === 0 ? reference : share.reference,
    current: share.current === 0 ? current : share.current,
    times: share.times,
  }));
}

function substitute(values: readonly number[]): number {
  const smallest = values.reduce((least, value) => (value > 0 && value < least ? value : least), 1);
  return smallest <= 0.0001 ? smallest / 1e6 : 0.0001;
}

function relativeEntropy(values: readonly Share[]): number {
  const reference = sumOver(values, (r) => r);
  const current = sumOver(values, (_, c) => c);
  return sumOver(values, (r, c) => (r / reference) * Math.log(r / reference / (c / current)));
}

function sumOver(values: readonly Share[], term: (reference: number, current: number) => number): number {
  return values.reduce((sum, { reference, current, times }) => sum + times * term(reference, current), 0);
}

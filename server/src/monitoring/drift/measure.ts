import type { DriftMethod } from '#schemas/config/drift-methods.ts';
import { type Range, sturgesEdges } from './bins.ts';
import type { Both, DriftData, Side, Summary, TypedColumn, ValueCounts } from './drift-data.ts';
import {
  type Bounded,
  boundedKolmogorovSmirnov,
  boundedWasserstein,
  type Filled,
  FineHistogram,
  fineEdges,
} from './fine-histogram.ts';
import {
  chiSquareTest,
  type Frequencies,
  hellinger,
  jensenShannon,
  kullbackLeibler,
  populationStability,
  shareTest,
  totalVariation,
} from './frequencies.ts';
import { smirnovPValue } from './kolmogorov.ts';
import { exceeds, isOrdered, methodOf } from './methods.ts';
import {
  distinctValues,
  energyDistance,
  kolmogorovSmirnov,
  mean,
  type SortedSamples,
  squaresAround,
  standardDeviation,
  wasserstein,
} from './order-statistics.ts';
import { andersonDarlingTest, cramerVonMisesTest, mannWhitneyTest } from './rank-tests.ts';
import { sortNumbers } from './sort-numbers.ts';
import { studentTest } from './student-test.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What a method says of a column, or why it can't. */
export type Measured =
  | { readonly statistic: number; readonly pValue: number | null; readonly errorBound: number }
  | { readonly problem: string };

/** What is known of a column when its methods are chosen. */
export interface ColumnEvidence {
  readonly column: TypedColumn;
  readonly summary: Both<Summary>;
  readonly integers: boolean;
  readonly single: boolean;
  /** null where there are surely more different values than any choice asks for, and where a side has no value. */
  readonly counts: ValueCounts | null;
  /** Whether values are compared one by one instead of in bins. */
  readonly separate: boolean;
  /** Of texts; null for others, and where a side has no value. */
  readonly vocabulary: Vocabulary | null;
}

/** Up to so many values of a side, KS and Wasserstein are computed from all of them. */
const EXACT_VALUES = 1_048_576;
/** Beyond so many, sorting would take more memory than we may use. */
const MOST_SORTED = 16_000_000;
const SAMPLE = 100_000;
const TOO_LARGE = 'Its values are too large to compute with.';

export type NumberMethod = Exclude<DriftMethod, FrequencyMethod>;
type FrequencyMethod = 'psi' | 'jensenshannon' | 'kl_div' | 'hellinger' | 'chisquare' | 'z' | 'TVD';

const ofFrequencies: Readonly<Record<Exclude<FrequencyMethod, 'chisquare' | 'z'>, (given: Frequencies) => number>> = {
  psi: populationStability,
  jensenshannon: jensenShannon,
  kl_div: kullbackLeibler,
  hellinger,
  TVD: totalVariation,
};

/** Whether a method looks at how often values occur, or else at their order. */
export function usesFrequencies(method: DriftMethod): method is FrequencyMethod {
  return method in ofFrequencies || method === 'chisquare' || method === 'z';
}

function usesBins(method: FrequencyMethod): boolean {
  return method !== 'chisquare' && method !== 'z' && method !== 'TVD';
}

/** Edges of the bins that a method wants; null where it takes each value by itself. */
export async function edgesFor(
  method: FrequencyMethod,
  { column, summary, integers, single, counts, separate }: ColumnEvidence,
  data: DriftData,
): Promise<readonly number[] | null | { readonly problem: string }> {
  if (!isOrdered(column.type) || !usesBins(method)) return null;
  const { reference, current } = summary;
  const range = {
    minimum: Math.min(reference.minimum, current.minimum),
    maximum: Math.max(reference.maximum, current.maximum),
    integers,
    single,
  };
  if (method !== 'hellinger') {
    return separate ? null : binsOf({ ...range, count: reference.present + current.present });
  }
  // Hellinger's bins come from the distinct values, whatever their number.
  if (counts !== null) return binsOf({ ...range, count: counts.distinct });
  const most = Math.max(reference.present, current.present);
  if (most > MOST_SORTED) return { problem: tooManyToSort(most) };
  return binsOf({ ...range, count: distinctValues(await sortedSamples(data, column, summary)) });
}

function binsOf(range: Range): readonly number[] | { readonly problem: string } {
  return sturgesEdges(range) ?? { problem: TOO_LARGE };
}

function tooManyToSort(count: number): string {
  return `${count.toLocaleString('en')} values are too many to sort; take a method such as psi.`;
}

export function measureFrequencies(method: FrequencyMethod, given: Frequencies, first: Both<number> | null): Measured {
  if (method === 'chisquare') return tested(chiSquareTest(given), 'There is only one category.');
  if (method === 'z') return tested(first && shareTest(first, given), 'There is no category.');
  return { statistic: ofFrequencies[method](given), pValue: null, errorBound: 0 };
}

/** Computes what needs the values of a column in their order. */
export async function measureNumbers(
  data: DriftData,
  { column, summary, single }: ColumnEvidence,
  wanted: readonly { readonly method: NumberMethod; readonly threshold: number }[],
): Promise<ReadonlyMap<NumberMethod, Measured>> {
  const found = new Map<NumberMethod, Measured>();
  const largest = Math.max(summary.reference.present, summary.current.present);
  let left = wanted;
  if (largest > EXACT_VALUES) {
    const fine = await scanFinely(data, column, summary);
    for (const { method, threshold } of wanted) {
      const bounded = boundedMeasure(method, fine, summary);
      if (bounded && isCertain(method, bounded, threshold, summary)) found.set(method, bounded.measured);
    }
    left = wanted.filter(({ method }) => !found.has(method));
  }
  if (left.length === 0) return found;
  if (largest > MOST_SORTED) {
    const problem = tooManyToSort(largest);
    for (const { method } of left) found.set(method, { problem });
    return found;
  }
  const samples = await sortedSamples(data, column, summary);
  for (const { method } of left) found.set(method, exact[method](samples, single));
  return found;
}

const exact: Readonly<Record<NumberMethod, (samples: SortedSamples, single: boolean) => Measured>> = {
  ks: (samples) => {
    const statistic = kolmogorovSmirnov(samples);
    const pValue = smirnovPValue(statistic, samples.reference.length, samples.current.length);
    return { statistic, pValue, errorBound: 0 };
  },
  wasserstein: (samples, single) => {
    const exactly = standardDeviation(samples.reference);
    // pandas keeps the variance of 32-bit numbers in 32 bits.
    const deviation = single ? Math.fround(Math.sqrt(Math.fround(exactly ** 2))) : exactly;
    // Divided by infinity, any distance would be none.
    if (!Number.isFinite(deviation)) return { problem: TOO_LARGE };
    return distance(wasserstein(samples) / norm(deviation));
  },
  wasserstein_plain: (samples) => distance(wasserstein(samples)),
  ed: (samples) => distance(energyDistance(samples)),
  anderson: (samples) => tested(andersonDarlingTest(samples), 'All values are equal.'),
  cramer_von_mises: (samples) => tested(cramerVonMisesTest(samples), 'It takes two values on each side.'),
  mannw: (samples) => tested(mannWhitneyTest(samples), ''),
  t_test: ({ reference, current }) => tested(studentTest(moments(reference), moments(current)), 'Nothing varies.'),
};

/** As Evidently: next to no spread must not make any distance large. */
function norm(deviation: number): number {
  return Math.max(deviation, 0.001);
}

function distance(statistic: number): Measured {
  return { statistic, pValue: null, errorBound: 0 };
}

function tested(result: { statistic: number; pValue: number } | null, problem: string): Measured {
  if (result === null || Number.isNaN(result.pValue)) return { problem };
  return { ...result, errorBound: 0 };
}

function moments(values: Float64Array) {
  const center = mean(values);
  return { count: values.length, mean: center, squares: squaresAround(values, center) };
}

async function sortedSamples(data: DriftData, column: TypedColumn, summary: Both<Summary>): Promise<SortedSamples> {
  const reference = await sorted(data, column, 'reference', summary.reference.present);
  return { reference, current: await sorted(data, column, 'current', summary.current.present) };
}

async function sorted(data: DriftData, column: TypedColumn, side: Side, count: number): Promise<Float64Array> {
  const values = new Float64Array(count);
  let length = 0;
  await data.scan(column, side, (part) => {
    values.set(part, length);
    length += part.length;
  });
  return sortNumbers(values);
}

interface FineScan {
  readonly edges: Float64Array;
  readonly histograms: Both<Filled>;
}

async function scanFinely(data: DriftData, column: TypedColumn, summary: Both<Summary>): Promise<FineScan> {
  const parts = [await data.sample(column, 'reference', SAMPLE), await data.sample(column, 'current', SAMPLE)];
  const sample = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    sample.set(part, offset);
    offset += part.length;
  }
  const edges = fineEdges(
    sample,
    Math.min(summary.reference.minimum, summary.current.minimum),
    Math.max(summary.reference.maximum, summary.current.maximum),
  );
  const histograms = { reference: new FineHistogram(edges), current: new FineHistogram(edges) };
  for (const side of ['reference', 'current'] as const) {
    await data.scan(column, side, (values) => histograms[side].add(values));
  }
  return { edges, histograms };
}

/** What a fine histogram tells, with the bound of its error; null for methods that need the values themselves. */
export function boundedMeasure(
  method: NumberMethod,
  { edges, histograms }: FineScan,
  summary: Both<Summary>,
): (Bounded & { readonly measured: Measured }) | null {
  if (method === 'ks') {
    const bounded = boundedKolmogorovSmirnov(edges, histograms);
    const pValue = smirnovPValue(bounded.value, summary.reference.present, summary.current.present);
    return { ...bounded, measured: { statistic: bounded.value, pValue, errorBound: bounded.errorBound } };
  }
  if (method !== 'wasserstein' && method !== 'wasserstein_plain') return null;
  const plain = boundedWasserstein(edges, histograms);
  const scale = method === 'wasserstein' ? norm(histograms.reference.deviation) : 1;
  if (!Number.isFinite(scale)) return null;
  const [value, errorBound] = [plain.value / scale, plain.errorBound / scale];
  return { value, errorBound, measured: { statistic: value, pValue: null, errorBound } };
}

/** Whether every value that the bound leaves open gives the same verdict. */
export function isCertain(
  method: DriftMethod,
  { value, errorBound }: Bounded,
  threshold: number,
  summary: Both<Summary>,
): boolean {
  const score = (statistic: number) =>
    methodOf(method).verdictBy === 'distance'
      ? statistic
      : smirnovPValue(statistic, summary.reference.present, summary.current.present);
  const verdicts = [value - errorBound, value + errorBound].map((end) =>
    exceeds(method, score(Math.max(0, end)), threshold),
  );
  return verdicts[0] === verdicts[1];
}

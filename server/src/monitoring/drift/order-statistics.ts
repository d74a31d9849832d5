/** Two samples of finite numbers, each in ascending order and not empty. */
export interface SortedSamples {
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

/**
 * Walks through the distinct values of both samples in ascending order; `visit` gets how many values of each sample are at
 * most this one.
 */
function walk(
  { reference, current }: SortedSamples,
  visit: (value: number, reference: number, current: number) => void,
): void {
  const n1 = reference.length;
  const n2 = current.length;
  let i = 0;
  let j = 0;
  while (i < n1 || j < n2) {
    const a = i < n1 ? (reference[i] ?? 0) : Number.POSITIVE_INFINITY;
    const b = j < n2 ? (current[j] ?? 0) : Number.POSITIVE_INFINITY;
    const value = Math.min(a, b);
    while (i < n1 && reference[i] === value) i += 1;
    while (j < n2 && current[j] === value) j += 1;
    visit(value, i, j);
  }
}

/** How many distinct values there are in both samples together. */
export function distinctValues(samples: SortedSamples): number {
  let count = 0;
  walk(samples, () => {
    count += 1;
  });
  return count;
}

/** Kolmogorov–Smirnov's D: the largest distance between the two distribution functions. */
export function kolmogorovSmirnov(samples: SortedSamples): number {
  const n1 = samples.reference.length;
  const n2 = samples.current.length;
  let largest = 0;
  walk(samples, (_, i, j) => {
    const distance = Math.abs(i / n1 - j / n2);
    if (distance > largest) largest = distance;
  });
  return largest;
}

/** Wasserstein's distance W₁ = ∫|F − G|, in the unit of the values; `scipy.stats.wasserstein_distance`. */
export function wasserstein(samples: SortedSamples): number {
  return areaBetween(samples, Math.abs);
}

/** √(2∫(F − G)²), Székely; `scipy.stats.energy_distance`. */
export function energyDistance(samples: SortedSamples): number {
  return Math.sqrt(2 * areaBetween(samples, (difference) => difference * difference));
}

/** As `walk`, but without a call for each of millions of values. */
function areaBetween({ reference, current }: SortedSamples, height: (difference: number) => number): number {
  const n1 = reference.length;
  const n2 = current.length;
  let [i, j, area, before, difference] = [0, 0, 0, Number.NaN, 0];
  while (i < n1 || j < n2) {
    const a = i < n1 ? (reference[i] ?? 0) : Number.POSITIVE_INFINITY;
    const b = j < n2 ? (current[j] ?? 0) : Number.POSITIVE_INFINITY;
    const value = Math.min(a, b);
    while (i < n1 && reference[i] === value) i += 1;
    while (j < n2 && current[j] === value) j += 1;
    // Before the first value there is nothing between them.
    if (difference !== 0) area += height(difference) * (value - before);
    before = value;
    difference = i / n1 - j / n2;
  }
  return area;
}

/** Population standard deviation in two passes, as NumPy has it. */
export function standardDeviation(values: Float64Array): number {
  return Math.sqrt(squaresAround(values, mean(values)) / values.length);
}

export function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Σ(x − m)². */
export function squaresAround(values: Float64Array, center: number): number {
  let sum = 0;
  for (const value of values) sum += (value - center) ** 2;
  return sum;
}

/**
 * The k-sample statistic of Anderson and Darling for two samples with midranks, standardised: Scholz and Stephens (1987),
 * eq. 7; `scipy.stats.anderson_ksamp`. Null where all values are equal or there are fewer than four.
 */
export function andersonDarling(samples: SortedSamples): number | null {
  const n1 = samples.reference.length;
  const n2 = samples.current.length;
  const total = n1 + n2;
  if (total < 4 || distinctValues(samples) < 2) return null;
  let first = 0;
  let second = 0;
  let [beforeFirst, beforeSecond] = [0, 0];
  walk(samples, (_, i, j) => {
    const ties = i - beforeFirst + (j - beforeSecond);
    const middle = beforeFirst + beforeSecond + ties / 2;
    const weight = ties / total / (middle * (total - middle) - (total * ties) / 4);
    first += weight * (total * (beforeFirst + i) * 0.5 - middle * n1) ** 2;
    second += weight * (total * (beforeSecond + j) * 0.5 - middle * n2) ** 2;
    [beforeFirst, beforeSecond] = [i, j];
  });
  const statistic = ((first / n1 + second / n2) * (total - 1)) / total;
  return (statistic - 1) / Math.sqrt(andersonVariance(n1, n2));
}

/** Variance of the statistic under the null hypothesis: Scholz and Stephens (1987), eq. 4, for k = 2. */
function andersonVariance(n1: number, n2: number): number {
  const n = n1 + n2;
  const inverses = 1 / n1 + 1 / n2;
  let harmonic = 0;
  let g = 0;
  for (let i = 0; i < n - 2; i += 1) {
    harmonic += 1 / (n - 1 - i);
    g += harmonic / (i + 2);
  }
  const h = harmonic + 1;
  const a = 4 * g - 6 + (10 - 6 * g) * inverses;
  const b = (2 * g - 4) * 4 + 16 * h + (2 * g - 14 * h - 4) * inverses - 8 * h + 4 * g - 6;
  const c = (6 * h + 2 * g - 2) * 4 + (4 * h - 4 * g + 6) * 2 + (2 * h - 6) * inverses + 4 * h;
  const d = (2 * h + 6) * 4 - 8 * h;
  return (a * n ** 3 + b * n ** 2 + c * n + d) / ((n - 1) * (n - 2) * (n - 3));
}

/** What {@link cramerVonMises} and {@link mannWhitney} ask of the ranks in both samples together. */
export interface RankSums {
  /** Σ of the reference's midranks. */
  readonly reference: number;
  /** n₁·Σ(rᵢ − i)² + n₂·Σ(sⱼ − j)²: Anderson (1962), eq. 10 of SciPy's reference. */
  readonly u: number;
  /** Σ(t³ − t) over groups of t equal values. */
  readonly ties: number;
}

export function rankSums(samples: SortedSamples): RankSums {
  const n1 = samples.reference.length;
  const n2 = samples.current.length;
  let [reference, u1, u2, ties] = [0, 0, 0, 0];
  let [beforeFirst, beforeSecond] = [0, 0];
  walk(samples, (_, i, j) => {
    const count = i - beforeFirst + (j - beforeSecond);
    const rank = beforeFirst + beforeSecond + (count + 1) / 2;
    for (let k = beforeFirst + 1; k <= i; k += 1) u1 += (rank - k) ** 2;
    for (let k = beforeSecond + 1; k <= j; k += 1) u2 += (rank - k) ** 2;
    reference += rank * (i - beforeFirst);
    ties += count ** 3 - count;
    [beforeFirst, beforeSecond] = [i, j];
  });
  return { reference, u: n1 * u1 + n2 * u2, ties };
}

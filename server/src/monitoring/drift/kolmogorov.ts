/**
 * P-values of the Kolmogorov–Smirnov test, as `scipy.stats.ks_2samp` chooses them: exact for samples of at most 10,000
 * values, else by the distribution of the one-sample statistic for the harmonic size n₁n₂/(n₁+n₂).
 */
const LARGEST_EXACT = 10_000;

/** P(D ≥ d) for two samples of n₁ and n₂ values with nothing between them but chance. */
export function smirnovPValue(d: number, n1: number, n2: number): number {
  if (Math.max(n1, n2) <= LARGEST_EXACT) return exactPValue(d, n1, n2);
  return kolmogorovAbove(roundToEven((n1 * n2) / (n1 + n2)), d);
}

function exactPValue(d: number, n1: number, n2: number): number {
  const common = greatestCommonDivisor(n1, n2);
  const steps = Math.round(d * (n1 / common) * n2);
  if (steps <= 0) return 1;
  return clip(n1 === n2 ? ofEqualSizes(n1, steps) : pathsOutside(Math.max(n1, n2), Math.min(n1, n2), common, steps));
}

/**
 * Gnedenko and Korolyuk (1951): 2·Σ (−1)^(k−1) C(2n, n−kh) / C(2n, n). From the last term inwards, each as a factor of the
 * one before, so that nothing cancels.
 */
function ofEqualSizes(n: number, h: number): number {
  let sum = 0;
  for (let k = Math.floor(n / h); k >= 1; k -= 1) {
    let ratio = 1;
    for (let j = 0; j < h; j += 1) ratio *= (n - (k - 1) * h - j) / (n + (k - 1) * h + j + 1);
    sum = ratio * (1 - sum);
  }
  return 2 * sum;
}

/**
 * The share of lattice paths from (0, 0) to (m, n), m > n, that reach |x/m − y/n| ≥ h/lcm somewhere. Of the paths through
 * (x, y) a share of x/(x+y) came from the left, the rest from below: Hodges (1958), in the form of Viehmann
 * (arXiv:2102.08037) that counts what is outside and so loses no digits of small p-values.
 */
function pathsOutside(m: number, n: number, common: number, h: number): number {
  const mg = m / common;
  const ng = n / common;
  // Points of a column that are inside lie between two bounds that only rise; what is outside has a share of 1.
  const column = new Float64Array(n + 1).fill(1);
  const lastInside = (x: number) => Math.min(n, Math.ceil((ng * x + h) / mg) - 1);
  const firstInside = (x: number) => Math.max(0, Math.floor((ng * x - h) / mg) + 1);
  for (let y = 0; y <= lastInside(0); y += 1) column[y] = 0;
  for (let x = 1; x <= m; x += 1) {
    const first = firstInside(x);
    const last = lastInside(x);
    if (last < first) return 1;
    let below = first === 0 ? 0 : 1;
    if (first > 0) column[first - 1] = 1;
    for (let y = first; y <= last; y += 1) {
      below = ((column[y] ?? 1) * x + below * y) / (x + y);
      column[y] = below;
    }
  }
  return column[n] ?? 1;
}

/** P(Dₙ > x) of Kolmogorov's statistic. Which formula where: Simard and L'Ecuyer (2011), with SciPy's bounds. */
export function kolmogorovAbove(n: number, x: number): number {
  const t = n * x;
  if (x >= 1) return 0;
  if (t <= 0.5) return 1;
  if (t <= 1) return 1 - nearlySmallest(n, t);
  if (t >= n - 1) return 2 * (1 - x) ** n;
  if (x >= 0.5) return clip(2 * oneSidedAbove(n, x));
  const size = t * x;
  if (size >= 370) return 0;
  if (size > (n <= 140 ? 4 : 2.2)) return clip(2 * oneSidedAbove(n, x));
  if (n <= 140 || (n <= 100_000 && n * x ** 1.5 <= 1.4)) return clip(1 - durbinMatrix(n, x));
  return clip(1 - pelzGood(n, x));
}

/** P(Dₙ ≤ t/n) = n!·((2t − 1)/n)ⁿ for ½ ≤ t ≤ 1: Ruben and Gambino (1982). */
function nearlySmallest(n: number, t: number): number {
  let product = 1;
  for (let i = 1; i <= n && product > 0; i += 1) product *= (i / n) * (2 * t - 1);
  return product;
}

/**
 * P(Dₙ⁺ > x) = x·Σ C(n, j)·(x + j/n)^(j−1)·(1 − x − j/n)^(n−j), Birnbaum and Tingey (1951). All terms are positive; each
 * is a binomial probability, which Loader's form keeps exact for any n.
 */
function oneSidedAbove(n: number, x: number): number {
  let sum = (1 - x) ** n;
  const last = Math.floor(n * (1 - x));
  for (let j = 1; j <= last; j += 1) {
    const p = x + j / n;
    if (p < 1) sum += (x / p) * binomial(j, n, p, j + n * x);
  }
  return sum;
}

/** Loader (2000), “Fast and accurate computation of binomial probabilities”. `np` is n·p without the error of p. */
function binomial(j: number, n: number, p: number, np: number): number {
  if (j === n) return p ** n;
  const exponent =
    stirlingError(n) - stirlingError(j) - stirlingError(n - j) - deviance(j, np) - deviance(n - j, n - np);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * j * (n - j)));
}

/** x·ln(x/m) + m − x, without cancellation where the two are near each other. */
function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  let sum = (x - m) * v;
  let power = 2 * x * v;
  for (let k = 1; ; k += 1) {
    power *= v * v;
    const next = sum + power / (2 * k + 1);
    if (next === sum) return sum;
    sum = next;
  }
}

const smallStirlingErrors: number[] = [];

/** ln n! − ln(√(2πn)·(n/e)ⁿ). */
function stirlingError(n: number): number {
  if (n > 15) {
    const nn = n * n;
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / nn) / nn) / nn) / nn) / n;
  }
  if (smallStirlingErrors.length === 0) {
    let factorial = 1;
    for (let i = 0; i <= 15; i += 1) {
      if (i > 0) factorial *= i;
      smallStirlingErrors.push(
        i === 0 ? 0 : Math.log(factorial) - (0.5 * Math.log(2 * Math.PI * i) + i * Math.log(i) - i),
      );
    }
  }
  return smallStirlingErrors[n] ?? 0;
}

const SCALE = 2 ** 128;

/** P(Dₙ < x) as an element of a matrix's nth power: Durbin (1973), Marsaglia, Tsang and Wang (2003). */
function durbinMatrix(n: number, x: number): number {
  const k = Math.ceil(n * x);
  const m = 2 * k - 1;
  let square: Scaled = { cells: durbinCells(m, k - n * x), exponent: 0 };
  let power: Scaled | null = null;
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power = power === null ? square : multiply(power, square, m);
    if (left > 1) square = multiply(square, square, m);
  }
  let probability = power?.cells[(k - 1) * m + k - 1] ?? 0;
  let exponent = power?.exponent ?? 0;
  for (let i = 1; i <= n; i += 1) {
    probability *= i / n;
    if (probability !== 0 && probability < 1 / SCALE) {
      probability *= SCALE;
      exponent -= 1;
    }
  }
  return probability * SCALE ** exponent;
}

/** A matrix, and which power of {@link SCALE} it has to be multiplied by. */
interface Scaled {
  readonly cells: Float64Array;
  readonly exponent: number;
}

function durbinCells(m: number, h: number): Float64Array {
  const inverse = [1];
  for (let i = 1; i <= m; i += 1) inverse.push((inverse[i - 1] ?? 0) / i);
  const cells = new Float64Array(m * m);
  for (let row = 0; row < m; row += 1) {
    for (let column = 0; column <= Math.min(m - 1, row + 1); column += 1) {
      cells[row * m + column] = inverse[row - column + 1] ?? 0;
    }
  }
  for (let i = 0; i < m; i += 1) {
    const edge = (1 - h ** (i + 1)) * (inverse[i + 1] ?? 0);
    cells[i * m] = edge;
    cells[(m - 1) * m + (m - 1 - i)] = edge;
  }
  cells[(m - 1) * m] = (1 - 2 * h ** m + Math.max(0, 2 * h - 1) ** m) * (inverse[m] ?? 0);
  return cells;
}

function multiply(a: Scaled, b: Scaled, m: number): Scaled {
  const cells = new Float64Array(m * m);
  for (let row = 0; row < m; row += 1) {
    for (let inner = 0; inner < m; inner += 1) {
      const factor = a.cells[row * m + inner] ?? 0;
      if (factor === 0) continue;
      for (let column = 0; column < m; column += 1) {
        cells[row * m + column] = (cells[row * m + column] ?? 0) + factor * (b.cells[inner * m + column] ?? 0);
      }
    }
  }
  const exponent = a.exponent + b.exponent;
  const middle = Math.floor(m / 2) * (m + 1);
  if ((cells[middle] ?? 0) <= SCALE) return { cells, exponent };
  return { cells: cells.map((cell) => cell / SCALE), exponent: exponent + 1 };
}

/** P(Dₙ ≤ x) to O(n^−2): Pelz and Good (1976), with Simard and L'Ecuyer's correction of K₃. */
function pelzGood(n: number, x: number): number {
  const z = Math.sqrt(n) * x;
  const z2 = z * z;
  const z4 = z2 * z2;
  const z6 = z4 * z2;
  const pi2 = Math.PI ** 2;
  let k0 = 0;
  let k1 = 0;
  let k2 = 0;
  let k3 = 0;
  let extra2 = 0;
  let extra3 = 0;
  for (let k = Math.ceil((16 * z) / Math.PI); k >= 1; k -= 1) {
    // π²(k − ½)² of the sums over half integers, π²k² of those over whole ones.
    const half = pi2 * (k - 0.5) ** 2;
    const weight = Math.exp(-half / (2 * z2));
    k0 += weight;
    k1 += weight * (half - z2);
    k2 += weight * (6 * z6 + 2 * z4 + half * (2 * z4 - 5 * z2) + half * half * (1 - 2 * z2));
    k3 +=
      weight *
      (half ** 3 * (5 - 30 * z2) +
        half ** 2 * (212 * z4 - 60 * z2) +
        half * (135 * z4 - 96 * z6) -
        30 * z6 -
        90 * z4 * z4);
    const whole = pi2 * k * k;
    const other = Math.exp(-whole / (2 * z2));
    extra2 += other * whole;
    extra3 += other * whole * (3 * z2 - whole);
  }
  const root = Math.sqrt(2 * Math.PI);
  return (
    root *
    (k0 / z +
      k1 / (6 * z4) / Math.sqrt(n) +
      (k2 / (72 * z6 * z) - extra2 / (36 * z2 * z)) / n +
      (k3 / (6480 * z6 * z4) + extra3 / (216 * z6)) / n ** 1.5)
  );
}

function clip(probability: number): number {
  return Math.min(1, Math.max(0, probability));
}

function greatestCommonDivisor(a: number, b: number): number {
  let [large, small] = [a, b];
  while (small > 0) [large, small] = [small, large % small];
  return large;
}

/** As NumPy and IEEE 754 round halves. */
function roundToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

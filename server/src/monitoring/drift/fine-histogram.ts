import type { Both } from './drift-data.ts';

/** A value with a bound on its absolute error. */
export interface Bounded {
  readonly value: number;
  readonly errorBound: number;
}

const MOST_EDGES = 4_096;
/** Cells of equal width that tell at once which few bins a value can be in. */
const CELLS = 65_536;

/**
 * Edges that divide what a sample stands for into about equally filled bins. Values that are frequent get a bin of their own,
 * [v, next double), in which nothing is uncertain.
 */
export function fineEdges(sample: Float64Array, minimum: number, maximum: number): Float64Array {
  const sorted = sample.toSorted();
  const edges = new Set([minimum, nextAbove(maximum)]);
  const count = Math.min(MOST_EDGES, sorted.length);
  let before = Number.NaN;
  for (let index = 0; index < count; index += 1) {
    const value = sorted[Math.floor((index * sorted.length) / count)] ?? minimum;
    edges.add(value);
    if (value === before) edges.add(nextAbove(value));
    before = value;
  }
  for (const value of [minimum, maximum]) edges.add(nextAbove(value)).add(value);
  // Beyond the sample, bins that double: a tail must not be one wide bin.
  const [least = minimum, most = maximum] = [sorted[0], sorted.at(-1)];
  for (let part = 0.5; part > 1e-12; part /= 2) {
    for (const edge of [least + (minimum - least) * part, most + (maximum - most) * part]) {
      if (edge > minimum && edge < maximum) edges.add(edge);
    }
  }
  return Float64Array.from(edges).sort();
}

const bits = new DataView(new ArrayBuffer(8));

export function nextAbove(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}

/** What a fine histogram holds of one sample. */
export interface Filled {
  readonly counts: Float64Array;
  /** Σ(x − lower edge) of each bin. */
  readonly excess: Float64Array;
  readonly total: number;
  /** Population standard deviation. */
  readonly deviation: number;
}

/** Counts and sums of one sample between edges. Every value has to lie within them. */
export class FineHistogram implements Filled {
  readonly counts: Float64Array;
  /** Σ(x − lower edge) of each bin. */
  readonly excess: Float64Array;
  total = 0;
  readonly #edges: Float64Array;
  readonly #scale: number;
  /** The last bin that begins before each cell; the next entry bounds those that begin within it. */
  readonly #before: Uint16Array;
  readonly #center: number;
  #sum = 0;
  #squares = 0;

  constructor(edges: Float64Array) {
    this.#edges = edges;
    this.counts = new Float64Array(edges.length - 1);
    this.excess = new Float64Array(edges.length - 1);
    this.#center = edges[edges.length >> 1] ?? 0;
    const scale = CELLS / ((edges.at(-1) ?? 0) - (edges[0] ?? 0));
    this.#scale = Number.isFinite(scale) ? scale : 0;
    this.#before = this.#beforeCells();
  }

  /** Grows with the value, whatever is rounded: so an edge of an earlier cell is smaller, and one of a later cell larger. */
  #cellOf(value: number): number {
    const cell = (value - (this.#edges[0] ?? 0)) * this.#scale;
    // Of a range that no double can tell, all is one cell: what is not a number becomes 0.
    return cell >= CELLS ? CELLS - 1 : cell | 0;
  }

  #beforeCells(): Uint16Array {
    const before = new Uint16Array(CELLS + 1);
    const last = this.counts.length - 1;
    let edge = 0;
    for (let cell = 0; cell <= CELLS; cell += 1) {
      while (edge <= last && this.#cellOf(this.#edges[edge] ?? 0) < cell) edge += 1;
      before[cell] = Math.max(0, edge - 1);
    }
    return before;
  }

  add(values: Float64Array): void {
    const edges = this.#edges;
    const before = this.#before;
    for (const value of values) {
      const cell = this.#cellOf(value);
      let low = before[cell] ?? 0;
      let high = before[cell + 1] ?? 0;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((edges[middle] ?? 0) <= value) low = middle;
        else high = middle - 1;
      }
      this.counts[low] = (this.counts[low] ?? 0) + 1;
      this.excess[low] = (this.excess[low] ?? 0) + (value - (edges[low] ?? 0));
      const distance = value - this.#center;
      this.#sum += distance;
      this.#squares += distance * distance;
    }
    this.total += values.length;
  }

  /** Population standard deviation. */
  get deviation(): number {
    const mean = this.#sum / this.total;
    return Math.sqrt(Math.max(0, this.#squares / this.total - mean * mean));
  }
}

/** Kolmogorov–Smirnov's D: exact at every edge; between two edges the distribution functions can't leave what they climb. */
export function boundedKolmogorovSmirnov(edges: Float64Array, histograms: Both<Filled>): Bounded {
  let atEdges = 0;
  let most = 0;
  eachBin(edges, histograms, ({ lower, upper, below, reference, current }) => {
    atEdges = Math.max(atEdges, Math.abs(below + reference - current));
    const within = upper === nextAbove(lower) ? 0 : Math.max(below + reference, current - below);
    most = Math.max(most, within);
  });
  return { value: atEdges, errorBound: Math.max(0, most - atEdges) };
}

/**
 * W₁ = ∫|F − G|. Where F − G can't change its sign within a bin, the sums give its part exactly; elsewhere they bound it on
 * both sides, and the middle is taken.
 */
export function boundedWasserstein(edges: Float64Array, histograms: Both<Filled>): Bounded {
  let value = 0;
  let errorBound = 0;
  eachBin(edges, histograms, ({ lower, upper, below, reference, current, excess }) => {
    const width = upper - lower;
    const least = Math.abs((below + reference - current) * width - (excess.reference - excess.current));
    if (below - current >= 0 || below + reference <= 0) {
      value += least;
      return;
    }
    const climbed = reference * width - excess.reference + (current * width - excess.current);
    const most = Math.min(Math.abs(below) * width + climbed, Math.max(below + reference, current - below) * width);
    value += (least + most) / 2;
    errorBound += Math.max(0, most - least) / 2;
  });
  return { value, errorBound };
}

interface Bin {
  readonly lower: number;
  readonly upper: number;
  /** F − G before the bin. */
  readonly below: number;
  /** Shares of the samples within it. */
  readonly reference: number;
  readonly current: number;
  /** Σ(x − lower)/n of each. */
  readonly excess: Both<number>;
}

function eachBin(edges: Float64Array, { reference, current }: Both<Filled>, visit: (bin: Bin) => void): void {
  let [before, beforeCurrent] = [0, 0];
  for (let index = 0; index < edges.length - 1; index += 1) {
    const [r, c] = [reference.counts[index] ?? 0, current.counts[index] ?? 0];
    visit({
      lower: edges[index] ?? 0,
      upper: edges[index + 1] ?? 0,
      below: before / reference.total - beforeCurrent / current.total,
      reference: r / reference.total,
      current: c / current.total,
      excess: {
        reference: (reference.excess[index] ?? 0) / reference.total,
        current: (current.excess[index] ?? 0) / current.total,
      },
    });
    before += r;
    beforeCurrent += c;
  }
}

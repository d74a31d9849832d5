import type { Binned, CodedColumn } from './coded-rows.ts';
import type { Both } from './drift-data.ts';

/** How often each bin of a drifted column occurs. */
export type BinCounts = Both<Float64Array>;

interface Distance {
  /** Total variation distance ½·Σ|r − c| of the bins’ shares. */
  readonly distance: number;
  /**
   * Its mean for two samples of this size from one distribution: ½·Σ√(2/π · p(1 − p)(1/n + 1/m)), by the normal approximation
   * of each bin’s counts with p from both samples together.
   */
  readonly chance: number;
}

/** Of all rows but the removed ones. Called for each candidate: it makes no arrays. */
function distanceOf({ reference, current }: BinCounts, removed: BinCounts | null): Distance {
  let [n, m] = [0, 0];
  for (let bin = 0; bin < reference.length; bin += 1) {
    n += (reference[bin] ?? 0) - (removed?.reference[bin] ?? 0);
    m += (current[bin] ?? 0) - (removed?.current[bin] ?? 0);
  }
  if (n === 0 || m === 0) return { distance: Number.POSITIVE_INFINITY, chance: 0 };
  let [distance, spread] = [0, 0];
  for (let bin = 0; bin < reference.length; bin += 1) {
    const r = (reference[bin] ?? 0) - (removed?.reference[bin] ?? 0);
    const c = (current[bin] ?? 0) - (removed?.current[bin] ?? 0);
    distance += Math.abs(r / n - c / m);
    const pooled = (r + c) / (n + m);
    spread += Math.sqrt(pooled * (1 - pooled));
  }
  return { distance: distance / 2, chance: (spread * Math.sqrt((2 / Math.PI) * (1 / n + 1 / m))) / 2 };
}

/** Without what chance alone gives: else there would seem to be the more drift in the rest, the fewer rows it has. */
function beyondChance({ distance, chance }: Distance): number {
  return Math.max(0, distance - chance);
}

/** Counts of each bin of a drifted column for each code of another, one code after the other. */
export interface CrossCounts {
  readonly bins: number;
  readonly counts: BinCounts;
}

/** Counts rows by a column's codes and a drifted column's bins, those of `within` where it is given. */
export function crossCount(axis: CodedColumn, target: Binned, within: Both<Uint32Array> | null): CrossCounts {
  const count = (side: 'reference' | 'current') => {
    const counts = new Float64Array(axis.size * target.bins);
    const [codes, bins, rows] = [axis.codes[side], target.codes[side], within?.[side]];
    const length = rows?.length ?? codes.length;
    for (let index = 0; index < length; index += 1) {
      const row = rows ? (rows[index] ?? 0) : index;
      const place = (codes[row] ?? 0) * target.bins + (bins[row] ?? 0);
      counts[place] = (counts[place] ?? 0) + 1;
    }
    return counts;
  };
  return { bins: target.bins, counts: { reference: count('reference'), current: count('current') } };
}

interface TargetTotals {
  readonly target: Binned;
  readonly total: BinCounts;
  readonly distance: number;
}

/** Of so many times what chance gives, a part can be told. */
const TELLING = 1.75;

/** What is gone without some rows. */
export interface Removal {
  /** 1 − the drift of the rest / the drift of all. */
  readonly explained: number;
  /** Shares of the rows of each side. */
  readonly rows: Both<number>;
}

/** The drift of some columns together, and what remains of it without some rows: the sum of their distances. */
export class RemainingDrift {
  readonly targets: readonly TargetTotals[];
  readonly #rows: Both<number>;
  readonly #all: number;
  /** Whether there is enough drift in these rows to tell where it comes from. */
  readonly measurable: boolean;

  constructor(targets: readonly Binned[], rows: Both<number>) {
    this.#rows = rows;
    let [all, chance] = [0, 0];
    this.targets = targets.map((target) => {
      const total = totalOf(target);
      const found = distanceOf(total, null);
      const distance = beyondChance(found);
      all += distance;
      chance += found.chance;
      return { target, total, distance };
    });
    this.#all = all;
    this.measurable = Number.isFinite(all) && all > (TELLING - 1) * chance;
  }

  /**
   * What is gone without the rows that are counted in `inside`, by target. Of a column that a condition is about, at least two
   * bins have to be left: one value alone can’t differ from itself.
   */
  without(inside: readonly BinCounts[], about: readonly string[]): Removal {
    let remaining = 0;
    let rows: Both<number> = { reference: 0, current: 0 };
    for (const [index, { target, total, distance }] of this.targets.entries()) {
      const removed = inside[index];
      if (!removed) continue;
      if (index === 0) rows = { reference: sum(removed.reference), current: sum(removed.current) };
      const bare = about.includes(target.name) && filledBins(total, removed) < 2;
      remaining += bare ? distance : beyondChance(distanceOf(total, removed));
    }
    return {
      explained: 1 - remaining / this.#all,
      rows: { reference: rows.reference / this.#rows.reference, current: rows.current / this.#rows.current },
    };
  }
}

function totalOf({ bins, codes }: Binned): BinCounts {
  const count = (values: Uint8Array) => {
    const counts = new Float64Array(bins);
    for (const bin of values) counts[bin] = (counts[bin] ?? 0) + 1;
    return counts;
  };
  return { reference: count(codes.reference), current: count(codes.current) };
}

function sum(values: Float64Array): number {
  let all = 0;
  for (const value of values) all += value;
  return all;
}

function filledBins(total: BinCounts, removed: BinCounts): number {
  let count = 0;
  for (let bin = 0; bin < total.reference.length; bin += 1) {
    const all = (total.reference[bin] ?? 0) + (total.current[bin] ?? 0);
    if (all > (removed.reference[bin] ?? 0) + (removed.current[bin] ?? 0)) count += 1;
  }
  return count;
}

import type { Measure } from './measures.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const REPLICATES = 500;
/** Resampling more rows than these costs time and tells nothing more: intervals of fewer rows are scaled. */
const MOST_ROWS = 5_000;
/** Too few rows for their own spread to mean something. */
const LEAST_ROWS = 10;
const [LOW, HIGH] = [0.025, 0.975];

/** Rows that stand for all, each k-th of them, so that measures of them can be resampled. */
export function resampledRows(rows: number): Uint32Array {
  const count = Math.min(rows, MOST_ROWS);
  return Uint32Array.from({ length: count }, (_, index) => Math.floor((index * rows) / count));
}

/**
 * The 95 % interval of a measure by the percentile bootstrap (Efron 1979), the same each time it is computed. Of more than
 * 5,000 rows, that many are resampled, and the spread around the value is scaled by √(m/n) (m out of n bootstrap: Bickel,
 * Götze and van Zwet 1997). Null where too few resamplings give a value.
 *
 * @param value of all rows
 * @param measure of those of {@link resampledRows}
 */
export function bootstrapInterval(
  value: number,
  measure: Measure,
  { rows, all }: { rows: number; all: number },
): Interval | null {
  if (rows < LEAST_ROWS || !Number.isFinite(value)) return null;
  const random = xorshift(0x9e3779b9 ^ rows);
  const found: number[] = [];
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    const weights = new Float64Array(rows);
    for (let draw = 0; draw < rows; draw++) {
      const row = Math.floor(random() * rows);
      weights[row] = (weights[row] ?? 0) + 1;
    }
    const one = measure(weights);
    if (Number.isFinite(one)) found.push(one);
  }
  if (found.length < REPLICATES * 0.9) return null;
  const sorted = Float64Array.from(found).sort();
  if (rows === all) return { low: quantile(sorted, LOW), high: quantile(sorted, HIGH) };
  const centre = measure(null);
  const scaled = (share: number) => value + (quantile(sorted, share) - centre) * Math.sqrt(rows / all);
  return { low: scaled(LOW), high: scaled(HIGH) };
}

/** Between neighbours in a straight line, as NumPy's default. */
function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}

/** Numbers from 0 to 1, 1 left out: Marsaglia's xorshift with 32 bits (2003). */
function xorshift(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

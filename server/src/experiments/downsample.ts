/**
 * Which points of a curve to draw, as rising positions in `values`, at most `limit` of them.
 *
 * The curve is cut into buckets of about equal numbers of points. Of each bucket the smallest and the largest finite
 * value stay (the first of equals), and where the curve has any, one NaN (a gap) and one of each infinity. The first and
 * the last point of the curve stay. A curve of no more than `limit` points stays whole. `limit` is at least 7.
 */
export function downsample(values: ArrayLike<number>, limit: number): number[] {
  const { length } = values;
  if (length <= limit) return Array.from({ length }, (_, position) => position);
  const perBucket = 2 + kindsBeyondFinite(values);
  const buckets = Math.max(1, Math.floor((limit - 2) / perBucket));
  const kept: number[] = [0];
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const { start, end } = bucketRange({ bucket, buckets, length });
    for (const position of notable(values, start, end)) {
      if (position !== kept.at(-1)) kept.push(position);
    }
  }
  if (kept.at(-1) !== length - 1) kept.push(length - 1);
  return kept;
}

/** Positions `start` to before `end` of a bucket. */
export function bucketRange(of: { bucket: number; buckets: number; length: number }): { start: number; end: number } {
  const { bucket, buckets, length } = of;
  return {
    start: Math.floor((bucket * length) / buckets),
    end: Math.floor(((bucket + 1) * length) / buckets),
  };
}

/** The kinds of values that can't be smallest or largest. */
const nan = 0;
const positiveInfinity = 1;
const negativeInfinity = 2;

function kindBeyondFinite(value: number): number {
  if (Number.isNaN(value)) return nan;
  return value > 0 ? positiveInfinity : negativeInfinity;
}

function kindsBeyondFinite(values: ArrayLike<number>): number {
  const kinds = new Set<number>();
  for (let position = 0; position < values.length; position += 1) {
    const value = values[position] ?? Number.NaN;
    if (!Number.isFinite(value)) kinds.add(kindBeyondFinite(value));
  }
  return kinds.size;
}

function notable(values: ArrayLike<number>, start: number, end: number): number[] {
  let smallest = -1;
  let largest = -1;
  const firstOfKind = [-1, -1, -1];
  for (let position = start; position < end; position += 1) {
    const value = values[position] ?? Number.NaN;
    if (!Number.isFinite(value)) {
      const kind = kindBeyondFinite(value);
      if (firstOfKind[kind] === -1) firstOfKind[kind] = position;
      continue;
    }
    if (smallest < 0 || value < (values[smallest] ?? 0)) smallest = position;
    if (largest < 0 || value > (values[largest] ?? 0)) largest = position;
  }
  const positions = [smallest, largest, ...firstOfKind].filter((position) => position >= 0);
  return [...new Set(positions)].sort((a, b) => a - b);
}

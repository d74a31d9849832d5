/** What bins of numbers are made from: both samples together. */
export interface Range {
  readonly minimum: number;
  readonly maximum: number;
  /** How many values the number of bins comes from. */
  readonly count: number;
  /** Whole numbers: no bin is narrower than 1. */
  readonly integers: boolean;
  /** Numbers of 32 bits: NumPy then computes the edges with as many. */
  readonly single: boolean;
}

/**
 * Edges of bins as `numpy.histogram_bin_edges(…, bins="sturges")` gives them: width (max − min)/(log₂ n + 1), then as many
 * equal bins as cover the range. A bin holds its lower edge; the last one holds its upper edge too.
 * Null where the range is wider than a double can tell.
 */
export function sturgesEdges({ minimum, maximum, count, integers, single }: Range): readonly number[] | null {
  if (minimum === maximum) return [minimum - 0.5, maximum + 0.5];
  const round = single ? Math.fround : (value: number) => value;
  const span = round(maximum - minimum);
  if (!Number.isFinite(span)) return null;
  const sturges = span / (Math.log2(count) + 1);
  const width = integers && sturges < 1 ? 1 : sturges;
  const bins = width > 0 ? Math.ceil(span / width) : 1;
  const step = round(span / bins);
  // A range of subnormal numbers may be too narrow for so many bins.
  const edges = Array.from({ length: bins }, (_, index) => round(minimum + round(index * step)));
  return [...edges, maximum].filter((edge, index, all) => index === 0 || edge > (all[index - 1] ?? edge));
}

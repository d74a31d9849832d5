/** Where the values of both samples lie. */
export interface Spread {
  readonly minimum: number;
  readonly maximum: number;
  /** Between these two are nearly all of them. */
  readonly low: number;
  readonly high: number;
  /** There are whole numbers alone. */
  readonly integers: boolean;
}

const MOST_BINS = 60;
/** Beyond so many times the width of where nearly all values are, the others are left outside. */
const FAR = 5;

/**
 * Edges of equal bins for a picture, not for a measure: over all values, or, where a few of them lie so far away that the
 * others would share a bin, over where nearly all are. Whole numbers are never split. Null where there is nothing to bin.
 */
export function viewEdges(spread: Spread, { whole }: { readonly whole: boolean }): number[] | null {
  const { minimum, maximum, low, high, integers } = spread;
  if (![minimum, maximum, low, high].every(Number.isFinite) || minimum > maximum) return null;
  const isFar = maximum - minimum > FAR * (high - low) && high > low;
  const [from, to] = isFar && !whole ? padded({ minimum, maximum, low, high }) : [minimum, maximum];
  if (!Number.isFinite(to - from)) return null;
  if (from === to) return around(from);
  if (integers) return integerEdges(Math.floor(from), Math.ceil(to));
  const step = (to - from) / MOST_BINS;
  const edges = Array.from({ length: MOST_BINS }, (_, index) => from + index * step);
  // Between neighbouring doubles there is no room for so many.
  return [...edges, to].filter((edge, index, all) => index === 0 || edge > (all[index - 1] ?? edge));
}

function padded({ minimum, maximum, low, high }: Omit<Spread, 'integers'>): [number, number] {
  const margin = (high - low) / 2;
  return [Math.max(minimum, low - margin), Math.min(maximum, high + margin)];
}

function around(value: number): number[] {
  const half = Math.max(0.5, Math.abs(value) * 1e-9);
  return [value - half, value + half];
}

function integerEdges(from: number, to: number): number[] {
  const width = Math.max(1, Math.ceil((to - from + 1) / MOST_BINS));
  const bins = Math.ceil((to - from + 1) / width);
  return Array.from({ length: bins + 1 }, (_, index) => from - 0.5 + index * width);
}

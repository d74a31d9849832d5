import type { ProfileHistogram } from '#schemas/domain/drift-profile.ts';

/** Cells of a column: a kilobyte or two of JSON. */
const MOST_CELLS = 512;
const FINEST = -1_000;

/**
 * The finest width, as a power of two, with which values from `minimum` to `maximum` take at most 512 cells. Of a part of that
 * range it is never coarser: histograms of parts can always be brought to the grid of the whole.
 */
export function exponentFor(minimum: number, maximum: number): number {
  const span = maximum - minimum;
  const guess = span > 0 && Number.isFinite(span) ? Math.floor(Math.log2(span / MOST_CELLS)) - 1 : FINEST;
  // Far from 0 a double tells only so much: finer cells would all be empty or hold one value.
  const magnitude = Math.max(Math.abs(minimum), Math.abs(maximum));
  const finest = magnitude === 0 ? FINEST : Math.floor(Math.log2(magnitude)) - 48;
  let exponent = Math.max(guess, finest, FINEST);
  while (cellOf(maximum, exponent) - cellOf(minimum, exponent) >= MOST_CELLS) exponent += 1;
  return exponent;
}

/** The number of the cell that holds a value. */
export function cellOf(value: number, exponent: number): number {
  const cell = Math.floor(value / 2 ** exponent);
  // The least numbers divided are 0.
  return cell === 0 && value < 0 ? -1 : cell;
}

/** Edges of the cells that hold values from `minimum` to `maximum`, one more than there are cells. */
export function gridEdges(minimum: number, maximum: number, exponent: number): { first: number; edges: Float64Array } {
  const first = cellOf(minimum, exponent);
  const cells = cellOf(maximum, exponent) - first + 1;
  return { first, edges: Float64Array.from({ length: cells + 1 }, (_, index) => (first + index) * 2 ** exponent) };
}

/** Edges of a histogram's cells, and where values lie beyond them, cells whose widths double as far as those go. */
export function edgesAround(
  { exponent, first, counts }: ProfileHistogram,
  minimum: number,
  maximum: number,
): Float64Array {
  const width = 2 ** exponent;
  const low = first * width;
  const high = (first + counts.length) * width;
  const below: number[] = [];
  for (let step = width, edge = low; edge > minimum; step *= 2) {
    edge -= step;
    below.push(edge);
  }
  const above: number[] = [];
  for (let step = width, edge = high; edge <= maximum; step *= 2) {
    edge += step;
    above.push(edge);
  }
  const own = Array.from({ length: counts.length + 1 }, (_, index) => (first + index) * width);
  return Float64Array.from([...below.reverse(), ...own, ...above]);
}

/** The same counts on a coarser grid. */
export function coarsened(histogram: ProfileHistogram, exponent: number): ProfileHistogram {
  if (exponent === histogram.exponent) return histogram;
  const factor = 2 ** (exponent - histogram.exponent);
  const first = Math.floor(histogram.first / factor);
  const last = Math.floor((histogram.first + histogram.counts.length - 1) / factor);
  const counts = new Array<number>(last - first + 1).fill(0);
  const excess = new Array<number>(last - first + 1).fill(0);
  for (const [index, count] of histogram.counts.entries()) {
    const fine = histogram.first + index;
    const cell = Math.floor(fine / factor) - first;
    const offset = fine / factor - (first + cell);
    counts[cell] = (counts[cell] ?? 0) + count;
    excess[cell] = (excess[cell] ?? 0) + (histogram.excess[index] ?? 0) / factor + count * offset;
  }
  return { exponent, first, counts, excess };
}

/** Two histograms on one grid. */
export function added(one: ProfileHistogram, other: ProfileHistogram, exponent: number): ProfileHistogram {
  const [a, b] = [coarsened(one, exponent), coarsened(other, exponent)];
  const first = Math.min(a.first, b.first);
  const last = Math.max(a.first + a.counts.length, b.first + b.counts.length);
  const counts = new Array<number>(last - first).fill(0);
  const excess = new Array<number>(last - first).fill(0);
  for (const part of [a, b]) {
    for (const [index, count] of part.counts.entries()) {
      const cell = part.first + index - first;
      counts[cell] = (counts[cell] ?? 0) + count;
      excess[cell] = (excess[cell] ?? 0) + (part.excess[index] ?? 0);
    }
  }
  return { exponent, first, counts, excess };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Bounded,
  boundedKolmogorovSmirnov,
  boundedWasserstein,
  FineHistogram,
  fineEdges,
} from '#server/monitoring/drift/fine-histogram.ts';
import {
  kolmogorovSmirnov,
  type SortedSamples,
  standardDeviation,
  wasserstein,
} from '#server/monitoring/drift/order-statistics.ts';

function scanned({ reference, current }: SortedSamples, sample: Float64Array) {
  const all = [...reference, ...current];
  const edges = fineEdges(sample, Math.min(...all), Math.max(...all));
  const histograms = { reference: new FineHistogram(edges), current: new FineHistogram(edges) };
  histograms.reference.add(reference);
  histograms.current.add(current);
  return { edges, histograms };
}

function holds({ value, errorBound }: Bounded, exact: number): void {
  const rounding = 1e-9 * Math.max(1, Math.abs(exact));
  expect(errorBound).toBeGreaterThanOrEqual(0);
  expect(Math.abs(value - exact)).toBeLessThanOrEqual(errorBound + rounding);
}

const value = fc.oneof(
  fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0, -0, 5e-324, 1e6),
);
const sorted = fc.array(value, { minLength: 1, maxLength: 60 }).map((values) => Float64Array.from(values).sort());

describe('a fine histogram', () => {
  it('bounds both distances, whatever its edges were made from', () => {
    fc.assert(
      fc.property(sorted, sorted, sorted, (reference, current, sample) => {
        const samples = { reference, current };
        const { edges, histograms } = scanned(
          samples,
          sample.filter((each) => each >= -1e6),
        );
        holds(boundedKolmogorovSmirnov(edges, histograms), kolmogorovSmirnov(samples));
        holds(boundedWasserstein(edges, histograms), wasserstein(samples));
      }),
      { numRuns: 300 },
    );
  });

  it('counts each value in the bin that it lies in, as looking at every edge would', () => {
    const any = fc.oneof(value, fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 80 }), fc.array(any, { maxLength: 20 }), (given, sample) => {
        const values = Float64Array.from(given);
        const [least, most] = [Math.min(...given), Math.max(...given)];
        const within = sample.filter((each) => each >= least && each <= most);
        const edges = fineEdges(Float64Array.from([...within, given[0] ?? 0]), least, most);
        const histogram = new FineHistogram(edges);
        histogram.add(values);
        const expected = new Float64Array(edges.length - 1);
        for (const each of given) {
          const bin = edges.findLastIndex((edge) => edge <= each);
          expected[bin] = (expected[bin] ?? 0) + 1;
        }
        expect(histogram.counts).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('is exact for values that are frequent', () => {
    const reference = Float64Array.from({ length: 300 }, (_, i) => i % 4).sort();
    const current = Float64Array.from({ length: 200 }, (_, i) => i % 5).sort();
    const samples = { reference, current };
    const { edges, histograms } = scanned(samples, Float64Array.of(...reference, ...current));
    expect(boundedKolmogorovSmirnov(edges, histograms).errorBound).toBe(0);
    expect(boundedKolmogorovSmirnov(edges, histograms).value).toBeCloseTo(kolmogorovSmirnov(samples), 12);
    expect(histograms.reference.deviation).toBeCloseTo(standardDeviation(reference), 12);
  });

  it('leaves little open where its sample is like the data', () => {
    const spread = (count: number, shift: number) =>
      Float64Array.from({ length: count }, (_, i) => Math.log((i + 0.5) / (count - i - 0.5)) + shift);
    const samples = { reference: spread(50_000, 0), current: spread(40_000, 0.2) };
    const sample = spread(4_096, 0.1);
    const { edges, histograms } = scanned(samples, sample);
    const distance = boundedWasserstein(edges, histograms);
    holds(distance, wasserstein(samples));
    expect(distance.errorBound).toBeLessThan(0.01 * distance.value);
    expect(boundedKolmogorovSmirnov(edges, histograms).errorBound).toBeLessThan(0.01);
  });
});

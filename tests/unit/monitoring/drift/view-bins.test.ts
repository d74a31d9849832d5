import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viewEdges } from '#server/monitoring/drift/view-bins.ts';

const spread = (minimum: number, maximum: number, parts: object = {}) => ({
  ...{ minimum, maximum, low: minimum, high: maximum, integers: false },
  ...parts,
});

describe('bins of a picture', () => {
  it('are equal and cover all values', () => {
    const edges = viewEdges(spread(0, 6), { whole: false }) ?? [];
    expect([edges.length, edges[0], edges.at(-1)]).toEqual([61, 0, 6]);
  });

  it('leave a few far values outside, unless all are wanted', () => {
    const far = spread(0, 1e9, { low: 1, high: 9 });
    expect(viewEdges(far, { whole: false })?.at(-1)).toBe(13);
    expect(viewEdges(far, { whole: true })?.at(-1)).toBe(1e9);
    // Most values are one and the same: what is not lies nowhere far.
    expect(viewEdges(spread(0, 9, { low: 4, high: 4 }), { whole: false })?.[0]).toBe(0);
  });

  it('never split whole numbers', () => {
    expect(viewEdges(spread(1, 3, { integers: true }), { whole: false })).toEqual([0.5, 1.5, 2.5, 3.5]);
    const wide = viewEdges(spread(0, 1_000, { integers: true }), { whole: false }) ?? [];
    expect((wide[1] ?? 0) - (wide[0] ?? 0)).toBe(17);
    expect(wide.at(-1)).toBeGreaterThan(1_000);
  });

  it('have room for one value, and are none where a double can’t tell the range', () => {
    expect(viewEdges(spread(5, 5), { whole: false })).toEqual([4.5, 5.5]);
    expect(viewEdges(spread(-1.7e308, 1.7e308), { whole: false })).toBeNull();
    expect(viewEdges(spread(Number.NaN, Number.NaN), { whole: false })).toBeNull();
  });

  it('rise and hold every value of any range', () => {
    const number = fc.double({ min: -1e300, max: 1e300, noNaN: true });
    fc.assert(
      fc.property(number, number, fc.boolean(), (a, b, whole) => {
        const [minimum, maximum] = [Math.min(a, b), Math.max(a, b)];
        const edges = viewEdges(spread(minimum, maximum), { whole }) ?? [];
        expect(edges.length).toBeGreaterThanOrEqual(2);
        for (const [index, edge] of edges.entries())
          if (index > 0) expect(edge).toBeGreaterThan(edges[index - 1] ?? edge);
        expect(edges[0]).toBeLessThanOrEqual(minimum);
        expect(edges.at(-1)).toBeGreaterThanOrEqual(maximum);
      }),
    );
  });
});

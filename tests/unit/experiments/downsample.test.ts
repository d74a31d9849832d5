import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketRange, downsample } from '#server/experiments/downsample.ts';

const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ noNaN: true, min: -1e6, max: 1e6 }) },
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const curve = fc.array(value, { maxLength: 400 });
const limit = fc.integer({ min: 7, max: 120 });

describe('downsampling', () => {
  it('keeps at most so many points, in their order, each once', () => {
    fc.assert(
      fc.property(curve, limit, (values, most) => {
        const kept = downsample(values, most);
        expect(kept.length).toBeLessThanOrEqual(Math.max(most, 0));
        for (const [index, position] of kept.entries()) {
          expect(position).toBeGreaterThan(index === 0 ? -1 : (kept[index - 1] ?? 0));
          expect(position).toBeLessThan(values.length);
        }
      }),
    );
  });

  it('keeps a small curve whole, and is done after one time', () => {
    fc.assert(
      fc.property(curve, limit, (values, most) => {
        const once = downsample(values, most).map((position) => values[position] ?? 0);
        expect(downsample(once, most)).toEqual([...once.keys()]);
        if (values.length <= most) expect(once).toEqual(values);
      }),
    );
  });

  it('keeps first, last, and the extremes of every bucket', () => {
    fc.assert(
      fc.property(curve, limit, (values, most) => {
        fc.pre(values.length > most);
        const kept = new Set(downsample(values, most));
        expect(kept.has(0) && kept.has(values.length - 1)).toBe(true);
        const kinds = [Number.isNaN, (v: number) => v === Infinity, (v: number) => v === -Infinity];
        const perBucket = 2 + kinds.filter((isKind) => values.some((v) => isKind(v))).length;
        const buckets = Math.max(1, Math.floor((most - 2) / perBucket));
        for (let bucket = 0; bucket < buckets; bucket += 1) {
          const { start, end } = bucketRange({ bucket, buckets, length: values.length });
          const all = values.slice(start, end);
          const here = all.filter((_, offset) => kept.has(start + offset));
          const finite = (of: number[]) => of.filter(Number.isFinite);
          expect(Math.max(...finite(here))).toBe(Math.max(...finite(all)));
          expect(Math.min(...finite(here))).toBe(Math.min(...finite(all)));
          for (const isKind of kinds) expect(here.some((v) => isKind(v))).toBe(all.some((v) => isKind(v)));
        }
      }),
    );
  });

  it('keeps a single spike among 100,000 points', () => {
    const values = new Array<number>(100_000).fill(0);
    values[54_321] = 9;
    expect(downsample(values, 1000)).toContain(54_321);
  });
});

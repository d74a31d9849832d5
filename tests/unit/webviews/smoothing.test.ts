import fc from 'fast-check';
import { expect, test } from 'vitest';
import { smooth } from '#webviews/shared/smoothing.ts';

test('is the average of TensorBoard, corrected at the start', () => {
  // By hand: 0.5·0 + 0.5·2 = 1, over 1 − 0.5; then 0.5·1 + 0.5·4 = 2.5, over 1 − 0.25.
  const [first, second] = smooth([2, 4], 0.5);
  expect(first).toBeCloseTo(2, 12);
  expect(second).toBeCloseTo(2.5 / 0.75, 12);
});

test('leaves what is not finite in its place and out of the average', () => {
  const smoothed = smooth([1, Number.NaN, 1, Number.POSITIVE_INFINITY, 1], 0.9);
  expect(smoothed[1]).toBeNaN();
  expect(smoothed[3]).toBe(Number.POSITIVE_INFINITY);
  expect(smoothed[4]).toBeCloseTo(1, 12);
});

test('stays within the values, and keeps a constant', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 0.99, noNaN: true }), (y, weight) => {
      const slack = 1e-6;
      for (const value of smooth(y, weight)) {
        expect(value).toBeGreaterThanOrEqual(Math.min(...y) - slack);
        expect(value).toBeLessThanOrEqual(Math.max(...y) + slack);
      }
    }),
  );
});

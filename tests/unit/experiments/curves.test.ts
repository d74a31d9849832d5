import { describe, expect, it } from 'vitest';
import { type CurveOptions, pointsPerCurve, toCurve } from '#server/experiments/curves.ts';
import { historyPage } from '#server/experiments/histories.ts';
import type { Step } from '#server/experiments/tracking-store.ts';

const ref = { tracker: 'local', runId: 'a' };
const draw = (points: readonly (readonly [Step, number, number])[], options: Partial<CurveOptions> = {}) =>
  toCurve(
    ref,
    'loss',
    {
      steps: points.map(([step]) => step),
      timestamps: points.map(([, time]) => time),
      values: points.map(([, , value]) => value),
    },
    { axis: 'step', from: null, to: null, maxPoints: 1000, ...options },
  );

describe('curves', () => {
  it('keep steps beyond 2^53 exact, several points of a step in order, and what is no number', () => {
    const large = 2n ** 60n + 1n;
    const { x, y } = draw([
      [1, 0, 3],
      [1, 1, 2],
      [2, 2, Number.NaN],
      [large, 3, Number.NEGATIVE_INFINITY],
    ]);
    expect(x).toEqual([1, 1, 2, '1152921504606846977']);
    expect(y).toEqual([3, 2, 'NaN', '-Infinity']);
  });

  it('over time go by time, over relative time from the run’s first point', () => {
    const points = [
      [0, 200, 1],
      [1, 100, 2],
      [2, 300, 3],
    ] as const;
    expect(draw(points, { axis: 'time' })).toMatchObject({ x: [100, 200, 300], y: [2, 1, 3] });
    expect(draw(points, { axis: 'relative' })).toMatchObject({ x: [0, 100, 200], y: [2, 1, 3] });
  });

  it('are cut to the range asked for before they are thinned out', () => {
    const points = Array.from({ length: 10_000 }, (_, step) => [step, step, Math.sin(step)] as const);
    const part = draw(points, { from: 5_000n, to: 5_019, maxPoints: 100 });
    expect(part.x).toHaveLength(20);
    expect(part.total).toBe(20);
    const whole = draw(points, { maxPoints: 100 });
    expect(whole.x.length).toBeLessThanOrEqual(100);
    expect(whole.total).toBe(10_000);
  });

  it('share an answer of a megabyte', () => {
    expect(pointsPerCurve(1, 2_500)).toBe(2_500);
    expect(pointsPerCurve(50, 1_000) * 50).toBeLessThanOrEqual(36_000);
    expect(pointsPerCurve(200, 1_000)).toBeGreaterThanOrEqual(50);
  });

  it('come as points page by page', () => {
    const history = { steps: [1, 2, 3], timestamps: [1, 2, 3], values: [1, Number.NaN, 3] };
    const first = historyPage(history, { limit: 2, page: null });
    expect(first.points).toEqual([
      { step: 1, timestamp: 1, value: 1 },
      { step: 2, timestamp: 2, value: 'NaN' },
    ]);
    expect(historyPage(history, { limit: 2, page: first.nextPage })).toEqual({
      points: [{ step: 3, timestamp: 3, value: 3 }],
      nextPage: null,
    });
  });
});

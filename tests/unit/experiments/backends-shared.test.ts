import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { artifactPath } from '#server/experiments/backends/shared/artifact-path.ts';
import { decodePage, encodePage } from '#server/experiments/backends/shared/page-token.ts';
import { extend, HistoryBuilder, isLater, NO_POINTS } from '#server/experiments/backends/shared/points.ts';
import type { MetricValue } from '#server/experiments/tracking-store.ts';

const point = (step: number | bigint, timestamp: number, value: number): MetricValue => ({ step, timestamp, value });
const anyPoint = fc.record({
  step: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom(2n ** 60n, 2n ** 60n + 1n)),
  timestamp: fc.integer({ min: 0, max: 3 }),
  value: fc.constantFrom(Number.NaN, Number.NEGATIVE_INFINITY, -1, 0, 0.5, Number.POSITIVE_INFINITY),
});

describe('points', () => {
  it('come in MLflow’s order whatever order they were logged in', () => {
    fc.assert(
      fc.property(fc.array(anyPoint), (points) => {
        const build = (from: readonly MetricValue[]) => {
          const builder = new HistoryBuilder();
          for (const one of from) builder.add(one);
          return builder.build();
        };
        const history = build(points);
        expect(build([...points].reverse())).toEqual(history);
        const rows = history.steps.map((step, index) =>
          point(step, history.timestamps[index] ?? 0, history.values[index] ?? 0),
        );
        expect([...rows].sort(byText)).toEqual([...points].sort(byText));
        for (const [index, row] of rows.entries()) {
          const before = rows[index - 1];
          if (before !== undefined) expect(isLater(before, row)).toBe(false);
        }
      }),
    );
  });

  it('are the latest by step, then time, then value, a NaN never instead of a number', () => {
    expect(isLater(point(2, 0, 0), point(1, 9, 9))).toBe(true);
    expect(isLater(point(1, 2, 0), point(1, 1, 9))).toBe(true);
    expect(isLater(point(1, 1, 2), point(1, 1, 1))).toBe(true);
    expect(isLater(point(1, 1, Number.NaN), point(1, 1, 1))).toBe(false);
    expect(isLater(point(2n ** 60n + 1n, 0, 0), point(2n ** 60n, 0, 0))).toBe(true);
  });

  it('have an extent without NaN and a count with it', () => {
    expect([Number.NaN, 3, Number.NEGATIVE_INFINITY, Number.NaN].reduce(extend, NO_POINTS)).toEqual({
      min: Number.NEGATIVE_INFINITY,
      max: 3,
      count: 4,
    });
    expect([Number.NaN].reduce(extend, NO_POINTS)).toEqual({ min: null, max: null, count: 1 });
  });
});

describe('a page token', () => {
  const schema = z.object({ offset: z.int().positive() });

  it('comes back for the search it was made for, and for no other', () => {
    const token = encodePage({ filter: 'a' }, { offset: 7 });
    expect(decodePage(token, { filter: 'a' }, schema)).toEqual({ offset: 7 });
    expect(() => decodePage(token, { filter: 'b' }, schema)).toThrow(/another search/);
  });

  it.each(['', 'nonsense!', 'bnVsbA', Buffer.from('{"offset":1}').toString('base64url')])(
    'is refused: “%s”',
    (token) => {
      expect(() => decodePage(token, {}, schema)).toThrow(/page token/);
    },
  );
});

describe('a path of an artifact', () => {
  it('never leaves the root', () => {
    const part = fc.constantFrom('..', '.', '', 'a', 'b c', '%2e%2e', 'C:', '/', '\\');
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        try {
          const path = artifactPath(parts.join('/'));
          expect(path.split('/')).not.toContain('..');
          expect(path).not.toMatch(/^\/|^[A-Za-z]:|\\/);
        } catch (error) {
          expect(error).toMatchObject({ reason: 'input' });
        }
      }),
    );
  });

  it('names no drive behind a dot', () => {
    expect(() => artifactPath('./C:')).toThrow(/no path inside/);
  });

  it('is plain', () => {
    expect(artifactPath('./plots//a.csv/')).toBe('plots/a.csv');
    expect(artifactPath('/'.slice(1))).toBe('');
  });
});

function byText(a: MetricValue, b: MetricValue): number {
  return String(Object.values(a)) < String(Object.values(b)) ? -1 : 1;
}

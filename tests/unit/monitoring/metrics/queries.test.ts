import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseStep, MOST_POINTS } from '#server/monitoring/metrics/choose-step.ts';
import { expandQuery, namesVersion } from '#server/monitoring/metrics/expand-query.ts';

const hour = 3_600_000;

describe('the step of a range', () => {
  test.each([
    [hour, 250, 15_000],
    [6 * hour, 250, 120_000],
    [24 * hour, 250, 600_000],
    [30 * 24 * hour, 250, 3 * hour],
    [1_000, 250, 1_000],
  ])('of %i ms in %i points is %i ms', (length, points, step) => {
    expect(chooseStep({ from: 0, to: length }, points)).toBe(step);
  });

  test('is no finer than the data', () => {
    expect(chooseStep({ from: 0, to: hour }, 1_000, 60_000)).toBe(60_000);
  });

  test('never gives more points than wanted, nor than Prometheus allows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400 * 365 * 24 * hour }),
        fc.integer({ min: 2, max: 50_000 }),
        (length, points) => {
          const step = chooseStep({ from: 0, to: length }, points);
          expect(Math.floor(length / step) + 1).toBeLessThanOrEqual(Math.min(points, MOST_POINTS));
        },
      ),
    );
  });
});

describe('expressions in a query', () => {
  const context = { model: { name: 'churn', version: '1.2.0' }, environment: 'production' };

  test('are worked out', () => {
    expect(expandQuery('up{v="${{ version }}",m="${{ model.name }}",e="${{ environment }}"}', context)).toBe(
      'up{v="1.2.0",m="churn",e="production"}',
    );
    expect(expandQuery('sum by (le) (x{a="{{b}}"})', context)).toBe('sum by (le) (x{a="{{b}}"})');
  });

  test('can’t end the string that they are in', () => {
    const hostile = { ...context, environment: 'a"} or up{b="\n\\' };
    expect(expandQuery('up{e="${{ environment }}"}', hostile)).toBe('up{e="a\\"} or up{b=\\"\\n\\\\"}');
  });

  test.each([
    ['${{ env.TOKEN }}', /There is no `env` here/],
    ['${{ version', null],
    ['${{ model. }}', /can’t be put into the query/],
    ['${{ model }}', /It is no text/],
  ])('that can’t be worked out are told: %s', (query, problem) => {
    if (problem === null) expect(expandQuery(query, context)).toBe(query);
    else expect(() => expandQuery(query, context)).toThrow(problem);
  });

  test('need a model that the monitor names, and its version only where they say so', () => {
    expect(() => expandQuery('${{ version }}', { model: null, environment: null })).toThrow(/names no model/);
    expect(namesVersion('up{v="${{ model.version }}"}')).toBe(true);
    expect(namesVersion('up{version="1"}')).toBe(false);
  });
});

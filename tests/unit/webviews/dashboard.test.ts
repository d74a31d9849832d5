import { expect, test } from 'vitest';
import { currentValues } from '#webviews/dashboard/current-values.ts';
import { withUnit } from '#webviews/dashboard/units.ts';

const bounds = { minimum: 1, maximum: 2 };
const series = (y: readonly (number | 'NaN')[]) => [{ name: 'a', x: y.map((_, index) => index * 1_000), y: [...y] }];

test.each([
  ['within its bounds', [1, 2], 'ok'],
  ['below', [1, 0.5], 'out-of-bounds'],
  ['above', [1, 2.5], 'out-of-bounds'],
] as const)('the newest value is judged: %s', (_, y, state) => {
  expect(currentValues({ series: series(y), step: 1_000 }, bounds, 1_000)).toMatchObject([{ value: y.at(-1), state }]);
});

test('a series that ended is no longer good, whatever it was', () => {
  expect(currentValues({ series: series([1, 1]), step: 1_000 }, bounds, 60_000)).toMatchObject([
    { state: 'no-data', at: 1_000, value: Number.NaN },
  ]);
  expect(currentValues({ series: series([1, 'NaN']), step: null }, bounds, 60_000)).toMatchObject([
    { state: 'no-data' },
  ]);
  expect(currentValues({ series: series(['NaN']), step: null }, bounds, 0)).toMatchObject([
    { state: 'no-data', at: null },
  ]);
});

test('without bounds nothing is judged', () => {
  expect(currentValues({ series: series([5]), step: null }, { minimum: null, maximum: null }, 0)).toMatchObject([
    { state: 'unjudged' },
  ]);
});

test('units are shown as Grafana shows them', () => {
  expect([
    withUnit(0.25, 'percentunit'),
    withUnit(3, 's'),
    withUnit(12, 'percent'),
    withUnit(4, 'widgets'),
    withUnit(1.5, null),
  ]).toEqual(['25 %', '3 s', '12 %', '4 widgets', '1.5']);
});

import { expect, it } from 'vitest';
import { sortNumbers } from '#server/monitoring/drift/sort-numbers.ts';

/** Always the same numbers between 0 and 1. */
function* draws(): Generator<number, never> {
  for (let state = 1; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

const shapes: Readonly<Record<string, (draw: number, index: number) => number>> = {
  even: (draw) => draw,
  'heavy tails': (draw) => Math.tan(Math.PI * (draw - 0.5)),
  'one far away': (draw, index) => (index === 77 ? 1e300 : draw),
  'few values': (draw) => Math.floor(draw * 3),
  constant: () => 4,
  'the whole range': (draw) => (draw - 0.5) * 1.7e308 * 2,
  'next to nothing': (draw) => Math.floor(draw * 3) * 5e-324,
};

it.each(Object.entries(shapes))('sorts as the built-in sort does: %s', (_, shape) => {
  const draw = draws();
  const values = Float64Array.from({ length: 20_000 }, (_each, index) => shape(draw.next().value, index));
  const expected = values.toSorted();
  expect(sortNumbers(values)).toEqual(expected);
});

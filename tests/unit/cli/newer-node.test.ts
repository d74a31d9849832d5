import { expect, test } from 'vitest';
import { isNewEnough } from '#server/cli/newer-node.ts';

test.each([
  ['20.20.2', false],
  ['22.12.0', false],
  ['24.0.0', true],
  ['26.1.0', true],
])('Node %s can run the program: %s', (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});

import { describe, expect, test } from 'vitest';
import { createFormat, formatDuration } from '#webviews/shared/format.ts';

const english = createFormat('en');

describe('numbers', () => {
  test.each([
    [0, '0'],
    [0.123456789, '0.12346'],
    [-12.5, '-12.5'],
    [3_000, '3000'],
    [123_456.7, '123457'],
    [0.00001234, '1.234E-5'],
    [2.5e12, '2.5E12'],
    ['NaN', 'NaN'],
    ['Infinity', '∞'],
    ['-Infinity', '−∞'],
  ] as const)('%s is shown as %s', (value, text) => {
    expect(english.number(value)).toBe(text);
  });

  test('in the language of the editor; English where the tag is none', () => {
    expect(createFormat('de').number(0.5)).toBe('0,5');
    expect(createFormat('not a language').number(0.5)).toBe('0.5');
  });

  test('steps beyond 2^53 keep every digit', () => {
    expect(english.step('9007199254740993')).toBe('9,007,199,254,740,993');
  });

  test('differences have a sign and three digits', () => {
    expect(english.delta(0.012345)).toBe('+0.0123');
    expect(english.delta(-2)).toBe('-2');
  });
});

test.each([
  [320, '320 ms'],
  [4_210, '4.2 s'],
  [65_000, '1 min 5 s'],
  [3_600_000, '1 h'],
  [90_061_000, '1 d 1 h'],
  [-1_500, '−1.5 s'],
])('%d ms is %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test('times are told from now', () => {
  const now = Date.UTC(2026, 0, 2);
  expect(english.ago(now - 2 * 3_600_000, now)).toBe('2 hours ago');
  expect(english.ago(now - 5_000, now)).toBe('now');
});

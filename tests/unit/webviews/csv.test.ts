import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCsv } from '#webviews/shared/csv.ts';

test('is read back as it was', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é') }).map((rest) => `x${rest}`);
  const table = fc.array(fc.array(text, { minLength: 2, maxLength: 2 }), { maxLength: 10 });
  fc.assert(
    fc.property(table, (rows) => {
      expect(parse(toCsv(['a', 'b'], rows), { record_delimiter: '\r\n' })).toEqual([['a', 'b'], ...rows]);
    }),
  );
});

test.each([
  ['=1+1', "'=1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['+cmd', "'+cmd"],
  ['-0.5', '-0.5'],
  ['+3', '+3'],
  ['-Infinity', '-Infinity'],
])('%s is written as %s: no spreadsheet runs it', (text, written) => {
  expect(toCsv([text], [])).toBe(`${written}\r\n`);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { harmless } from '#server/cli/output.ts';
import { type Column, displayWidth, renderTable, truncate } from '#server/cli/table.ts';

const at = (width: number) => ({ width, style: (_style: string, text: string) => text });
const columns: Column<{ name: string; value: number }>[] = [
  { header: 'NAME', cell: ({ name }) => name, shrinkTo: 6 },
  { header: 'VALUE', cell: ({ value }) => String(value), align: 'right' },
  { header: 'DOUBLE', cell: ({ value }) => String(value * 2), align: 'right', optional: 1 },
];

describe('tables for people', () => {
  it('align text to the left and numbers to the right', () => {
    const rows = [
      { name: 'a', value: 1 },
      { name: 'long name', value: 1234567 },
    ];
    expect(renderTable(rows, columns, at(Number.POSITIVE_INFINITY)).text.split('\n')).toEqual([
      'NAME         VALUE   DOUBLE',
      'a                1        2',
      'long name  1234567  2469134',
    ]);
  });

  it('count wide characters twice and marks not at all', () => {
    const rows = [
      { name: '模型', value: 1 },
      { name: 'e\u0301tape', value: 2 },
      { name: 'plain', value: 3 },
    ];
    const lines = renderTable(rows, columns.slice(0, 2), at(80)).text.split('\n');
    expect(new Set(lines.map(displayWidth)).size).toBe(1);
  });

  it('first shorten long texts, then leave optional columns out', () => {
    const rows = [{ name: 'a rather long name', value: 12345 }];
    const medium = renderTable(rows, columns, at(24));
    expect(medium.text.split('\n')[1]).toBe('a rather…  12345   24690');
    const narrow = renderTable(rows, columns, at(15));
    expect(narrow.shown.map(({ header }) => header)).toEqual(['NAME', 'VALUE']);
    expect(narrow.text.split('\n')[1]).toBe('a rathe…  12345');
  });

  it('never are wider than the terminal while there is anything to shorten', () => {
    const row = fc.record({ name: fc.string({ unit: 'grapheme', maxLength: 60 }), value: fc.integer() });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), fc.integer({ min: 20, max: 100 }), (rows, width) => {
        for (const line of renderTable(rows, columns, at(width)).text.split('\n')) {
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
        }
      }),
    );
  });

  it('cut text to a width with an ellipsis, never within a wide character', () => {
    expect(truncate('模型模型', 5)).toBe('模型…');
    expect(truncate('模型模型', 4)).toBe('模…');
    expect(truncate('short', 5)).toBe('short');
  });

  it('let no text move the cursor, break a line or turn the direction of writing', () => {
    expect(harmless('a\x1b[2Jb\nc\td\u202Ee\u009bf')).toBe('a␛[2Jb↵c␉d�e�f');
    expect(harmless('日本 é 😀')).toBe('日本 é 😀');
  });
});

import { describe, expect, it } from 'vitest';
import { bytesOf, durationMs } from '#server/platform/units.ts';

describe('units', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1h30m', 5_400_000],
    ['1m500ms', 60_500],
    ['2w', 1_209_600_000],
  ])('%s are %d milliseconds', (text, ms) => expect(durationMs(text)).toBe(ms));

  it.each([
    ['0B', 0],
    ['1.5kB', 1_500],
    ['500MB', 500_000_000],
    ['2GiB', 2_147_483_648],
  ])('%s are %d bytes', (text, bytes) => expect(bytesOf(text)).toBe(bytes));

  it.each(['', '5', 's', '5 s', '1.5h', '-1s'])('“%s” is no duration', (text) => {
    expect(() => durationMs(text)).toThrow(RangeError);
  });

  it.each(['', '5', 'MB', '5mb', '5 MB'])('“%s” is no size', (text) => {
    expect(() => bytesOf(text)).toThrow(RangeError);
  });
});

import { expect, test } from 'vitest';
import { formatBytes } from '#schemas/domain/bytes.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_500, '1.5 kB'],
  [1_234_567, '1.2 MB'],
  [15_400_000, '15.4 MB'],
  [3e9, '3.0 GB'],
  [5e15, '5000.0 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

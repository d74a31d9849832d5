import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '#server/platform/json.ts';

const bigIntKeys = new Set(['step']);

describe('parseJson', () => {
  test('keeps every digit of a named integer', () => {
    const text = '{"step": 9007199254740993, "timestamp": 9007199254740993, "value": 1e400}';
    expect(parseJson(text, { bigIntKeys })).toEqual({
      step: 9007199254740993n,
      timestamp: 9007199254740992,
      value: Number.POSITIVE_INFINITY,
    });
  });

  test('any 64-bit integer comes back as it was', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (step) => {
        const parsed = parseJson(`[{"step":${step}}]`, { bigIntKeys });
        expect(parsed).toEqual([{ step: Number.isSafeInteger(Number(step)) ? Number(step) : step }]);
      }),
    );
  });

  test('is JSON.parse for all else', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text, { bigIntKeys: new Set(['no such key']) })).toEqual(JSON.parse(text));
      }),
    );
  });
});

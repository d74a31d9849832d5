import { expect, it } from 'vitest';
import { errorCode } from '#server/platform/error-code.ts';

it.each([
  [Object.assign(new Error('no such file'), { code: 'ENOENT' }), 'ENOENT'],
  [Object.assign(new Error('of another kind'), { code: 5 }), ''],
  [new Error('no code'), ''],
  [{ code: 'ENOENT' }, ''],
  [null, ''],
])('%o has the code “%s”', (error, code) => {
  expect(errorCode(error)).toBe(code);
});

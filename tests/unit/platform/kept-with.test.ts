import { describe, expect, it } from 'vitest';
import { keptWith } from '#server/platform/kept-with.ts';

describe('what is kept with an object', () => {
  it('is what was set last, of each object and each keeper by itself', () => {
    const names = keptWith<object, string>();
    const counts = keptWith<object, number>();
    const [one, other] = [{}, {}];
    names.set(one, 'first');
    names.set(one, 'second');
    counts.set(one, 1);
    expect([names.get(one), counts.get(one)]).toEqual(['second', 1]);
    expect([names.get(other), counts.get(other)]).toEqual([undefined, undefined]);
  });

  it('is no part of the object that others see, copy or compare', () => {
    const names = keptWith<object, string>();
    const object = { a: 1 };
    names.set(object, 'note');
    expect(Reflect.ownKeys(object)).toEqual(['a']);
    expect(object).toStrictEqual({ a: 1 });
    expect(names.get({ ...object })).toBeUndefined();
    expect(names.get(structuredClone(object))).toBeUndefined();
  });
});

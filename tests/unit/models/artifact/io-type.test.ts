import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIoType, type IoType, parseIoType } from '#server/models/artifact/io-type.ts';

const { type } = fc.letrec<{ type: IoType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 4 },
    fc.record({ kind: fc.constant('scalar'), name: fc.oneof(fc.string(), fc.constantFrom('array', 'object', 'long')) }),
    fc.record({ kind: fc.constantFrom('array', 'map'), of: tie('type') }),
    fc.record({
      kind: fc.constant('object'),
      properties: fc.uniqueArray(fc.record({ name: fc.string(), type: tie('type'), required: fc.boolean() }), {
        selector: ({ name }) => name,
        maxLength: 4,
      }),
    }),
  ),
}));

describe('the text of a type', () => {
  it('says all of the type', () => {
    fc.assert(
      fc.property(type, (made) => {
        const text = formatIoType(made);
        const read = parseIoType(text);
        expect(read && formatIoType(read)).toBe(text);
      }),
    );
  });

  it('does not depend on the order of properties', () => {
    const [a, b] = ['a', 'b'].map((name) => ({
      name,
      type: { kind: 'scalar', name: 'long' } as const,
      required: true,
    }));
    if (!a || !b) throw new Error('two properties');
    expect(formatIoType({ kind: 'object', properties: [b, a] })).toBe('object{a: long, b: long}');
    expect(formatIoType({ kind: 'object', properties: [a, b] })).toBe('object{a: long, b: long}');
  });

  it('quotes names that are no identifiers', () => {
    const property = {
      name: 'a: "b"',
      type: { kind: 'array', of: { kind: 'scalar', name: 'any' } },
      required: false,
    } as const;
    expect(formatIoType({ kind: 'object', properties: [property] })).toBe('object{"a: \\"b\\""?: array<any>}');
  });

  it.each([
    '',
    'array<',
    'array<long',
    'object{a}',
    'object{a: long b: long}',
    'long long',
    'a<b>',
    '"open',
    'map<>',
    '?',
  ])('is not %j', (text) => {
    expect(parseIoType(text)).toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IoSignature } from '#schemas/domain/model-version.ts';
import { compareSignatures, proposedBump } from '#server/models/artifact/signature-diff.ts';

type Field = NonNullable<IoSignature['inputs']>[number];

function column(name: string | null, type = 'double', required = true): Field {
  return { name, type, shape: null, required };
}

function tensor(name: string | null, shape: number[], type = 'float32'): Field {
  return { name, type, shape, required: true };
}

function signature(parts: Partial<IoSignature>): IoSignature {
  return { inputs: [], outputs: [], params: null, ...parts };
}

type Part = keyof IoSignature;

function change(part: Part, before: Field[], after: Field[]): ReturnType<typeof compareSignatures> {
  return compareSignatures(signature({ [part]: before }), signature({ [part]: after }));
}

describe('inputs', () => {
  const age = column('age', 'integer');
  const cases: readonly (readonly [
    what: string,
    before: Field[],
    after: Field[],
    type: string,
    detail: string | null,
  ])[] = [
    ['the same', [age, column('fee')], [age, column('fee')], 'none', null],
    ['in another order', [age, column('fee')], [column('fee'), age], 'none', null],
    ['removed', [age, column('fee')], [age], 'breaking', 'Input “fee” was removed.'],
    ['new and required', [age], [age, column('fee')], 'breaking', 'Input “fee” is new and required.'],
    [
      'new and optional',
      [age],
      [age, column('fee', 'double', false)],
      'compatible',
      'Input “fee” is new and optional.',
    ],
    ['required now', [column('a', 'long', false)], [column('a', 'long')], 'breaking', 'Input “a” is required now.'],
    ['optional now', [column('a', 'long')], [column('a', 'long', false)], 'compatible', 'Input “a” is optional now.'],
    ['wider', [age], [column('age', 'long')], 'compatible', 'Input “age” is long, which takes what integer did.'],
    ['integer to double', [age], [column('age', 'double')], 'compatible', null],
    ['integer to float, which loses digits', [age], [column('age', 'float')], 'breaking', null],
    ['long to double, which loses digits', [column('a', 'long')], [column('a', 'double')], 'breaking', null],
    ['narrower', [column('age', 'long')], [age], 'breaking', 'Input “age” is integer, and was long.'],
    ['another type', [age], [column('age', 'string')], 'breaking', null],
    ['anything', [age], [column('age', 'any')], 'compatible', null],
    ['no longer anything', [column('age', 'any')], [age], 'breaking', null],
    [
      'unnamed, wider',
      [column(null, 'float')],
      [column(null, 'double')],
      'compatible',
      'Input #1 is double, which takes what float did.',
    ],
    ['unnamed, one more', [column(null)], [column(null), column(null)], 'breaking', 'Input #2 is new and required.'],
    ['named for the first time', [column(null)], [column('a')], 'breaking', 'Input #1 was removed.'],
    [
      'items wider',
      [column('a', 'array<integer>')],
      [column('a', 'array<long>')],
      'compatible',
      'Input “a”, each item, is long, which takes what integer did.',
    ],
    [
      'values of another type',
      [column('a', 'map<string>')],
      [column('a', 'map<long>')],
      'breaking',
      'Input “a”, each value, is long, and was string.',
    ],
    ['a list now', [age], [column('age', 'array<integer>')], 'breaking', null],
    [
      'property optional',
      [column('m', 'object{a: string}')],
      [column('m', 'object{a: string, b?: long}')],
      'compatible',
      'Input “m” property “b” is new and optional.',
    ],
    [
      'property required',
      [column('m', 'object{a: string}')],
      [column('m', 'object{a: string, b: long}')],
      'breaking',
      'Input “m” property “b” is new and required.',
    ],
    [
      'property gone',
      [column('m', 'object{a: string, b?: long}')],
      [column('m', 'object{a: string}')],
      'breaking',
      'Input “m” property “b” was removed.',
    ],
    [
      'property eased',
      [column('m', 'object{a: string}')],
      [column('m', 'object{a?: string}')],
      'compatible',
      'Input “m” property “a” is optional now.',
    ],
    ['a type we do not know, the same', [column('a', '?!')], [column('a', '?!')], 'none', null],
    ['a type we do not know', [column('a', '?!')], [column('a', 'long')], 'breaking', 'Input “a” is long, and was ?!.'],
    ['tensor, the same', [tensor(null, [-1, 3])], [tensor(null, [-1, 3])], 'none', null],
    [
      'tensor of another length',
      [tensor(null, [-1, 3])],
      [tensor(null, [-1, 4])],
      'breaking',
      'Input #1 is float32 [any, 4], and was float32 [any, 3].',
    ],
    [
      'tensor of any length',
      [tensor(null, [1, 3])],
      [tensor(null, [-1, 3])],
      'compatible',
      'Input #1 is float32 [any, 3], and was float32 [1, 3].',
    ],
    ['tensor of fixed length', [tensor(null, [-1, 3])], [tensor(null, [1, 3])], 'breaking', null],
    ['tensor of another rank', [tensor(null, [-1, 3])], [tensor(null, [-1, 3, 1])], 'breaking', null],
    [
      'tensor of a wider type, which MLflow does not convert',
      [tensor(null, [-1])],
      [tensor(null, [-1], 'float64')],
      'breaking',
      null,
    ],
    [
      'a tensor instead of a column',
      [column('x', 'float32')],
      [tensor('x', [-1])],
      'breaking',
      'Input “x” is float32 [any], and was a column of float32.',
    ],
  ];

  it.each(cases)('%s', (_, before, after, type, detail) => {
    const result = change('inputs', before, after);
    expect(result.type).toBe(type);
    if (detail !== null) expect(result.details).toContain(detail);
  });
});

describe('outputs', () => {
  const cases: readonly (readonly [what: string, before: Field[], after: Field[], type: string])[] = [
    ['another with a name', [column('a')], [column('a'), column('b')], 'compatible'],
    ['another without a name', [column(null)], [column(null), column(null)], 'breaking'],
    ['removed', [column('a'), column('b')], [column('a')], 'breaking'],
    ['wider, which a reader may not take', [column('a', 'integer')], [column('a', 'long')], 'breaking'],
    ['of a fixed length', [tensor(null, [-1, 3])], [tensor(null, [1, 3])], 'compatible'],
    ['of any length', [tensor(null, [1, 3])], [tensor(null, [-1, 3])], 'breaking'],
    ['optional now', [column('a')], [column('a', 'double', false)], 'breaking'],
    ['always there now', [column('a', 'double', false)], [column('a')], 'compatible'],
    [
      'with one more property',
      [column('m', 'object{a: string}')],
      [column('m', 'object{a: string, b: long}')],
      'compatible',
    ],
    [
      'with a property that may be missing',
      [column('m', 'object{a: string}')],
      [column('m', 'object{a?: string}')],
      'breaking',
    ],
  ];

  it.each(cases)('%s', (_, before, after, type) => {
    expect(change('outputs', before, after).type).toBe(type);
  });
});

describe('params, which all have defaults', () => {
  const param = (type: string, shape: number[] | null = null): Field => ({ name: 'k', type, shape, required: false });
  const cases: readonly (readonly [what: string, before: Field[], after: Field[], type: string])[] = [
    ['new', [], [param('long')], 'compatible'],
    ['removed', [param('long')], [], 'breaking'],
    ['wider, as MLflow converts params', [param('long')], [param('double')], 'compatible'],
    ['narrower', [param('double')], [param('long')], 'breaking'],
    ['a list instead of one value', [param('long')], [param('long', [-1])], 'breaking'],
  ];

  it.each(cases)('%s', (_, before, after, type) => {
    expect(change('params', before, after).type).toBe(type);
  });
});

describe('what a version does not say', () => {
  it('makes the change unknown, in one sentence', () => {
    const some = signature({ inputs: [column('a')] });
    expect(compareSignatures(null, null)).toMatchObject({
      type: 'unknown',
      details: [expect.stringContaining('Neither')],
    });
    expect(compareSignatures(null, some)).toMatchObject({
      type: 'unknown',
      details: [expect.stringContaining('earlier')],
    });
    expect(compareSignatures(some, null)).toMatchObject({
      type: 'unknown',
      details: [expect.stringContaining('new version')],
    });
    expect(compareSignatures(signature({ inputs: null }), some)).toMatchObject({
      type: 'unknown',
      details: { length: 1 },
    });
  });

  it('does not hide a break elsewhere', () => {
    const before = signature({ inputs: [column('a')], outputs: [column('y')] });
    const after = signature({ inputs: [], outputs: null });
    expect(compareSignatures(before, after)).toMatchObject({ type: 'breaking', details: { length: 2 } });
  });

  it('is no difference where neither says it', () => {
    const inputsAlone = signature({ inputs: [column('a')], outputs: null });
    expect(compareSignatures(inputsAlone, structuredClone(inputsAlone))).toEqual({ type: 'none', details: [] });
  });

  it('may be said later of outputs', () => {
    expect(compareSignatures(signature({ outputs: null }), signature({ outputs: [column('y')] })).type).toBe(
      'compatible',
    );
  });
});

const types = fc.constantFrom(
  'integer',
  'long',
  'float',
  'double',
  'string',
  'any',
  'array<long>',
  'object{a: long, b?: any}',
);
const fields = fc.uniqueArray(
  fc.oneof(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      type: types,
      shape: fc.constant(null),
      required: fc.boolean(),
    }),
    fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      type: fc.constantFrom('float32', 'int64'),
      shape: fc.array(fc.constantFrom(-1, 1, 3), { maxLength: 3 }),
      required: fc.constant(true),
    }),
  ),
  { selector: ({ name }) => name },
);
const part = fc.constantFrom<Part>('inputs', 'outputs', 'params');

describe('any two signatures', () => {
  it('are equal exactly where nothing but the order of named fields differs', () => {
    fc.assert(
      fc.property(part, fields, (which, before) => {
        expect(change(which, before, before.toReversed())).toEqual({ type: 'none', details: [] });
      }),
    );
  });

  it('never are compatible both ways', () => {
    fc.assert(
      fc.property(part, fields, fields, (which, before, after) => {
        const both = [change(which, before, after).type, change(which, after, before).type];
        expect(both).not.toEqual(['compatible', 'compatible']);
      }),
    );
  });

  it('give a detail for each difference, and none without one', () => {
    fc.assert(
      fc.property(part, fields, fields, (which, before, after) => {
        const { type, details } = change(which, before, after);
        expect(details.length > 0).toBe(type !== 'none');
      }),
    );
  });

  it('stay compatible over several compatible steps', () => {
    fc.assert(
      fc.property(part, fields, fields, fields, (which, a, b, c) => {
        fc.pre(change(which, a, b).type !== 'breaking' && change(which, b, c).type !== 'breaking');
        expect(change(which, a, c).type).not.toBe('breaking');
      }),
      { numRuns: 50, maxSkipsPerRun: 10_000 },
    );
  });

  it('differ as they do when one more required input is asked for: always a break', () => {
    fc.assert(
      fc.property(fields, fields, (before, after) => {
        expect(change('inputs', before, [...after, column('new')]).type).toBe('breaking');
      }),
    );
  });
});

describe('the proposed bump', () => {
  it.each([
    ['breaking', 'major'],
    ['compatible', 'minor'],
    ['none', 'patch'],
    ['unknown', 'patch'],
  ] as const)('for %s is %s', (type, bump) => {
    expect(proposedBump({ type })).toBe(bump);
  });
});

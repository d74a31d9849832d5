import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRunSearch } from '#server/experiments/search/format.ts';
import { comparatorsOf, isNumeric } from '#server/experiments/search/grammar.ts';
import { parseRunSearch } from '#server/experiments/search/parse.ts';
import type { Comparator, Condition, OrderBy } from '#server/experiments/search/query.ts';

const key = fc.string({ unit: fc.constantFrom(...'abcXYZ019_-./: é日'), minLength: 1, maxLength: 12 });
const attribute = fc.constantFrom('run_id', 'run_name', 'status', 'user_id', 'artifact_uri', 'start_time', 'end_time');
const field = fc.oneof(
  fc.record({ entity: fc.constantFrom('metric' as const, 'param' as const, 'tag' as const), key }),
  fc.record({ entity: fc.constant('attribute' as const), key: attribute }),
);
const anyField = fc.oneof(
  field,
  fc.record({ entity: fc.constant('dataset' as const), key: fc.constantFrom('name', 'digest', 'context') }),
);

const anyText = fc.string({ unit: 'binary', maxLength: 20 });
/** MLflow's grammar has no way to write both quotes in one text. */
const text = fc.oneof(
  anyText.map((value) => value.replaceAll('"', '')).filter((value) => !value.includes('\\')),
  anyText.map((value) => value.replace(/['\\]/g, '')),
);
const number = fc.double({ noNaN: true });

function valueFor(
  of: { entity: Condition['entity']; key: string },
  comparator: Comparator,
): fc.Arbitrary<Condition['value']> {
  if (comparator === 'IS NULL' || comparator === 'IS NOT NULL') return fc.constant(null);
  if (comparator === 'IN' || comparator === 'NOT IN') return fc.array(anyText, { minLength: 1, maxLength: 4 });
  return isNumeric(of.entity, of.key) ? number : text;
}

const condition: fc.Arbitrary<Condition> = anyField.chain((of) =>
  fc
    .constantFrom(...comparatorsOf(of.entity, of.key))
    .chain((comparator) => valueFor(of, comparator).map((value) => ({ ...of, comparator, value }))),
);

const orderBy: fc.Arbitrary<OrderBy[]> = fc.uniqueArray(
  fc.tuple(field, fc.boolean()).map(([of, descending]) => ({ ...of, descending })),
  { maxLength: 4, selector: (order) => `${order.entity}.${order.key}` },
);

describe('a search written in MLflow’s grammar', () => {
  it('reads back the same', () => {
    fc.assert(
      fc.property(fc.array(condition, { maxLength: 5 }), orderBy, (conditions, order) => {
        const written = formatRunSearch({ conditions, orderBy: order });
        const read = parseRunSearch({ filter: written.filter, orderBy: written.orderBy });
        expect(read.conditions).toEqual(conditions);
        expect(read.orderBy).toEqual(order);
      }),
      { numRuns: 300 },
    );
  });

  it('quotes keys and chooses the quotes of texts', () => {
    const filter = "metrics.acc > 1 AND params.x = \"it's\" AND run_id IN ('a') AND tags.t IS NULL AND created < 1";
    expect(formatRunSearch(parseRunSearch({ filter, orderBy: ['metrics.acc DESC', 'run_id'] }))).toEqual({
      filter:
        "metrics.`acc` > 1 AND params.`x` = \"it's\" AND attributes.run_id IN ('a') AND tags.`t` IS NULL AND attributes.start_time < 1",
      orderBy: ['metrics.`acc` DESC', 'attributes.run_id ASC'],
    });
  });

  it.each<Condition>([
    { entity: 'param', key: 'x', comparator: '=', value: `it's "both"` },
    { entity: 'param', key: 'a`b', comparator: '=', value: 'x' },
  ])('says what it cannot express: %j', (inexpressible) => {
    const format = (): unknown => formatRunSearch({ conditions: [inexpressible], orderBy: [] });
    expect(format).toThrow(expect.objectContaining({ reason: 'unsupported' }));
  });
});

import { describe, expect, it } from 'vitest';
import { EvaluationError, evaluate } from '#server/platform/expressions/evaluate.ts';
import { parseExpression } from '#server/platform/expressions/parser.ts';
import { partsOf, Unknown, type Value } from '#server/platform/expressions/values.ts';

const unknown = new Unknown('Prometheus is down.');
const values: Readonly<Record<string, Value>> = {
  n: 3,
  text: 'blue',
  list: [1, 2, 3],
  u: unknown,
  object: partsOf('the object', new Map<string, Value>([['a-b', 7]])),
  runs: [partsOf('a run', new Map([['auc', 0.5]])), partsOf('a run', new Map([['auc', 0.9]]))],
};

function work(text: string): Value {
  const { root, problems } = parseExpression(text);
  expect(problems).toEqual([]);
  return evaluate(root, (name) => (Object.hasOwn(values, name) ? values[name] : undefined));
}

function mistakeIn(text: string): { at: string; message: string } {
  try {
    work(text);
  } catch (error) {
    if (error instanceof EvaluationError) return { at: text.slice(error.start, error.end), message: error.message };
    throw error;
  }
  throw new Error('It has a value.');
}

describe('evaluate', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['-(n - 5) % 4', 2],
    ["'a' + 1", 'a1'],
    ["text == 'blue' && n >= 3", true],
    ["'' || 'other'", 'other'],
    ['0 && n', 0],
    ['null == n', false],
    ['object.a-b', 7],
    ["object['a-b']", 7],
    ['list[1]', 2],
    ['max(runs[*].auc)', 0.9],
    ['round(2.345, 2)', 2.35],
    ['round(-2.5)', -3],
    ["format('{0} of {{{1}}}', n, text)", '3 of {blue}'],
    ["contains(list, 2) && !contains(text, 'x')", true],
    ['fromJSON(toJSON(list))[0] == 1', true],
    ["join(list, '-')", '1-2-3'],
    ['length(object)', 1],
  ])('%s is %j', (text, wanted) => expect(work(text)).toEqual(wanted));

  it.each([
    ['u && false', false],
    ['false && u', false],
    ['u || true', true],
    ['true || u', true],
    ['u && true', unknown],
    ['true && u', unknown],
    ['u || false', unknown],
    ['!u', unknown],
    ['u > 1', unknown],
    ['u == null', unknown],
    ['u.part[0]', unknown],
    ['min(1, u)', unknown],
    ['length(u) + 1', unknown],
  ])('%s, where u is unknown', (text, wanted) => expect(work(text)).toBe(wanted));

  it('does not take what is no number for one', () => {
    expect(work('0 / 0 > 1')).toBeInstanceOf(Unknown);
    expect(work('1 / 0 > 1')).toBe(true);
  });

  it.each([
    ['n > 1 && nope', 'nope', /no `nope` here/],
    ["n == 'a'", "n == 'a'", /never equal/],
    ["n < 'a'", "n < 'a'", /order/],
    ['object.c > 1', 'c', /no `c`. There is `a-b`/],
    ['1 + true', 'true', /needs numbers/],
    ['round(text)', 'text', /Expected a number/],
    ['round()', 'round()', /does not take 0/],
    ['what(1)', 'what', /no function/],
    ["fromJSON('{')", "fromJSON('{')", /no JSON/],
    ['list[9]', 'list[9]', /3 items/],
    ['success()', 'success()', /no meaning/],
  ])('%s is a mistake at “%s”', (text, at, message) => {
    expect(mistakeIn(text)).toEqual({ at, message: expect.stringMatching(message) });
  });

  it('looks at no part that an object only inherits', () => {
    expect(() => work('object.constructor')).toThrow(/has no `constructor`/);
  });
});

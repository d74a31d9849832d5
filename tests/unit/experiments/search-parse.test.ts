import { describe, expect, it } from 'vitest';
import { parseFilter, parseOrderBy, parseRunSearch } from '#server/experiments/search/parse.ts';
import type { Condition, OrderBy } from '#server/experiments/search/query.ts';
import { FailureError } from '#server/platform/failure.ts';

const is = (
  entity: Condition['entity'],
  key: string,
  comparator: Condition['comparator'],
  value: Condition['value'],
): Condition => ({ entity, key, comparator, value });

const by = (entity: OrderBy['entity'], key: string, descending = false): OrderBy => ({ entity, key, descending });

function failureOf(parse: () => unknown): FailureError {
  try {
    parse();
  } catch (error) {
    if (error instanceof FailureError) return error;
    throw error;
  }
  throw new Error('Expected a failure.');
}

describe('filters', () => {
  it.each<[string, ...Condition[]]>([
    [''],
    [' \n'],
    ['metrics.acc > 0.5', is('metric', 'acc', '>', 0.5)],
    ['metrics.acc>=-1', is('metric', 'acc', '>=', -1)],
    ['metric.acc < 1e-3', is('metric', 'acc', '<', 0.001)],
    ['metrics.acc != 1E5', is('metric', 'acc', '!=', 100_000)],
    ['metrics.acc <= .5', is('metric', 'acc', '<=', 0.5)],
    ['metrics.acc = 5.', is('metric', 'acc', '=', 5)],
    ['metrics.a.b.c > 1', is('metric', 'a.b.c', '>', 1)],
    ['metrics.1acc > 1', is('metric', '1acc', '>', 1)],
    ['metrics.`val/acc top-5` > 1', is('metric', 'val/acc top-5', '>', 1)],
    ['metrics."a b" > 1', is('metric', 'a b', '>', 1)],
    ["metrics.'a b' > 1", is('metric', 'a b', '>', 1)],
    ['metrics."a`b" > 1', is('metric', 'a`b', '>', 1)],
    ['metrics.日本 > 1', is('metric', '日本', '>', 1)],
    ['`metrics`.acc > 1', is('metric', 'acc', '>', 1)],
    ["params.x = 'a'", is('param', 'x', '=', 'a')],
    ['param.x = "a"', is('param', 'x', '=', 'a')],
    ["parameter.x != ''", is('param', 'x', '!=', '')],
    ["parameters.x='it''s'", is('param', 'x', '=', "it''s")],
    ["params.x = 'it\\'s'", is('param', 'x', '=', "it\\'s")],
    ['params.x = "it\'s"', is('param', 'x', '=', "it's")],
    ['params.x = \'say "hi"\'', is('param', 'x', '=', 'say "hi"')],
    ['params.x = "a\\" AND params.y = \'b\'', is('param', 'x', '=', 'a\\'), is('param', 'y', '=', 'b')],
    ["tags.x = 'two\nlines 💥'", is('tag', 'x', '=', 'two\nlines 💥')],
    ["params.x like 'a%'", is('param', 'x', 'LIKE', 'a%')],
    ["tag.x ILike'a%'", is('tag', 'x', 'ILIKE', 'a%')],
    ['params.x is null', is('param', 'x', 'IS NULL', null)],
    ['tags.x IS NOT NULL', is('tag', 'x', 'IS NOT NULL', null)],
    ["tags.mlflow.source.type = 'a'", is('tag', 'mlflow.source.type', '=', 'a')],
    ["status = 'FINISHED'", is('attribute', 'status', '=', 'FINISHED')],
    ['attr.status = "FINISHED"', is('attribute', 'status', '=', 'FINISHED')],
    ["run.status LIKE 'F%'", is('attribute', 'status', 'LIKE', 'F%')],
    ['created > 1', is('attribute', 'start_time', '>', 1)],
    ['attributes.Created > 1.5', is('attribute', 'start_time', '>', 1.5)],
    ['end_time = -1', is('attribute', 'end_time', '=', -1)],
    ["`run name` = 'x'", is('attribute', 'run_name', '=', 'x')],
    ['attributes."Run Name" = \'x\'', is('attribute', 'run_name', '=', 'x')],
    ['run_id IN (\'a\', "b",)', is('attribute', 'run_id', 'IN', ['a', 'b'])],
    ["run_id not  in('a\\'\\n\\x41\\u00e9\\101\\q')", is('attribute', 'run_id', 'NOT IN', ["a'\nAéA\\q"])],
    ["datasets.name IN ('a(b)')", is('dataset', 'name', 'IN', ['a(b)'])],
    ["dataset.context != 'training'", is('dataset', 'context', '!=', 'training')],
    [
      "metrics.a > 1 AND params.b = 'c' and tags.d IS NULL",
      is('metric', 'a', '>', 1),
      is('param', 'b', '=', 'c'),
      is('tag', 'd', 'IS NULL', null),
    ],
    ['AND metrics.a > 1 metrics.b < 2 AND', is('metric', 'a', '>', 1), is('metric', 'b', '<', 2)],
    ["params.x='a'AND params.y='b'", is('param', 'x', '=', 'a'), is('param', 'y', '=', 'b')],
    ["params.order = 'a' AND tags.user = 'b'", is('param', 'order', '=', 'a'), is('tag', 'user', '=', 'b')],
  ])('reads %j', (filter, ...conditions) => {
    expect(parseFilter(filter)).toEqual(conditions);
  });

  it.each([
    ['metrics.acc', 12, '>='],
    ['metrics.acc == 1', 13, '>='],
    ['metrics.acc > nan', 15, 'number'],
    ["metrics.acc > '5'", 15, 'number'],
    ['metrics.acc > 1e+5', 15, 'number'],
    ['metrics.acc > 0x10', 15, 'number'],
    ['metrics.acc > - 1', 15, 'number'],
    ['metrics.acc IS NULL', 13, '>='],
    ['metrics.a/b > 1', 10, 'backticks'],
    ['metrics.a b > 1', 11, 'backticks'],
    ['METRICS.acc > 1', 1, 'metrics.<key>'],
    ["foo = 'x'", 1, 'start_time'],
    ["Status = 'x'", 1, 'start_time'],
    ["experiment_id = '1'", 1, 'start_time'],
    ['params.x = a', 12, 'quotes'],
    ['params.x = `a`', 12, 'quotes'],
    ['params.x = 5', 12, 'quotes'],
    ['params.x = params.y', 12, 'quotes'],
    ["params.x = 'a", 12, 'quotes'],
    ["params.x > 'a'", 10, 'ILIKE'],
    ["params.x IN ('a')", 10, 'ILIKE'],
    ["params.x NOT LIKE 'a'", 10, 'ILIKE'],
    ["status IN ('a')", 8, 'LIKE'],
    ["start_time LIKE '1'", 12, '>='],
    ["dataset.source = 'a'", 1, 'digest'],
    ['dataset.name IS NULL', 14, 'NOT IN'],
    ["run_id IN 'a'", 8, 'IN'],
    ['run_id IN ()', 11, 'at least one'],
    ['run_id IN (1)', 12, 'quotes'],
    ["run_id IN ('a' 'b')", 16, 'comma'],
    ['(metrics.a > 1)', 1, 'brackets'],
    ['metrics.a > 1 OR metrics.b > 1', 15, 'no OR'],
    ["NOT params.a = 'b'", 1, 'NOT'],
    ['metrics.a > 1;', 14, 'AND'],
    ['metrics.a > 1, metrics.b > 1', 14, 'AND'],
    ['metrics.a > 1 -- c', 15, 'AND'],
    ['5 > metrics.acc', 1, 'metrics.<key>'],
  ])('refuses %j at character %i, naming %s', (filter, position, expected) => {
    const { reason, message } = failureOf(() => parseFilter(filter));
    expect(reason).toBe('input');
    expect(message).toContain(`at character ${position}: expected`);
    expect(message).toContain(expected);
  });

  it('takes long and hostile filters in no time', () => {
    const started = performance.now();
    const many = Array.from({ length: 2_000 }, (_, index) => `params.p${index} LIKE '%a%'`).join(' AND ');
    expect(parseFilter(many)).toHaveLength(2_000);
    for (const hostile of [
      `params.x = "${"\\'".repeat(50_000)}`,
      `run_id IN (${"'".repeat(50_001)}`,
      `metrics.${'a.'.repeat(50_000)}`,
    ]) {
      expect(() => parseFilter(hostile)).toThrow(FailureError);
    }
    expect(() => parseFilter('x'.repeat(1_000_001))).toThrow('longer');
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('orders', () => {
  it('are explained by an example of an order', () => {
    expect(() => parseOrderBy(['metrics.acc SIDEWAYS'])).toThrow(
      expect.objectContaining({ remedy: 'Example: metrics.accuracy DESC' }),
    );
  });

  it.each<[string, OrderBy]>([
    ['metrics.acc', by('metric', 'acc')],
    ['metrics.acc DESC', by('metric', 'acc', true)],
    ['metric.`a b`  desc', by('metric', 'a b', true)],
    ['metrics."a b" Asc', by('metric', 'a b')],
    ['metrics.a.b DESC', by('metric', 'a.b', true)],
    ['param.x', by('param', 'x')],
    ['tags.`mlflow.runName` DESC', by('tag', 'mlflow.runName', true)],
    ['created DESC', by('attribute', 'start_time', true)],
    ['attributes.run_name', by('attribute', 'run_name')],
  ])('reads %j', (clause, order) => {
    expect(parseOrderBy([clause])).toEqual([order]);
  });

  it.each([
    ['', 'metrics.<key>'],
    ['5', 'metrics.<key>'],
    ['foo', 'start_time'],
    ['`run name`', 'start_time'],
    ['experiment_id', 'start_time'],
    ['metrics.acc up', 'ASC or DESC'],
    ['metrics.acc DESC NULLS LAST', 'nothing more'],
    ['metrics.a/b', 'backticks'],
    ['metrics.a, metrics.b', 'backticks'],
    ['dataset.name', 'not a dataset'],
  ])('refuses %j, naming %s', (clause, expected) => {
    expect(failureOf(() => parseOrderBy([clause])).message).toContain(expected);
  });

  it('refuses a field that comes twice, under whatever name', () => {
    expect(() => parseOrderBy(['created', 'attributes.start_time DESC'])).toThrow('twice');
    expect(parseOrderBy(['metrics.a', 'params.a'])).toHaveLength(2);
  });
});

it('fills what a search leaves out', () => {
  expect(parseRunSearch({})).toEqual({ experimentIds: [], conditions: [], orderBy: [], view: 'active' });
  expect(parseRunSearch({ filter: null, experimentIds: ['1'], view: 'all' })).toMatchObject({
    experimentIds: ['1'],
    view: 'all',
  });
});

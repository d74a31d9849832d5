import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRuns, compareText, matches, type SearchableRun } from '#server/experiments/search/evaluate.ts';
import { likeMatcher } from '#server/experiments/search/like.ts';
import { parseFilter, parseOrderBy } from '#server/experiments/search/parse.ts';

function run(id: string, parts: Partial<SearchableRun> & { acc?: number } = {}): SearchableRun {
  const { acc, ...rest } = parts;
  return {
    id,
    name: `name of ${id}`,
    status: 'FINISHED',
    startTime: 1,
    endTime: null,
    userId: null,
    artifactUri: null,
    params: new Map(),
    tags: new Map(),
    metrics: new Map(acc === undefined ? [] : [['acc', { value: acc, step: 0, timestamp: 0 }]]),
    ...rest,
  };
}

const ordered = (runs: readonly SearchableRun[], ...orderBy: string[]): string =>
  [...runs]
    .sort(compareRuns(parseOrderBy(orderBy)))
    .map(({ id }) => id)
    .join('');

describe('order', () => {
  const runs = [
    run('n', { acc: Number.NaN }),
    run('x'),
    run('2', { acc: 2 }),
    run('i', { acc: Number.POSITIVE_INFINITY }),
    run('1', { acc: 1 }),
  ];

  it('puts NaN after all numbers and runs without the metric last, in either direction', () => {
    expect(ordered(runs, 'metrics.acc')).toBe('12inx');
    expect(ordered(runs, 'metrics.acc DESC')).toBe('i21nx');
  });

  it('breaks ties by newest start, then run id', () => {
    const tied = [
      run('c', { startTime: 5 }),
      run('a', { startTime: 5 }),
      run('b', { startTime: 9 }),
      run('d', { startTime: null }),
    ];
    expect(ordered(tied)).toBe('bacd');
    expect(ordered(tied, 'status DESC')).toBe('bacd');
    expect(ordered(tied, 'start_time ASC')).toBe('acbd');
    expect(ordered(tied, 'end_time', 'run_id DESC')).toBe('dcba');
  });

  it('orders text by code points', () => {
    const named = ['\u{1f600}', '\uffee', 'z', 'Z', 'ä'].map((name) => run(name, { params: new Map([['p', name]]) }));
    expect(ordered(named, 'params.p')).toBe('Zzä\uffee\u{1f600}');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});

describe('conditions', () => {
  const subject = run('r1', {
    acc: Number.NaN,
    endTime: 5,
    params: new Map([['p', 'a_B%\nc']]),
    tags: new Map([['t', '']]),
  });
  const datasets = [
    { name: 'iris', digest: 'd1', context: 'training' },
    { name: 'wine', digest: 'd2', context: null },
  ];

  it.each([
    ['metrics.acc != 1', true],
    ['metrics.acc = 0', false],
    ['metrics.acc < 1e999', false],
    ['metrics.other != 1', false],
    ["params.p LIKE 'a_B%'", true],
    ["params.p LIKE 'A%'", false],
    ["params.p ILIKE 'A%C'", true],
    ["params.other != 'x'", false],
    ['params.other IS NULL', true],
    ['params.p IS NULL', false],
    ['tags.t IS NOT NULL', true],
    ["tags.t = ''", true],
    ["user_id != 'x'", false],
    ["run_id IN ('r1', 'r2')", true],
    ["run_id NOT IN ('r2')", true],
    ["run_id NOT IN ('r1')", false],
    ['end_time >= 5', true],
    ["datasets.name = 'wine' AND datasets.context = 'training'", true],
    ["datasets.context != 'training'", false],
    ["datasets.name NOT IN ('iris', 'wine')", false],
    ["datasets.digest LIKE 'd_'", true],
    ["status = 'FINISHED' AND params.p = 'no'", false],
  ])('%s is %s', (filter, expected) => {
    expect(matches(subject, parseFilter(filter), datasets)).toBe(expected);
  });

  it('holds no dataset condition for a run without datasets', () => {
    expect(matches(subject, parseFilter("datasets.name != 'x'"))).toBe(false);
  });
});

describe('LIKE', () => {
  it('agrees with the regular expression it stands for', () => {
    const piece = fc.constantFrom('a', 'B', 'b', '%', '_', '%%', '😀', '.', '\n', '\\', '[');
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, text, (value, pattern) => {
        const source = pattern
          .replace(/[.\\[]/g, '\\$&')
          .replaceAll('%', '[^]*')
          .replaceAll('_', '[^]');
        expect(likeMatcher(pattern, { ignoreCase: false })(value)).toBe(new RegExp(`^${source}$`, 'u').test(value));
        expect(likeMatcher(pattern, { ignoreCase: true })(value)).toBe(new RegExp(`^${source}$`, 'iu').test(value));
      }),
      { numRuns: 2_000 },
    );
  });

  it('stays quick on patterns that trouble regular expressions', () => {
    const started = performance.now();
    expect(likeMatcher('%a'.repeat(30), { ignoreCase: false })('b'.repeat(200_000))).toBe(false);
    expect(likeMatcher('%a%a%a%a%a%c', { ignoreCase: false })('a'.repeat(20_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runMetadata } from '#server/experiments/backends/mlflow-file/metadata.ts';
import { parseMetricLine } from '#server/experiments/backends/mlflow-file/metric-file.ts';
import { latestByDataset } from '#server/experiments/backends/mlflow-file/models.ts';
import { parseMetadata } from '#server/platform/mlflow/metadata-file.ts';

describe('a line of a metric file', () => {
  it.each([
    ['1700000000000 0.5', { timestamp: 1700000000000, value: 0.5, step: 0 }],
    ['1700000000000 0.5 3', { timestamp: 1700000000000, value: 0.5, step: 3 }],
    ['1 0.5 3 iris abc', { timestamp: 1, value: 0.5, step: 3 }],
    ['1 0.5 3 iris data abc', { timestamp: 1, value: 0.5, step: 3 }],
    ['-1 -2.5e-08 -7', { timestamp: -1, value: -2.5e-8, step: -7 }],
    ['1 1e400 0', { timestamp: 1, value: Number.POSITIVE_INFINITY, step: 0 }],
    ['1 nan 9007199254740991', { timestamp: 1, value: Number.NaN, step: 9007199254740991 }],
    ['1 -inf 9007199254740993', { timestamp: 1, value: Number.NEGATIVE_INFINITY, step: 9007199254740993n }],
    ['1 Infinity -9223372036854775808', { timestamp: 1, value: Number.POSITIVE_INFINITY, step: -9223372036854775808n }],
  ])('is read: %s', (line, point) => {
    expect(parseMetricLine(line)).toEqual(point);
  });

  it.each(['', ' ', '1', '1 ', '1  3', 'x 0.5 3', '1 y 3', '1 0.5 3.5', '1 0.5 ', '1.5 0.5 3', '1 0,5 3'])(
    'is no point: “%s”',
    (line) => {
      expect(parseMetricLine(line)).toBeNull();
    },
  );

  it('gives back every finite number that Python writes', () => {
    const step = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), step, (timestamp, value, at) => {
        const point = parseMetricLine(`${timestamp} ${value} ${at}`);
        // A template writes -0 as 0.
        expect(point?.value).toBe(value + 0);
        expect(BigInt(point?.step ?? 0)).toBe(at);
      }),
    );
  });
});

describe('a meta.yaml', () => {
  it('is read alike by the quick reader and by a whole YAML parser', () => {
    const key = fc.stringMatching(/^[a-z_]{1,8}$/);
    const scalar = fc.oneof(
      fc.constantFrom(
        'null',
        '~',
        "''",
        '[]',
        '{}',
        'yes',
        '1e5',
        '0o7',
        '.5',
        '- a',
        'a: b',
        'a:',
        "'it''s'",
        '"\\u00FC"',
      ),
      fc.stringMatching(/^[\w/.:@%+ '"-]{0,12}$/),
      fc.integer().map(String),
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(key, scalar), { selector: ([name]) => name, minLength: 1 }), (fields) => {
        const text = fields.map(([name, value]) => `${name}: ${value}\n`).join('');
        let expected: unknown;
        try {
          expected = parse(text, { schema: 'failsafe', customTags: ['null'], version: '1.1', logLevel: 'error' });
        } catch {
          expect(() => parseMetadata(text)).toThrow();
          return;
        }
        expect(parseMetadata(text)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('may be of an old MLflow, with texts over several lines, or empty', () => {
    const text = 'run_uuid: abc\nname: "two\\\n  \\ lines"\nexperiment_id: 0\nstatus: 3\ntags: []\n';
    expect(runMetadata.parse(parseMetadata(text))).toMatchObject({
      run_id: 'abc',
      name: 'two lines',
      experiment_id: '0',
      status: 'FINISHED',
      lifecycle_stage: 'active',
    });
    expect(parseMetadata('')).toBeNull();
  });

  it.each([
    ['a text for a time', 'start_time: soon\n'],
    ['an unknown stage', 'lifecycle_stage: archived\n'],
    ['a list for an id', 'experiment_id: [1]\n'],
  ])('is refused with %s', (_, line) => {
    const whole = { run_id: 'abc', experiment_id: '0' };
    const changed = Object.assign(whole, parseMetadata(line));
    expect(runMetadata.safeParse(changed).success).toBe(false);
  });
});

it('keeps the last value of a logged model’s metric for each dataset', () => {
  const lines = [
    '1 0.1 0 run iris abc',
    '2 0.2 1 run iris abc',
    '3 0.3 0 run iris abc',
    '1 0.9 5 run my data def',
    '1 7 0 run',
  ];
  expect(latestByDataset(`${lines.join('\n')}\n`)).toEqual([
    { value: 0.2, dataset: 'iris' },
    { value: 0.9, dataset: 'my data' },
    { value: 7, dataset: null },
  ]);
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type PerformanceMeasure, performanceSettings } from '#schemas/config/monitor.ts';
import { measurePerformance } from '#server/workspace.ts';
import { evidentlyPython, runPython } from '../../testbeds/python.ts';

const SCRIPT = join(import.meta.dirname, '..', '..', 'testbeds', 'python', 'performance.py');
const answers = z.record(z.string(), z.record(z.string(), z.number()));

let folder: string;
let expected: z.infer<typeof answers>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'performance-'));
  expected = answers.parse(JSON.parse(await runPython(evidentlyPython(), [SCRIPT, folder])));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Asked {
  readonly predictions: string;
  readonly labels: string;
  readonly metrics: readonly string[];
  readonly settings?: object;
  readonly minimumRows?: number;
}

function measure({ predictions, labels, metrics, settings = {}, minimumRows = 30 }: Asked) {
  return measurePerformance(
    {
      predictions: { path: predictions, folder },
      labels: { path: labels, folder },
      settings: performanceSettings.parse({ labels, metrics: metrics.map((name) => ({ name })), ...settings }),
      minimumRows,
    },
    {},
  );
}

async function csv(name: string, lines: readonly string[]): Promise<string> {
  await writeFile(join(folder, name), `${lines.join('\n')}\n`);
  return name;
}

const inNineDigits = (value: number | undefined) =>
  expect.closeTo(value ?? Number.NaN, -Math.log10(Math.abs(value ?? 1) * 1e-9));

describe('is what scikit-learn measures', () => {
  test.each(['binary', 'multiclass', 'words', 'regression'])('of %s predictions', async (name) => {
    const wanted = expected[name] ?? {};
    const found = await measure({
      predictions: `${name}-predictions.parquet`,
      labels: `${name}-labels.parquet`,
      metrics: Object.keys(wanted),
      settings: { join: 'id' },
    });
    for (const one of found) expect([one.name, one.value]).toEqual([one.name, inNineDigits(wanted[one.name])]);
    expect(found).toHaveLength(Object.keys(wanted).length);
    for (const { value, interval } of found) {
      expect(interval?.low).toBeLessThan(value ?? 0);
      expect(interval?.high).toBeGreaterThan(value ?? 0);
    }
  });

  test('slice by slice', async () => {
    const found = await measure({
      predictions: 'binary-predictions.parquet',
      labels: 'binary-labels.parquet',
      metrics: ['auc', 'f1'],
      settings: { join: 'id', slices: ['plan'] },
    });
    for (const { name, labels, value } of found) {
      const slice = labels.plan === undefined ? 'binary' : `binary ${labels.plan}`;
      expect([slice, name, value]).toEqual([slice, name, inNineDigits(expected[slice]?.[name])]);
    }
    expect(found).toHaveLength(8);
  });
});

test('is the same each time, its interval too', async () => {
  const asked: Asked = {
    predictions: 'binary-predictions.parquet',
    labels: 'binary-labels.parquet',
    metrics: ['auc'],
    settings: { join: 'id' },
  };
  expect(await measure(asked)).toEqual(await measure(asked));
});

describe('where nobody can tell', () => {
  const rows = (count: number, of: (row: number) => string) => Array.from({ length: count }, (_, row) => of(row));
  const one = async (lines: readonly string[], metric: PerformanceMeasure, settings: object = {}) => {
    const file = await csv('one.csv', lines);
    const [found] = await measure({ predictions: file, labels: file, metrics: [metric], settings });
    return found;
  };

  test('predictions without labels, and too few of them', async () => {
    const predictions = await csv('p.csv', ['id,prediction', ...rows(50, (row) => `${row},0.5`)]);
    const settings = { join: 'id' };
    const none = await csv('none.csv', ['id,label', ...rows(50, (row) => `${row + 100},1`)]);
    expect(await measure({ predictions, labels: none, metrics: ['accuracy'], settings })).toMatchObject([
      { value: null, lack: 'no-data', reason: 'None of the 50 predictions has a label yet.' },
    ]);
    const few = await csv('few.csv', ['id,label', ...rows(20, (row) => `${row},${row % 2}`)]);
    expect(await measure({ predictions, labels: few, metrics: ['accuracy'], settings })).toMatchObject([
      { lack: 'no-data', reason: '20 of 50 predictions have a label; a verdict needs 30.' },
    ]);
  });

  test('a key with two labels is an error, the same label twice is not', async () => {
    const predictions = await csv('p.csv', ['id,prediction', ...rows(50, (row) => `${row},${row % 2}`)]);
    const labels = await csv('twice.csv', ['id,label', ...rows(50, (row) => `${row},${row % 2}`), '7,1']);
    const asked = { predictions, labels, metrics: ['accuracy'], settings: { join: 'id' } };
    expect(await measure(asked)).toMatchObject([{ value: 1, rows: 50 }]);
    await csv('twice.csv', ['id,label', ...rows(50, (row) => `${row},${row % 2}`), '8,1']);
    await expect(measure(asked)).rejects.toMatchObject({
      reason: 'input',
      message: 'twice.csv has several labels for id 8.',
    });
  });

  test.each<[string, PerformanceMeasure, (row: number) => string, RegExp]>([
    ['one class alone', 'auc', () => '0.4,1', /All labels are the same/],
    ['nothing predicted', 'precision', (row) => `0.1,${row % 2}`, /Nothing was predicted/],
    ['constant labels', 'r2', (row) => `${row / 3},2.5`, /All labels are the same/],
    ['all missing', 'accuracy', () => ',1', /none has both values/],
  ])('%s', async (_, metric, row, reason) => {
    const found = await one(['prediction,label', ...rows(60, row)], metric);
    expect(found).toMatchObject({ value: null, lack: 'no-data', reason: expect.stringMatching(reason) });
  });

  test('measures that do not fit are told, the others are measured', async () => {
    const file = await csv('classes.csv', [
      'prediction,label',
      ...rows(60, (row) => `${row % 2},${row % 3 === 0 ? 1 : 0}`),
    ]);
    expect(await measure({ predictions: file, labels: file, metrics: ['auc', 'mae', 'accuracy'] })).toMatchObject([
      { lack: 'could-not-check', reason: 'auc needs probabilities, and the predictions are classes.' },
      { lack: 'could-not-check', reason: 'mae is for regressions.' },
      { lack: null, value: 0.5 },
    ]);
  });

  test('NaN and infinities count as missing', async () => {
    const lines = ['prediction,label', ...rows(40, (row) => `${row}.5,${row}`), 'NaN,3', 'inf,4', '5,inf'];
    expect(await one(lines, 'mae')).toMatchObject({ value: 0.5, rows: 40 });
  });

  test('columns that there are not, and labels in another file without a key, are errors', async () => {
    await expect(one(['prediction,truth', '1,1'], 'accuracy')).rejects.toMatchObject({
      message: 'one.csv has no column label.',
    });
    const [predictions, labels] = [await csv('a.csv', ['prediction', '1']), await csv('b.csv', ['label', '1'])];
    await expect(measure({ predictions, labels, metrics: ['accuracy'] })).rejects.toMatchObject({
      message: 'Predictions and labels are in different files.',
    });
  });

  test('small slices give no verdict', async () => {
    const lines = ['prediction,label,plan', ...rows(60, (row) => `${row % 2},${row % 2},${row < 50 ? 'a' : 'b'}`)];
    const file = await csv('slices.csv', lines);
    expect(
      await measure({ predictions: file, labels: file, metrics: ['accuracy'], settings: { slices: ['plan'] } }),
    ).toMatchObject([
      { labels: {}, value: 1 },
      { labels: { plan: 'a' }, value: 1 },
      { labels: { plan: 'b' }, value: null, lack: 'no-data' },
    ]);
  });
});

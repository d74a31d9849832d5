import { describe, expect, it } from 'vitest';
import { compareRuns, findRuns } from '#server/experiments/compare.ts';
import type { RunRecord } from '#server/experiments/tracking-store.ts';
import { MemoryStore, runRecord, trackerOf } from './memory-store.ts';

const placed = (records: readonly RunRecord[]) =>
  records.map((record) => ({ ref: { tracker: 'local', runId: record.id }, experiment: 'one', record }));

describe('a comparison', () => {
  const runs = placed([
    runRecord({ id: 'a', params: { same: '1', lr: '0.1', only: 'x' }, metrics: { nan: Number.NaN, acc: 1, zero: 0 } }),
    runRecord({ id: 'b', params: { same: '1', lr: '0.10' }, metrics: { nan: Number.NaN, acc: 2, zero: -0 } }),
  ]);

  it('has a row a key, sorted, and says which differ', () => {
    const { params, metrics } = compareRuns(runs, { onlyDifferent: false });
    expect(params).toEqual([
      { key: 'lr', values: ['0.1', '0.10'], differs: true },
      { key: 'only', values: ['x', null], differs: true },
      { key: 'same', values: ['1', '1'], differs: false },
    ]);
    expect(metrics).toEqual([
      { key: 'acc', values: [1, 2], differs: true },
      { key: 'nan', values: ['NaN', 'NaN'], differs: false },
      { key: 'zero', values: [0, -0], differs: false },
    ]);
  });

  it('leaves equal rows out when asked', () => {
    const { params, metrics } = compareRuns(runs, { onlyDifferent: true });
    expect([...params, ...metrics].map(({ key }) => key)).toEqual(['lr', 'only', 'acc']);
  });

  it('tells metrics with a course from those with one value a run', () => {
    const [record] = placed([runRecord({ id: 'a', metrics: { loss: 1, acc: 2 } })]);
    if (!record) throw new Error('No record was made.');
    const loss = { value: 1, step: 79, timestamp: 0 };
    const metrics = new Map([...record.record.metrics, ['loss', loss] as const]);
    const compared = compareRuns([{ ...record, record: { ...record.record, metrics } }], { onlyDifferent: false });
    expect(compared.metrics.map(({ key, stepped }) => [key, stepped ?? false])).toEqual([
      ['acc', false],
      ['loss', true],
    ]);
  });

  it('compares whole texts and shows their start', () => {
    const long = placed(['x', 'y'].map((end) => runRecord({ id: end, tags: { t: 'a'.repeat(50) + end } })));
    expect(compareRuns(long, { onlyDifferent: true, longestText: 10 }).tags).toEqual([
      { key: 't', values: ['aaaaaaaaa…', 'aaaaaaaaa…'], differs: true },
    ]);
  });

  it('finds runs of several trackers in the order asked', async () => {
    const stores = new Map([
      ['here', new MemoryStore([runRecord({ id: 'a' }), runRecord({ id: 'b' })])],
      ['there', new MemoryStore([runRecord({ id: 'a', name: 'other' })])],
    ]);
    const open = async (name: string) => trackerOf(stores.get(name) ?? new MemoryStore(), name);
    const refs = [
      { tracker: 'here', runId: 'b' },
      { tracker: 'there', runId: 'a' },
      { tracker: 'here', runId: 'a' },
    ];
    const found = await findRuns(refs, open);
    expect(found.map(({ ref, record }) => [ref.tracker, record.name])).toEqual([
      ['here', 'b'],
      ['there', 'other'],
      ['here', 'a'],
    ]);
    await expect(findRuns([{ tracker: 'here', runId: 'zz' }], open)).rejects.toThrow(/zz/);
  });
});

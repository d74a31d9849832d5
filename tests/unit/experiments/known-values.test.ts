import { describe, expect, it } from 'vitest';
import { readEveryKnownValue } from '#server/experiments/known-values.ts';
import { FailureError } from '#server/platform/failure.ts';
import { MemoryStore, runRecord, trackerOf } from './memory-store.ts';

const never = new AbortController().signal;

async function valuesOf(store: MemoryStore) {
  const [values] = await readEveryKnownValue(['local'], {
    open: async () => trackerOf(store),
    onFailed: (_, error) => {
      throw error;
    },
    signal: never,
  });
  if (!values) throw new Error('The tracker tells nothing.');
  return values;
}

describe('what past runs say', () => {
  it('gives metrics with their best value, as the name says which way is better, and the newest values first', async () => {
    const store = new MemoryStore([
      runRecord({ id: 'a', startTime: 1, metrics: { auc: 0.8, val_loss: 0.2 } }),
      runRecord({ id: 'b', startTime: 2, metrics: { auc: 0.9, val_loss: 0.4 } }),
      runRecord({ id: 'c', startTime: 3, metrics: { auc: Number.NaN } }),
    ]);
    expect((await valuesOf(store)).metrics).toEqual([
      { name: 'auc', runs: 3, best: 0.9, recent: ['NaN', 0.9, 0.8] },
      { name: 'val_loss', runs: 2, best: 0.2, recent: [0.4, 0.2] },
    ]);
  });

  it('gives params with their values, the most used first; a text nobody would type is left out', async () => {
    const store = new MemoryStore([
      runRecord({ id: 'a', params: { depth: '3', notes: 'x'.repeat(101) } }),
      runRecord({ id: 'b', params: { depth: '5' } }),
      runRecord({ id: 'c', params: { depth: '5' } }),
    ]);
    const { params, experiments } = await valuesOf(store);
    expect(params).toEqual([
      {
        name: 'depth',
        runs: 3,
        values: [
          { text: '5', runs: 2 },
          { text: '3', runs: 1 },
        ],
      },
      { name: 'notes', runs: 1, values: [] },
    ]);
    expect(experiments).toEqual(['one']);
  });

  it('leaves deleted runs out, and a metric that never was a number without a best one', async () => {
    const store = new MemoryStore([
      runRecord({ id: 'a', metrics: { broken: Number.NaN } }),
      runRecord({ id: 'b', lifecycleStage: 'deleted', metrics: { gone: 1 } }),
    ]);
    expect((await valuesOf(store)).metrics).toEqual([{ name: 'broken', runs: 1, best: null, recent: ['NaN'] }]);
  });

  it('passes over trackers that fail or may not be connected to', async () => {
    const failed: string[] = [];
    const found = await readEveryKnownValue(['down', 'forbidden', 'local'], {
      open: async (name) => {
        if (name === 'down') throw new FailureError('unreachable', 'Nothing answers.');
        return name === 'forbidden' ? null : trackerOf(new MemoryStore([]));
      },
      onFailed: (name) => failed.push(name),
      signal: never,
    });
    expect(found).toHaveLength(1);
    expect(failed).toEqual(['down']);
  });

  it('stays under a megabyte, whatever was logged', async () => {
    const wide = (id: string) => {
      const names = Array.from({ length: 600 }, (_, at) => `${'n'.repeat(240)}${at}`);
      return runRecord({
        id,
        params: Object.fromEntries(names.map((name, at) => [name, `${'v'.repeat(90)}${id}${at}`])),
      });
    };
    const store = new MemoryStore(Array.from({ length: 12 }, (_, at) => wide(String(at))));
    const trackers = await readEveryKnownValue(['a', 'b', 'c'], {
      open: async () => trackerOf(store),
      onFailed: () => undefined,
      signal: never,
    });
    expect(trackers.length).toBeGreaterThan(0);
    expect(JSON.stringify(trackers).length).toBeLessThan(1_000_000);
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DriftReport } from '#schemas/domain/drift-report.ts';
import type { CheckDrift } from '#server/monitoring/drift/drift-checker.ts';
import { DriftChecks, type DriftChecksOptions } from '#server/monitoring/drift-checks.ts';
import { FailureError } from '#server/platform/failure.ts';

const report: DriftReport = {
  rows: { reference: 2, current: 2 },
  columns: ['a', 'b'].map((column) => ({
    ...{ column, type: 'numeric', method: 'psi', statistic: 1, pValue: null, adjustedPValue: null, threshold: 0.1 },
    ...{ drifted: true, verdict: 'drift', reason: null, errorBound: 0, missing: { reference: 0, current: 0 } },
  })),
  leftOut: Array.from({ length: 1_000 }, (_, index) => ({ column: `t${index}`, reason: 'Times move on.' })),
  ...{ share: 1, drifted: true, verdict: 'drift' },
};

const question = (check = '1') => ({
  ...{ folder: '/ws', check },
  target: { kind: 'files', reference: '/ws/data/train.csv', current: '/elsewhere/live.csv' } as const,
});

function checksOf(checkDrift: CheckDrift, parts: Partial<DriftChecksOptions> = {}) {
  const run = vi.fn(checkDrift);
  const describeColumns = () => Promise.reject(new Error('Nobody asked for details.'));
  return {
    run,
    checks: new DriftChecks({
      tasks: async () => ({ checkDrift: run, describeColumns }),
      now: () => 7,
      history: async () => [],
      ...parts,
    }),
  };
}

/** A check that ends only when it is called off. */
const endless: CheckDrift = (_, { signal }) =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason));
  });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('checks that somebody looks at', () => {
  const { signal } = new AbortController();

  it('are made once by a name, and told by paths as a person knows them, of what is left out the first', async () => {
    const { run, checks } = checksOf(async () => report);
    const [first, second] = await Promise.all([
      checks.check(question(), { signal }),
      checks.check(question(), { signal }),
    ]);
    expect(second).toEqual(first);
    expect(first).toMatchObject({ at: 7, columns: 2, driftedColumns: 2, leftOutTotal: 1_000 });
    expect(first.leftOut).toHaveLength(200);
    expect(first.names).toEqual({ reference: 'data/train.csv', current: '/elsewhere/live.csv' });
    expect(run).toHaveBeenCalledTimes(1);
    await checks.check(question('2'), { signal });
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('go on where a page comes back at once, and are called off where none does', async () => {
    const { run, checks } = checksOf(endless);
    const hidden = new AbortController();
    const shown = new AbortController();
    const first = checks.check(question(), { signal: hidden.signal });
    hidden.abort();
    await expect(first).rejects.toThrow();
    const second = checks.check(question(), { signal: shown.signal });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(run).toHaveBeenCalledTimes(1);
    const [, options] = run.mock.calls[0] ?? [];
    expect(options?.signal?.aborted).toBe(false);
    shown.abort();
    await expect(second).rejects.toThrow();
    expect(options?.signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(options?.signal?.aborted).toBe(true);
    checks.check(question(), { signal }).catch(() => undefined);
    await vi.advanceTimersByTimeAsync(0);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('tell everybody who waits how far they are', async () => {
    const gate = Promise.withResolvers<void>();
    const { checks } = checksOf(async (_, { onProgress }) => {
      await gate.promise;
      onProgress?.(1, 2);
      return report;
    });
    const told: string[] = [];
    const both = ['a', 'b'].map((name) =>
      checks.check(question(), { signal, onProgress: (done, total) => told.push(`${name} ${done}/${total}`) }),
    );
    gate.resolve();
    await Promise.all(both);
    expect(told).toEqual(['a 1/2', 'b 1/2']);
  });

  it('that failed are tried anew', async () => {
    let broken = true;
    const { checks } = checksOf(async () => {
      if (broken) throw new FailureError('corrupt', 'It is damaged.');
      return report;
    });
    await expect(checks.check(question(), { signal })).rejects.toThrow('It is damaged.');
    broken = false;
    await expect(checks.check(question(), { signal })).resolves.toMatchObject({ columns: 2 });
  });

  it('are forgotten when many others came since', async () => {
    const { checks } = checksOf(async () => report);
    for (let index = 0; index < 17; index++) await checks.check(question(String(index)), { signal });
    await expect(checks.columns('0', { start: 0, count: 1 })).rejects.toMatchObject({ reason: 'not-found' });
    await expect(checks.columns('1', { start: 1, count: 9 })).resolves.toMatchObject([{ column: 'b' }]);
  });

  it('have the earlier ones of a monitor’s columns, the newest of them; those of files have none', async () => {
    const history = Array.from({ length: 40 }, (_, at) => ({ at, statistic: 0.1, drifted: false }));
    const other = { at: 50, statistic: 0.9, drifted: true, column: 'a', method: 'ks' };
    const asked: unknown[] = [];
    const { checks } = checksOf(async () => report, {
      history: async (_, { name }) => {
        asked.push(name);
        return [...history.map((point) => ({ ...point, column: 'a', method: 'psi' })), other];
      },
    });
    await checks.check(question(), { signal });
    expect((await checks.columns('1', { start: 0, count: 1 }))[0]).not.toHaveProperty('history');
    const folder = await mkdtemp(join(tmpdir(), 'mlops-drift-checks-'));
    const file = join(folder, 'a.mlops.yaml');
    const drift = 'drift: {reference: a.csv, current: b.csv}';
    await writeFile(file, `apiVersion: mlops/v1\nkind: Monitor\nmetadata: {name: m}\n${drift}\n`);
    await checks.check({ folder, check: '2', target: { kind: 'monitor', file, name: 'm' } }, { signal });
    await rm(folder, { recursive: true });
    const [first] = await checks.columns('2', { start: 0, count: 1 });
    expect(first?.history?.map(({ at }) => at)).toEqual(history.slice(10).map(({ at }) => at));
    expect(asked).toEqual(['m']);
  });
});

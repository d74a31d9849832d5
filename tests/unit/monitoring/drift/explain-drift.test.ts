import { describe, expect, test } from 'vitest';
import type { DriftReport } from '#schemas/domain/drift-report.ts';
import type { RowSampler } from '#server/monitoring/drift/coded-rows.ts';
import type { DriftData, StoredColumn } from '#server/monitoring/drift/drift-data.ts';
import type { DriftRequest } from '#server/monitoring/drift/drift-request.ts';
import { explainDrift } from '#server/monitoring/drift/explain-drift.ts';
import { plantedRows } from './planted-rows.ts';

const request: DriftRequest = {
  columns: null,
  exclude: ['id'],
  methods: [],
  threshold: null,
  share: 0.5,
  correction: 'none',
  minimumRows: 30,
  explain: true,
  domainClassifier: { threshold: null },
};

function column(name: string, type: StoredColumn['type']): StoredColumn {
  return { name, type, storedAs: 'X', integers: false, single: false, empty: false };
}

function reportOf(drifted: readonly string[]): DriftReport {
  const columns = drifted.map((name) => ({
    ...{ column: name, type: 'numeric' as const, method: 'psi' as const, statistic: 1, pValue: null },
    ...{ adjustedPValue: null, threshold: 0.1, drifted: true, verdict: 'drift' as const, reason: null, errorBound: 0 },
    missing: null,
  }));
  const verdict = drifted.length > 0 ? ('drift' as const) : ('no-drift' as const);
  const share = drifted.length > 0 ? 1 : 0;
  return { rows: { reference: 9, current: 9 }, columns, leftOut: [], share, drifted: share === 1, verdict };
}

function dataOf(stored: readonly StoredColumn[], sampleRows: RowSampler['sampleRows']): DriftData & RowSampler {
  const never = () => {
    throw new Error('Not asked for.');
  };
  return {
    rows: { reference: 9, current: 9 },
    columns: { reference: stored, current: stored },
    sampleRows,
    ...{ summaries: never, withManyValues: never, valueCounts: never, vocabulary: never, histograms: never },
    ...{ announce: never, scan: never, sample: never },
  };
}

describe('an explanation', () => {
  const stored = [column('x', 'numeric'), column('id', 'numeric'), column('at', 'time'), column('note', 'text')];

  test('reads what is compared and what conditions may be about: no times, nothing excluded', async () => {
    const asked: string[] = [];
    const data = dataOf(stored, async (columns) => {
      asked.push(...columns.map(({ name }) => name));
      throw new Error('enough');
    });
    await explainDrift(reportOf(['x']), { data, request });
    expect(asked).toEqual(['x', 'note']);
  });

  test('that fails leaves the verdicts of the columns, and is not “no drift” of the classifier', async () => {
    const data = dataOf(stored, async () => {
      throw new Error('Out of Memory Error: no place\nmore');
    });
    const reason = 'The rows could not be sampled: Out of Memory Error: no place';
    const moved = await explainDrift(reportOf(['x']), { data, request });
    expect(moved).toMatchObject({ verdict: 'drift', segments: [{ column: 'x', predicate: null, reason }] });
    const calm = await explainDrift(reportOf([]), { data, request });
    expect(calm).toMatchObject({ verdict: 'could-not-check', drifted: null, domainClassifier: { auc: null, reason } });
    expect(calm).not.toHaveProperty('segments');
  });

  test('that is cancelled says so', async () => {
    const aborter = new AbortController();
    const data = dataOf(stored, async () => {
      aborter.abort();
      throw new Error('INTERRUPT Error');
    });
    const explaining = explainDrift(reportOf(['x']), { data, request, signal: aborter.signal });
    await expect(explaining).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });

  test('is cancelled between two columns', async () => {
    const aborter = new AbortController();
    const names = ['age', 'noise', 'score'].map((name) => column(name, 'numeric'));
    const data = dataOf(names, async () => {
      setImmediate(() => aborter.abort());
      return plantedRows(600, 1, () => 0.5);
    });
    const explaining = explainDrift(reportOf(['age', 'noise', 'score']), { data, request, signal: aborter.signal });
    await expect(explaining).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });

  test('costs nothing where nobody asks', async () => {
    const data = dataOf(stored, async () => {
      throw new Error('Not asked for.');
    });
    const report = reportOf(['x']);
    const quiet = { ...request, explain: false, domainClassifier: null };
    expect(await explainDrift(report, { data, request: quiet })).toBe(report);
    expect(await explainDrift(reportOf([]), { data, request: { ...request, domainClassifier: null } })).toEqual(
      reportOf([]),
    );
  });
});

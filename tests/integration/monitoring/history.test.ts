import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DriftColumn } from '#schemas/domain/drift-report.ts';
import type { MonitorReport } from '#schemas/domain/monitor-report.ts';
import { MonitorHistory } from '#server/monitoring/monitor-history.ts';

let folder: string;
let history: MonitorHistory;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'history-'));
  history = new MonitorHistory(folder);
});
afterEach(async () => {
  history.close();
  await rm(folder, { recursive: true, force: true });
});

const key = { file: 'a/m.mlops.yaml', name: 'm' };

function report(at: number, statistic: MonitorReport['checks'][number]['value']): MonitorReport {
  const column: DriftColumn = {
    ...{ column: 'age', type: 'numeric', method: 'psi', pValue: null, adjustedPValue: null, threshold: 0.1 },
    ...{ statistic, drifted: at % 2 === 0, verdict: 'drift', reason: null, errorBound: 0, missing: null },
  };
  const check: MonitorReport['checks'][number] = {
    ...{ kind: 'drift', name: 'drift', labels: {}, value: statistic, minimum: null, maximum: 0.5 },
    ...{ interval: null, unit: null, state: 'ok', reason: null },
  };
  return {
    ...{ monitor: 'm', model: null, at, state: 'ok', checks: [check], alerts: [] },
    drift: {
      ...{ rows: { reference: 1, current: 1 }, columns: [column], leftOut: [], share: 1, drifted: true },
      verdict: 'drift',
    },
  };
}

test('a folder where nothing was checked has none, and gets no file', () => {
  expect(history.latest(key)).toBeNull();
  expect(history.driftCourses(key, 10)).toEqual([]);
  expect(history.reports(key, { from: 0, to: 1e15 })).toEqual([]);
  expect(history.newsSince(0)).toBeNull();
});

test('reports come back as they were, of the time that is asked for', () => {
  for (const at of [1_000, 2_000, 3_000]) history.append(key, report(at, at / 1_000));
  history.append({ ...key, name: 'other' }, report(9_000, 0));
  expect(history.latest(key)).toEqual(report(3_000, 3));
  expect(history.reports(key, { from: 1_500, to: 3_000 }).map(({ at }) => at)).toEqual([2_000, 3_000]);
  expect(history.mainSeries(key, 2)).toEqual([
    { at: 2_000, value: 2, state: 'ok' },
    { at: 3_000, value: 3, state: 'ok' },
  ]);
});

test('what columns were, with values that JSON lacks', () => {
  history.append(key, report(1, 'Infinity'));
  history.append(key, report(2, 0.25));
  expect(history.driftCourses(key, 10)).toEqual([
    { at: 1, column: 'age', method: 'psi', statistic: 'Infinity', drifted: false },
    { at: 2, column: 'age', method: 'psi', statistic: 0.25, drifted: true },
  ]);
  expect(history.mainSeries(key, 10).map(({ value }) => value)).toEqual([null, 0.25]);
});

test('the last five hundred are kept', () => {
  for (let at = 1; at <= 505; at++) history.append(key, report(at, 0));
  expect(history.mainSeries(key, 1_000).map(({ at }) => at)).toEqual(
    Array.from({ length: 500 }, (_, index) => index + 6),
  );
});

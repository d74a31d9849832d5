import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromJsonNumber } from '#schemas/domain/number.ts';
import { parseRunSearch } from '#server/experiments/search/parse.ts';
import { ColumnStore, describeFields } from '#server/experiments/table-columns.ts';
import type { RunRecord, Step, TrackingStore } from '#server/experiments/tracking-store.ts';
import { toRun } from '#server/experiments/wire.ts';
import { mapConcurrently } from '#server/platform/concurrency.ts';
import { FailureError } from '#server/platform/failure.ts';
import type { MlflowAnswers } from '../../testbeds/mlflow-stores.ts';

export interface StoreUnderTest {
  readonly store: TrackingStore;
  /** What MLflow's own client answers on the same data. */
  readonly answers: MlflowAnswers;
  /** Stops what `makeStore` started besides the store. */
  readonly close?: () => Promise<void>;
}

/** What every tracking store must answer on the stores that `make-stores.py` writes: what MLflow's own client does. */
export function describeTrackingStore(name: string, makeStore: () => Promise<StoreUnderTest>): void {
  describe(`${name} answers as MLflow does`, () => {
    let store: TrackingStore;
    let answers: MlflowAnswers;
    let close: (() => Promise<void>) | undefined;

    beforeAll(async () => {
      ({ store, answers, close } = await makeStore());
      await store.initialize();
    });
    afterAll(async () => {
      await store?.cleanup();
      await close?.();
    });

    const idOf = (label: string): string => {
      const id = answers.made.runs[label];
      if (!id) throw new Error(`The script made no run called ${label}.`);
      return id;
    };

    it('initializes, checks and lists twice without harm', async () => {
      await store.initialize();
      const health = await store.healthCheck();
      expect(health.detail).not.toBe('');
      expect(health.healthy).toBe(true);
    });

    it.each(['active', 'deleted', 'all'] as const)('lists %s experiments, newest first', async (view) => {
      const experiments = await store.listExperiments({ view });
      const expected = answers.experiments[view];
      expect(experiments.map(({ runs: _, ...rest }) => rest)).toEqual(expected.map(({ runs: _, ...rest }) => rest));
      for (const [index, experiment] of experiments.entries()) {
        if (experiment.runs !== null) expect(experiment.runs, experiment.name).toBe(expected[index]?.runs);
      }
    });

    it('finds the same runs in the same order and pages for every filter and order', { timeout: 180_000 }, async () => {
      expect(answers.searches.length).toBeGreaterThan(80);
      await mapConcurrently(answers.searches, 4, async ({ pages, limit, ...question }) => {
        const { experimentIds, filter, orderBy, view } = question;
        const search = parseRunSearch({ experimentIds, filter, orderBy, view });
        const found = await searchAll(store, search, limit);
        expect(found, JSON.stringify(question)).toEqual(pages);
      });
    });

    it('refuses the filters that MLflow refuses, before it reads anything', () => {
      for (const filter of answers.refused) {
        expect(() => parseRunSearch({ filter }), filter).toThrow(FailureError);
      }
    });

    it('searches every experiment when none is named, deleted experiments with their runs unless only active ones', async () => {
      const ids = async (view: 'active' | 'deleted' | 'all'): Promise<Set<string>> =>
        new Set((await searchAll(store, parseRunSearch({ view }), 1000)).flat());
      const expected = (view: 'active' | 'deleted' | 'all'): Set<string> =>
        new Set(
          answers.runs
            .filter((run) => view === 'all' || run.lifecycleStage === view)
            .filter((run) => view !== 'active' || run.experimentId !== answers.made.experiments.gone)
            .map((run) => run.id),
        );
      expect(await ids('active')).toEqual(expected('active'));
      expect(await ids('deleted')).toEqual(expected('deleted'));
      expect(await ids('all')).toEqual(expected('all'));
    });

    it('reads every run whole, deleted ones too', async () => {
      for (const expected of answers.runs) {
        expect(plainRun(await store.getRun(expected.id)), expected.name).toEqual(withNumbers(expected));
      }
    });

    it('tells of the columns of any runs what reading them all tells', async () => {
      if (!store.fieldSummaries) return;
      const { runs } = await store.searchRuns(parseRunSearch({ view: 'all' }), { limit: 1000, page: null });
      for (const some of [runs, runs.slice(0, 3), runs.slice(-20), runs.filter(({ name }) => name === 'big'), []]) {
        const read = new ColumnStore(Number.POSITIVE_INFINITY);
        for (const [row, run] of some.entries()) read.add(row, run);
        const told = await store.fieldSummaries(some.map(({ id }) => id));
        expect(describeFields(told)).toEqual(describeFields(read.describe()));
      }
    });

    it('gives the keys of params, metrics and tags in one order', async () => {
      const found = await store.searchRuns(parseRunSearch({ view: 'all' }), { limit: 1000, page: null });
      const whole = await store.getRuns(found.runs.slice(0, 10).map(({ id }) => id));
      for (const record of [...found.runs, ...whole]) {
        const { params, metrics, tags } = toRun(record, '');
        for (const keys of [params, metrics, tags].map(Object.keys)) {
          // An object has its whole numbers first, whatever it was made from.
          const isIndex = (key: string) => /^(?:0|[1-9][0-9]{0,9})$/.test(key);
          const expected = keys.filter((key) => !isIndex(key)).sort();
          expect(keys.filter((key) => !isIndex(key))).toEqual(expected);
        }
      }
    });

    it('reads runs in the order asked, the same as one by one', async () => {
      const wanted = [idOf('plain7'), idOf('big'), idOf('plain7'), idOf('child2')];
      const runs = await store.getRuns(wanted);
      expect(runs.map((run) => run.id)).toEqual(wanted);
      expect(runs[1]).toEqual(await store.getRun(idOf('big')));
    });

    it('searches with whole runs, or with only the fields asked for', async () => {
      const filter = `run_id = '${idOf('plain1')}'`;
      const whole = await store.searchRuns(parseRunSearch({ filter }), { limit: 5, page: null });
      expect(whole.runs).toEqual([await store.getRun(idOf('plain1'))]);
      expect(whole.nextPage).toBeNull();
      const fields = { params: ['optimizer', 'absent'], metrics: [], tags: null };
      const { runs } = await store.searchRuns(parseRunSearch({ filter }), { limit: 5, page: null, fields });
      // A store whose source always sends everything may give more, never less.
      expect(runs[0]?.params.get('optimizer')).toBe(whole.runs[0]?.params.get('optimizer'));
      expect(runs[0]?.params.has('absent')).toBe(false);
      expect(runs[0]?.tags).toEqual(whole.runs[0]?.tags);
    });

    it('orders points by step, then time, then value, with steps exact beyond 2^53', async () => {
      for (const { runId, key, points } of answers.histories) {
        const history = await store.metricHistory(runId, key);
        const expected = points
          .map((point) => ({ ...point, value: fromJsonNumber(point.value), step: BigInt(point.step) }))
          .sort((a, b) => Number(a.step - b.step) || a.timestamp - b.timestamp || orderOfValues(a.value, b.value));
        expect(history.steps.map(BigInt), key).toEqual(expected.map((point) => point.step));
        expect(history.steps.every(isCanonicalStep), key).toBe(true);
        expect(history.timestamps, key).toEqual(expected.map((point) => point.timestamp));
        expect(history.values, key).toEqual(expected.map((point) => point.value));
      }
    });

    it('has no points of a metric that was never logged', async () => {
      const empty = { steps: [], timestamps: [], values: [] };
      expect(await store.metricHistory(idOf('big'), 'never logged')).toEqual(empty);
    });

    it('knows the extent of every metric, NaN left out', async () => {
      const big = idOf('big');
      const extents = (await store.metricExtent([big, idOf('plain0')], null)).get(big);
      expect([...(extents?.keys() ?? [])].sort()).toEqual(answers.histories.map(({ key }) => key).sort());
      for (const { key, points } of answers.histories) {
        const values = points.map((point) => fromJsonNumber(point.value)).filter((value) => !Number.isNaN(value));
        expect(extents?.get(key), key).toEqual({
          min: values.length === 0 ? null : Math.min(...values),
          max: values.length === 0 ? null : Math.max(...values),
          count: points.length,
        });
      }
      const some = await store.metricExtent([big, idOf('child1')], ['curve', 'acc']);
      expect([...(some.get(big)?.keys() ?? [])]).toEqual(['curve']);
      expect(some.get(idOf('child1'))?.get('acc')).toEqual({ min: 1 / 3, max: 1 / 3, count: 1 });
    });

    it('gives the datasets of a run with what they were used for', async () => {
      for (const [runId, expected] of Object.entries(answers.datasets)) {
        const datasets = await store.datasets(runId);
        const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);
        expect([...datasets].sort(byName)).toEqual([...expected].sort(byName));
      }
    });

    it('gives the logged models of a run, newest first, with their metrics', async () => {
      for (const [runId, expected] of Object.entries(answers.models)) {
        const models = await store.loggedModels(runId);
        const plain = models.map(({ params, tags, metrics, ...rest }) => ({
          ...rest,
          params: Object.fromEntries(params),
          tags: Object.fromEntries(tags),
          metrics: [...metrics].sort((a, b) => a.key.localeCompare(b.key)),
        }));
        expect(plain).toEqual(
          expected.map(({ metrics, ...rest }) => ({
            ...rest,
            metrics: metrics.map((metric) => ({ ...metric, value: fromJsonNumber(metric.value) })),
          })),
        );
      }
    });

    it('names the run that does not exist', async () => {
      const missing = '0123456789abcdef0123456789abcdef';
      const calls = [
        () => store.getRun(missing),
        () => store.getRuns([idOf('big'), missing]),
        () => store.metricHistory(missing, 'acc'),
        () => store.datasets(missing),
        () => store.loggedModels(missing),
      ];
      for (const call of calls) {
        await expect(call()).rejects.toMatchObject({
          reason: 'not-found',
          message: expect.stringContaining(missing),
        });
      }
    });

    it('refuses a page token it did not give', async () => {
      const search = parseRunSearch({});
      await expect(store.searchRuns(search, { limit: 5, page: 'nonsense!' })).rejects.toMatchObject({
        reason: 'input',
      });
    });

    it('stops when asked to', async () => {
      const signal = AbortSignal.abort();
      await expect(store.searchRuns(parseRunSearch({}), { limit: 5, page: null, signal })).rejects.toMatchObject({
        name: 'AbortError',
      });
      await expect(store.metricHistory(idOf('big'), 'curve', signal)).rejects.toMatchObject({ name: 'AbortError' });
    });

    it('gives the same token while nothing changes', async () => {
      const token = await store.changeToken();
      await store.getRun(idOf('big'));
      expect(await store.changeToken()).toBe(token);
    });
  });
}

async function searchAll(
  store: TrackingStore,
  search: ReturnType<typeof parseRunSearch>,
  limit: number,
): Promise<string[][]> {
  const pages: string[][] = [];
  let page: string | null = null;
  do {
    const found = await store.searchRuns(search, { limit, page });
    pages.push(found.runs.map((run) => run.id));
    page = found.nextPage;
  } while (page !== null);
  return pages;
}

/** Steps are numbers where that is exact and bigints where it is not. */
function isCanonicalStep(step: Step): boolean {
  return typeof step === 'number' ? Number.isSafeInteger(step) : !Number.isSafeInteger(Number(step));
}

function orderOfValues(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : Number(a > b);
}

function plainRun(run: RunRecord): object {
  return {
    ...run,
    params: Object.fromEntries(run.params),
    tags: Object.fromEntries(run.tags),
    metrics: Object.fromEntries(
      [...run.metrics].map(([key, { step, ...rest }]) => [key, { ...rest, step: String(step) }]),
    ),
  };
}

function withNumbers(run: MlflowAnswers['runs'][number]): object {
  const metrics = Object.entries(run.metrics).map(([key, metric]) => [
    key,
    { ...metric, value: fromJsonNumber(metric.value) },
  ]);
  return { ...run, metrics: Object.fromEntries(metrics) };
}

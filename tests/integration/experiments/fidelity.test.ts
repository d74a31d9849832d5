import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openLocalArtifacts } from '#server/experiments/backends/artifacts/local.ts';
import { createMlflowFileStore } from '#server/experiments/backends/mlflow-file/store.ts';
import { createMlflowRestStore } from '#server/experiments/backends/mlflow-rest/store.ts';
import { createMlflowSqliteStore } from '#server/experiments/backends/mlflow-sqlite/store.ts';
import { parseRunSearch } from '#server/experiments/search/parse.ts';
import type { RunRecord, TrackingStore } from '#server/experiments/tracking-store.ts';
import { createHttpClient } from '#server/platform/http.ts';
import { madeOnce } from '../../testbeds/made-once.ts';
import { startMlflowServer } from '../../testbeds/mlflow-server.ts';
import { mlflowStores } from '../../testbeds/mlflow-stores.ts';
import { runPython, testPython } from '../../testbeds/python.ts';

// The rows of docs/guide/fidelity.md.

const SCRIPT = join(import.meta.dirname, '../../testbeds/python/make-odd-stores.py');
const LARGEST = Number.MAX_VALUE;

const openSqlite = (path: string): TrackingStore =>
  createMlflowSqliteStore({
    path,
    inProcess: true,
    artifacts: (run) => openLocalArtifacts({ uri: run.artifactUri, base: join(path, '..'), candidates: [] }),
  });
const openFiles = (path: string): TrackingStore => createMlflowFileStore({ path, artifacts: openLocalArtifacts });

describe('the same data in SQLite and in files', () => {
  it('is the same but for ids of experiments, places of artifacts and infinities', async () => {
    const { sqlite, files, sqliteAnswers, fileAnswers } = await mlflowStores();
    const [one, other] = [openSqlite(sqlite), openFiles(files)];
    const search = { limit: 1000, page: null };
    const inSqlite = await one.searchRuns(parseRunSearch({ view: 'all' }), search);
    const inFiles = await other.searchRuns(parseRunSearch({ view: 'all' }), search);
    expect(inFiles.runs.length).toBeGreaterThan(40);
    expect(inFiles.runs.map(comparable)).toEqual(inSqlite.runs.map(comparable));
    const names = (answers: typeof sqliteAnswers): string[] => answers.experiments.all.map(({ name }) => name).sort();
    expect(names(fileAnswers)).toEqual(names(sqliteAnswers));
    await one.cleanup();
    await other.cleanup();
  });
});

describe('what stores keep differently', () => {
  let sqlite: TrackingStore;
  let files: TrackingStore;
  let runs: { sqlite: string; file: string };
  let odd: string;

  beforeAll(async () => {
    const digest = createHash('sha256')
      .update(await readFile(SCRIPT))
      .digest('hex');
    const folder = await madeOnce(`mlflow-odd-stores-${digest.slice(0, 12)}`, async (target) => {
      await runPython(await testPython(), [SCRIPT, target]);
    });
    runs = z
      .object({ sqlite: z.string(), file: z.string() })
      .parse(JSON.parse(await readFile(join(folder, 'runs.json'), 'utf8')));
    odd = folder;
    sqlite = openSqlite(join(folder, 'sqlite', 'mlflow.db'));
    files = openFiles(join(folder, 'file', 'mlruns'));
  });
  afterAll(async () => {
    await sqlite?.cleanup();
    await files?.cleanup();
  });

  it('infinities: the largest doubles in SQLite', async () => {
    expect((await sqlite.metricHistory(runs.sqlite, 'infinite')).values).toEqual([LARGEST, -LARGEST]);
    const { values } = await files.metricHistory(runs.file, 'infinite');
    expect(values).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  });

  it('the same point twice: once in SQLite', async () => {
    expect((await sqlite.metricHistory(runs.sqlite, 'twice')).values).toEqual([0.5]);
    expect((await files.metricHistory(runs.file, 'twice')).values).toEqual([0.5, 0.5]);
  });

  it('the step of a metric with a dataset: right in both', async () => {
    expect((await sqlite.getRun(runs.sqlite)).metrics.get('with dataset')?.step).toBe(7);
    expect((await files.getRun(runs.file)).metrics.get('with dataset')?.step).toBe(7);
  });

  it('a NaN at the step and time of a number: the last value in SQLite where the number is below 0', async () => {
    expect((await sqlite.getRun(runs.sqlite)).metrics.get('nan after')?.value).toBeNaN();
    expect((await files.getRun(runs.file)).metrics.get('nan after')?.value).toBe(-1);
  });

  it('ILIKE: letters beyond ASCII have a case in files only', async () => {
    const search = parseRunSearch({ filter: "tags.owner ILIKE 'åsa'" });
    const page = { limit: 10, page: null };
    expect((await sqlite.searchRuns(search, page)).runs).toHaveLength(0);
    expect((await files.searchRuns(search, page)).runs).toHaveLength(1);
  });

  it('a server on a file store: as the files, but for the step of a metric with a dataset', async () => {
    const copy = await mkdtemp(join(tmpdir(), 'odd-stores-'));
    await cp(join(odd, 'file', 'mlruns'), join(copy, 'mlruns'), { recursive: true });
    const server = await startMlflowServer({ backendStore: join(copy, 'mlruns') });
    const http = createHttpClient();
    try {
      const rest = createMlflowRestStore({ url: server.url, http, credentials: async () => null });
      const run = await rest.getRun(runs.file);
      expect(run.metrics.get('with dataset')?.step).toBe(0);
      expect(run.metrics.get('nan after')?.value).toBe(-1);
      expect((await rest.metricHistory(runs.file, 'twice')).values).toEqual([0.5, 0.5]);
      expect(await rest.metricHistory(runs.file, 'infinite')).toEqual(await files.metricHistory(runs.file, 'infinite'));
      expect(await rest.metricExtent([runs.file], ['infinite'])).toEqual(
        await files.metricExtent([runs.file], ['infinite']),
      );
    } finally {
      await http.close();
      await server.stop();
      await rm(copy, { recursive: true, force: true });
    }
  });
});

function comparable(run: RunRecord): object {
  const { experimentId: _, artifactUri: __, metrics, ...rest } = run;
  const values = [...metrics].map(([key, metric]) => {
    const value = Math.abs(metric.value) > 1.7e308 ? Math.sign(metric.value) * Number.POSITIVE_INFINITY : metric.value;
    return [key, { ...metric, value }] as const;
  });
  return {
    ...rest,
    metrics: new Map(values.sort()),
    params: new Map([...run.params].sort()),
    tags: new Map([...run.tags].sort()),
  };
}

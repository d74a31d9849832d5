import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonNumber } from '#schemas/domain/number.ts';
import { lifecycleStage, runStatus } from '#schemas/domain/run.ts';
import { madeOnce } from './made-once.ts';
import { runPython, testPython } from './python.ts';

const timestamp = z.number().nullable();
const text = z.record(z.string(), z.string());
const ids = z.array(z.string());

const runAnswer = z.object({
  id: z.string(),
  name: z.string(),
  experimentId: z.string(),
  status: runStatus,
  startTime: timestamp,
  endTime: timestamp,
  lifecycleStage,
  userId: z.string().nullable(),
  artifactUri: z.string().nullable(),
  params: text,
  metrics: z.record(z.string(), z.object({ value: jsonNumber, step: z.string(), timestamp: z.number() })),
  tags: text,
});

const view = z.enum(['active', 'deleted', 'all']);

const experimentAnswer = z.object({
  id: z.string(),
  name: z.string(),
  lifecycleStage,
  artifactLocation: z.string(),
  runs: z.number(),
});

const datasetAnswer = z.object({
  name: z.string(),
  digest: z.string(),
  sourceType: z.string(),
  source: z.string(),
  schema: z.string().nullable(),
  profile: z.string().nullable(),
  context: z.string().nullable(),
});

const modelAnswer = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  modelType: z.string().nullable(),
  artifactUri: z.string(),
  createdAt: timestamp,
  params: text,
  tags: text,
  metrics: z.array(z.object({ key: z.string(), value: jsonNumber, dataset: z.string().nullable() })),
});

const answers = z.object({
  /** Ids by the names that the script gives what it makes. */
  made: z.object({ runs: text, experiments: text }),
  searches: z.array(
    z.object({
      experimentIds: ids,
      filter: z.string(),
      orderBy: z.array(z.string()),
      view,
      limit: z.number(),
      pages: z.array(ids),
    }),
  ),
  refused: z.array(z.string()),
  runs: z.array(runAnswer),
  histories: z.array(
    z.object({
      runId: z.string(),
      key: z.string(),
      points: z.array(z.object({ step: z.string(), timestamp: z.number(), value: jsonNumber })),
    }),
  ),
  experiments: z.record(view, z.array(experimentAnswer)),
  datasets: z.record(z.string(), z.array(datasetAnswer)),
  models: z.record(z.string(), z.array(modelAnswer)),
});

/** What MLflow's own Python client says about a store. */
export type MlflowAnswers = z.infer<typeof answers>;

export interface MlflowStores {
  /** `mlflow.db`, alone in its folder but for `mlruns` with the artifacts. */
  readonly sqlite: string;
  /** A `mlruns` folder. */
  readonly files: string;
  readonly sqliteAnswers: MlflowAnswers;
  readonly fileAnswers: MlflowAnswers;
}

const SCRIPT = join(import.meta.dirname, 'python', 'make-stores.py');

/**
 * The same experiments in a SQLite store and a file store, written by real MLflow, and its client's answers. Made once
 * for a version of the script and of MLflow, in the cache folder: whoever changes a store works on a copy.
 */
export async function mlflowStores(): Promise<MlflowStores> {
  const python = await testPython();
  const version = await runPython(python, ['-c', 'from importlib.metadata import version; print(version("mlflow"))']);
  const digest = createHash('sha256')
    .update(await readFile(SCRIPT))
    .digest('hex')
    .slice(0, 12);
  const folder = await madeOnce(`mlflow-stores-${version.trim()}-${digest}`, async (target) => {
    await runPython(python, [SCRIPT, target]);
  });
  const read = async (name: string): Promise<MlflowAnswers> =>
    answers.parse(JSON.parse(await readFile(join(folder, name), 'utf8')));
  return {
    sqlite: join(folder, 'sqlite', 'mlflow.db'),
    files: join(folder, 'file', 'mlruns'),
    sqliteAnswers: await read('sqlite.json'),
    fileAnswers: await read('file.json'),
  };
}

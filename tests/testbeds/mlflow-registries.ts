import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { madeOnce } from './made-once.ts';
import { runPython, testPython } from './python.ts';

export interface MlflowRegistries {
  /** A database; its model `many` has 1,000 versions. */
  readonly sqlite: string;
  /** A `mlruns` folder; its model `many` has 20, because MLflow takes minutes for more. */
  readonly files: string;
}

const script = join(import.meta.dirname, 'python', 'make-registry.py');

/** The same models in a SQLite store and a file store, written by real MLflow. Made once: who changes one works on a copy. */
export async function mlflowRegistries(): Promise<MlflowRegistries> {
  const python = await testPython();
  const digest = createHash('sha256')
    .update(`${python}\n`)
    .update(await readFile(script))
    .digest('hex')
    .slice(0, 12);
  const folder = await madeOnce(`mlflow-registries-${digest}`, async (target) => {
    await runPython(python, [script, `sqlite:///${join(target, 'mlflow.db')}`, '1000']);
    await runPython(python, [script, join(target, 'mlruns'), '20']);
  });
  return { sqlite: join(folder, 'mlflow.db'), files: join(folder, 'mlruns') };
}

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { madeOnce } from './made-once.ts';
import { runPython, testPython } from './python.ts';

const SCRIPT = join(import.meta.dirname, 'python', 'make-big-store.py');

/** An `mlflow.db` with 10,000 runs of 50 metrics (`metric_0` …) in experiment 1 (`big`), made once. Work on a copy. */
export async function bigStore(): Promise<{ path: string }> {
  const digest = createHash('sha256')
    .update(await readFile(SCRIPT))
    .digest('hex')
    .slice(0, 12);
  const folder = await madeOnce(`mlflow-big-${digest}`, async (target) => {
    await runPython(await testPython(), [SCRIPT, target]);
  });
  return { path: join(folder, 'mlflow.db') };
}

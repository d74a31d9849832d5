import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { madeOnce } from './made-once.ts';
import { runPython, testPython } from './python.ts';

const SCRIPT = join(import.meta.dirname, 'python', 'make-models.py');

/** Folders of models that real MLflow saved, made once: `sklearn`, `unsigned` (no signature) and `pyfunc`. */
export async function mlflowModels(): Promise<string> {
  const python = await testPython();
  const version = await runPython(python, ['-c', 'from importlib.metadata import version; print(version("mlflow"))']);
  const digest = createHash('sha256')
    .update(await readFile(SCRIPT))
    .digest('hex')
    .slice(0, 12);
  return madeOnce(`mlflow-models-${version.trim()}-${digest}`, async (target) => {
    await runPython(python, [SCRIPT, target]);
  });
}

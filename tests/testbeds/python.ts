import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The Python that has MLflow: the set-up names it in MLOPS_TEST_PYTHON. */
export async function testPython(): Promise<string> {
  const python = process.env.MLOPS_TEST_PYTHON;
  if (!python) throw new Error('Set MLOPS_TEST_PYTHON to a Python that has MLflow (npm test does).');
  return python;
}

/** The Python that has Evidently and SciPy: the set-up names it in MLOPS_TEST_EVIDENTLY. */
export function evidentlyPython(): string {
  const python = process.env.MLOPS_TEST_EVIDENTLY;
  if (!python) throw new Error('Set MLOPS_TEST_EVIDENTLY to a Python that has Evidently (npm test does).');
  return python;
}

/** Runs Python to its end and answers its standard output. */
export async function runPython(python: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execute(python, [...args], { maxBuffer: 64 * 1024 * 1024, encoding: 'utf8' });
  return stdout;
}

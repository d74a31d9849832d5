import { checkPython, type PythonDiagnostic } from '#server/language/python/check-python.ts';
import { PythonModules } from '#server/language/python/python-modules.ts';
import { parseSource } from '#server/language/syntax/source.ts';

export const head = 'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: a}\n';
export const yamlUri = 'file:///ws/a.mlops.yaml';

/** Python files of a workspace, by their paths. */
export function pythonModules(files: Readonly<Record<string, string>>): PythonModules {
  return new PythonModules({ read: async (uri) => files[uri.replace('file:///ws/', '')] ?? null });
}

/** What is said of a pipeline beside Python files; with a text alone, that is `train.py`. */
export function checked(yaml: string, python: string | Readonly<Record<string, string>>): Promise<PythonDiagnostic[]> {
  const modules = pythonModules(typeof python === 'string' ? { 'train.py': python } : python);
  return checkPython({ source: parseSource(yaml), uri: yamlUri, modules });
}

/** What is said of a step that calls `train.py:main`, by code and message. */
export async function ofStep(step: string, python: string | Readonly<Record<string, string>>): Promise<string[]> {
  const found = await checked(`${head}steps:\n  train:\n${step.replace(/^/gm, '    ')}\n`, python);
  return found.map(({ code, message }) => `${code}: ${message}`);
}

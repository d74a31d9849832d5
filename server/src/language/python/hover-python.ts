import type { Position } from '../features/cursor.ts';
import type { Hover } from '../features/hover.ts';
import { offsetAt, positionAt } from '../features/locate.ts';
import { offsetOf } from '../symbols/file-symbols.ts';
import type { Source } from '../syntax/source.ts';
import { loadOnly } from './check-python.ts';
import type { PythonModules } from './python-modules.ts';
import { signatureOf } from './signature.ts';
import { entrypointUris, pythonStepAt, touches } from './steps.ts';

/** The signature and docstring of the function that an entrypoint names; null anywhere else. */
export async function hoverPython({
  source,
  uri,
  position,
  modules,
}: {
  source: Source;
  uri: string;
  position: Position;
  modules: Pick<PythonModules, 'load'>;
}): Promise<Hover | null> {
  const offset = offsetAt(source, position);
  const step = pythonStepAt(source, offset);
  if (!step?.entrypoint || !touches(step, step.entrypoint.span, offset)) return null;
  const { entrypoint, unit } = step;
  const loaded = await loadOnly(entrypointUris(step, uri), modules);
  const found = loaded?.module.functions.get(entrypoint.functionName);
  if (!loaded || !found) return null;
  const start = offsetOf(unit, entrypoint.span);
  const end = start + entrypoint.span.end - entrypoint.span.start;
  return { text: signatureOf(found, loaded.text), start: positionAt(source, start), end: positionAt(source, end) };
}

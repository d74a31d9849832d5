import type { Position } from '../features/cursor.ts';
import type { Hover } from '../features/hover.ts';
import { lineText } from '../features/line-shape.ts';
import { offsetAt, positionAt } from '../features/locate.ts';
import type { Source } from '../syntax/source.ts';
import { loadOnly } from './check-python.ts';
import type { PythonModules } from './python-modules.ts';
import { signatureOf } from './signature.ts';
import { entrypointUris, pythonSteps } from './steps.ts';

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
  // Most lines name no function: they are spared the walk over all steps.
  if (!/\S:[A-Za-z_]/.test(lineText(source, position.line))) return null;
  const offset = offsetAt(source, position);
  for (const step of pythonSteps(source)) {
    const { entrypoint, unit } = step;
    const chunk = entrypoint && unit.chunks[entrypoint.span.part];
    if (!chunk) continue;
    const start = chunk.offset + entrypoint.span.start;
    const end = chunk.offset + entrypoint.span.end;
    if (offset < start || offset > end) continue;
    const loaded = await loadOnly(entrypointUris(step, uri), modules);
    const found = loaded?.module.functions.get(entrypoint.functionName);
    if (!loaded || !found) return null;
    return { text: signatureOf(found, loaded.text), start: positionAt(source, start), end: positionAt(source, end) };
  }
  return null;
}

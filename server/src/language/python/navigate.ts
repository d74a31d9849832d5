import { type RelativeRange, shiftRange } from '../diagnostics/diagnostic.ts';
import { rangeOf } from '../diagnostics/ranges.ts';
import type { Source } from '../syntax/source.ts';
import { loadOnly } from './check-python.ts';
import type { PythonModules } from './python-modules.ts';
import { rangeInPython } from './python-range.ts';
import { entrypointUris, pythonStepAt, pythonSteps, touches } from './steps.ts';

export interface PythonPlace {
  readonly uri: string;
  readonly range: RelativeRange;
}

/** The function of an entrypoint, or the parameter of a key of `with`, at an offset of a file; null for anything else. */
export async function pythonDefinition({
  source,
  uri,
  offset,
  modules,
}: {
  source: Source;
  uri: string;
  offset: number;
  modules: PythonModules;
}): Promise<PythonPlace | null> {
  const step = pythonStepAt(source, offset);
  const entrypoint = step?.entrypoint;
  const loaded = entrypoint && (await loadOnly(entrypointUris(step, uri), modules));
  if (!loaded) return null;
  const found = loaded.module.functions.get(entrypoint.functionName);
  if (touches(step, entrypoint.span, offset))
    return { uri: loaded.uri, range: rangeInPython(loaded.module, found?.span ?? { start: 0, end: 0 }) };
  const argument = step.arguments.find(({ key }) => touches(step, key, offset));
  const parameter = found?.parameters.find(({ name }) => name === argument?.name);
  return parameter ? { uri: loaded.uri, range: rangeInPython(loaded.module, parameter.span) } : null;
}

/** The entrypoints of documents that call a function of a Python file. */
export function entrypointReferences(
  python: { readonly uri: string; readonly functionName: string },
  sources: Iterable<{ readonly uri: string; readonly source: Source }>,
): PythonPlace[] {
  return [...sources].flatMap(({ uri, source }) =>
    pythonSteps(source).flatMap((step) => {
      const { entrypoint, unit } = step;
      if (entrypoint?.functionName !== python.functionName) return [];
      const chunk = unit.chunks[entrypoint.span.part];
      if (!chunk || !entrypointUris(step, uri).includes(python.uri)) return [];
      const range = shiftRange(rangeOf(entrypoint.functionSpan, chunk, source.lines), chunk.firstLine);
      return [{ uri, range }];
    }),
  );
}

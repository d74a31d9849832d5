import type { Completion } from '../features/complete.ts';
import type { CursorContext, Position } from '../features/cursor.ts';
import { cursorContext } from '../features/cursor-context.ts';
import { lineText } from '../features/line-shape.ts';
import { offsetAt } from '../features/locate.ts';
import { resolveUri } from '../symbols/workspace-index.ts';
import type { Source } from '../syntax/source.ts';
import { loadOnly } from './check-python.ts';
import type { PythonParameter } from './module.ts';
import type { PythonModules } from './python-modules.ts';
import { signatureOf } from './signature.ts';
import { entrypointUris, type PythonStep, pythonSteps } from './steps.ts';

interface Place {
  readonly source: Source;
  readonly uri: string;
  readonly position: Position;
  readonly modules: Pick<PythonModules, 'load'>;
}

/** What a Python file has for a place: its functions behind `entrypoint: file.py:`, a function's parameters in `with`. */
export async function completePython(place: Place): Promise<Completion[]> {
  const context = cursorContext(place.source, place.position);
  if (context.kind !== 'Pipeline') return [];
  const before = lineText(place.source, place.position.line).slice(0, place.position.character);
  const typed = /(?:^|[\s{,])entrypoint:\s+["']?([^\s"':,{}]+):(\w*)$/.exec(before);
  if (typed) return functions(place, { context, file: typed[1] ?? '', typed: typed[2] ?? '' });
  return context.role === 'key' ? parameters(place, context) : [];
}

async function functions(
  { uri, position, modules }: Place,
  { context, file, typed }: { context: CursorContext; file: string; typed: string },
): Promise<Completion[]> {
  const dotted = file.replaceAll('.', '/');
  const paths = file.endsWith('.py') ? [file] : [`${dotted}.py`, `${dotted}/__init__.py`];
  const folder = context.siblings.get('workingDirectory') ?? '';
  const folders = folder === '' ? [''] : ['', `${folder.replace(/\/+$/, '')}/`];
  const uris = paths.flatMap((path) => folders.flatMap((each) => resolveUri(uri, each + path) ?? []));
  const loaded = await loadOnly(uris, modules);
  if (!loaded) return [];
  const start = position.character - typed.length;
  return [...loaded.module.functions.values()].map((found, order) => ({
    label: found.name,
    kind: 'function',
    detail: file,
    documentation: signatureOf(found, loaded.text),
    text: found.name,
    replace: { line: position.line, start, end: position.character },
    // What begins with an underscore is the module's own.
    sort: `!${String(found.name.startsWith('_') ? order + 10_000 : order).padStart(5, '0')}`,
    continues: false,
  }));
}

async function parameters(place: Place, context: CursorContext): Promise<Completion[]> {
  const { uri, modules } = place;
  const step = context.path[2] === 'with' ? stepAt(place, context) : undefined;
  if (!step?.entrypoint) return [];
  const loaded = await loadOnly(entrypointUris(step, uri), modules);
  const found = loaded?.module.functions.get(step.entrypoint.functionName);
  if (!loaded || !found?.reliable) return [];
  return found.parameters
    .filter(({ kind }) => kind === 'positionalOrKeyword' || kind === 'keywordOnly')
    .filter(({ name }) => !context.siblings.has(name))
    .map((parameter, order) => ({
      label: parameter.name,
      kind: 'key',
      detail: detailOf(parameter),
      documentation: signatureOf(found, loaded.text),
      text: context.colonFollows ? parameter.name : `${parameter.name}: `,
      replace: context.replace,
      sort: `!${String(parameter.required ? order : order + 1000).padStart(5, '0')}`,
      continues: false,
    }));
}

/** The last step of that name that begins above the cursor: documents of one file may share names. */
function stepAt({ source, position }: Place, { path }: CursorContext): PythonStep | undefined {
  const offset = offsetAt(source, position);
  return pythonSteps(source).findLast(
    ({ unit }) => unit.section === path[0] && unit.name === path[1] && (unit.chunks[0]?.offset ?? offset) <= offset,
  );
}

function detailOf({ annotation, default: byDefault, required }: PythonParameter): string {
  const type = annotation ?? 'parameter';
  if (byDefault) return `${type} = ${byDefault.text}`;
  return required ? `${type}, required` : type;
}

import { type FileSymbols, fileSymbols, type Unit } from '../symbols/file-symbols.ts';
import { type Span, scalarOf, textOf, UnitReader, type View, type ViewEntry } from '../symbols/view.ts';
import { resolveUri } from '../symbols/workspace-index.ts';
import type { Node, ScalarNode } from '../syntax/ast.ts';
import type { Source } from '../syntax/source.ts';
import { scriptOf } from './check-command.ts';
import { commandLines, type ShellWord } from './shell-words.ts';
import type { GivenValue } from './types.ts';

/** A step that calls Python by an entrypoint or a command. */
export interface PythonStep {
  readonly unit: Unit;
  readonly entrypoint: Entrypoint | null;
  readonly run: { readonly node: ScalarNode; readonly span: Span } | null;
  /** Arguments with the places of their keys and values. */
  readonly arguments: readonly ViewEntry[];
  /** `with` itself; null where there is none. */
  readonly with: ViewEntry | null;
  /** Merges, aliases or errors hide some of the step. */
  readonly incomplete: boolean;
  /** Which folders its paths may count from, relative to the file; null where that is not known. */
  readonly folders: readonly string[] | null;
  readonly given: ReadonlyMap<string, GivenValue>;
}

export interface Entrypoint {
  /** A path that ends in `.py`, or the name of a module with dots. */
  readonly file: string;
  readonly functionName: string;
  readonly span: Span;
  readonly functionSpan: Span;
}

/** The steps of a file's pipelines that run or call something. */
export function pythonSteps(source: Source): PythonStep[] {
  return stepsOf(fileSymbols(source), () => true);
}

/** The step at an offset of the file; what stands elsewhere is not read. */
export function pythonStepAt(source: Source, offset: number): PythonStep | null {
  const isThere = ({ chunks }: Unit) =>
    chunks.some((chunk) => chunk.offset <= offset && offset <= chunk.offset + chunk.length);
  return (
    stepsOf(fileSymbols(source), isThere).find((step) => placesOf(step).some((span) => touches(step, span, offset))) ??
    null
  );
}

/** Whether an offset of the file is in or at the end of a span of a step. */
export function touches({ unit }: PythonStep, span: Span, offset: number): boolean {
  const start = unit.chunks[span.part]?.offset;
  return start !== undefined && offset >= start + span.start && offset <= start + span.end;
}

/** What names something in Python: the entrypoint and the keys of `with`. */
function placesOf({ entrypoint, arguments: given }: PythonStep): Span[] {
  return entrypoint ? [entrypoint.span, ...given.map(({ key }) => key)] : [];
}

function stepsOf(symbols: FileSymbols, isWanted: (unit: Unit) => boolean): PythonStep[] {
  return symbols.documents.flatMap((document) => {
    if (document.kind !== 'Pipeline') return [];
    const types = new Map([...document.params].map(([name, { type }]) => [name, type]));
    return document.units.flatMap((unit) =>
      unit.section === null || !isWanted(unit) ? [] : (stepOf(unit, types) ?? []),
    );
  });
}

type ParamTypes = ReadonlyMap<string, string | null>;

function stepOf(unit: Unit, types: ParamTypes): PythonStep | null {
  const { view, incomplete } = unit.symbols;
  const reader = new UnitReader(view);
  const entries = reader.entries(view.value);
  const get = (name: string) => entries.find((entry) => entry.name === name) ?? null;
  const shell = textOf(get('shell')?.value ?? null);
  const run = shell === null || shell === 'bash' || shell === 'sh' ? get('run') : null;
  const runNode = scalarOf(run?.value ?? null);
  const entrypoint = entrypointOf(get('entrypoint')?.value ?? null);
  if (!entrypoint && !runNode) return null;
  const folder = get('workingDirectory');
  const folderText = textOf(folder?.value ?? null);
  const given = get('with');
  const args = given ? reader.entries(given.value) : [];
  return {
    unit,
    entrypoint,
    run: run && runNode ? { node: runNode, span: { part: run.value.part, ...spanOf(runNode) } } : null,
    arguments: args,
    with: given,
    incomplete: incomplete || args.some(({ name }) => name === '<<') || isHidden(given),
    folders: foldersOf(folder, folderText),
    given: new Map(args.flatMap(({ name, value }) => (name === '<<' ? [] : [[name, givenValue(value, types)]]))),
  };
}

function isHidden(given: ViewEntry | null): boolean {
  return (
    given !== null && given.value.container === null && given.value.node !== null && given.value.node.type !== 'map'
  );
}

function foldersOf(entry: ViewEntry | null, text: string | null): string[] | null {
  if (entry === null) return [''];
  if (text === null || text.includes('${{') || /^[~/]|^[A-Za-z]:/.test(text)) return null;
  return [`${text.replace(/\/+$/, '')}/`];
}

function spanOf({ start, end }: ScalarNode): { start: number; end: number } {
  return { start, end };
}

function entrypointOf(view: View | null): Entrypoint | null {
  const node = scalarOf(view);
  const text = textOf(view);
  const found = text === null ? null : /^([^:\s]+):([A-Za-z_]\w*)$/.exec(text);
  if (!view || !node || !found || text?.includes('${{')) return null;
  const [, file = '', functionName = ''] = found;
  const quote = node.style === 'plain' ? 0 : 1;
  const span = { part: view.part, start: node.start + quote, end: node.end - quote };
  return { file, functionName, span, functionSpan: { ...span, start: span.end - functionName.length } };
}

function givenValue(view: View, types: ParamTypes): GivenValue {
  return view.container ? { kind: view.container.type === 'map' ? 'map' : 'unknown' } : givenNode(view.node, types);
}

const wholeParam = /^\$\{\{\s*params\.(\w+)\s*\}\}$/;

function givenNode(node: Node | null, types: ParamTypes): GivenValue {
  if (node === null) return { kind: 'scalar', value: null };
  if (node.type === 'alias' || node.tag !== undefined) return { kind: 'unknown' };
  if (node.type === 'map') return { kind: 'map' };
  if (node.type === 'seq') return { kind: 'list', items: node.items.map((item) => givenNode(item, types)) };
  const { value } = node;
  if (typeof value !== 'string' || !value.includes('${{')) return { kind: 'scalar', value };
  const type = types.get(wholeParam.exec(value)?.[1] ?? '');
  if (type === 'string' || type === 'number' || type === 'integer' || type === 'boolean')
    return { kind: 'typed', type };
  return { kind: 'unknown' };
}

/** The files that an entrypoint could mean; a module with dots may be installed, and then none of them is there. */
export function entrypointUris(step: PythonStep, uri: string): string[] {
  return urisOf(entrypointPaths(step), uri);
}

/** The files that a script of `run` could mean. */
export function scriptUris(step: PythonStep, script: string, uri: string): string[] {
  return urisOf(scriptPaths(step, script), uri);
}

/** All Python files that the steps of a file could mean, as paths from the file's folder. */
export function pythonPaths(symbols: FileSymbols): string[] {
  const paths = new Set<string>();
  for (const step of stepsOf(symbols, () => true)) {
    for (const path of entrypointPaths(step)) paths.add(path);
    for (const words of linesOf(step)) {
      const command = scriptOf(words);
      if (command) for (const path of scriptPaths(step, command.script.text)) paths.add(path);
    }
  }
  return [...paths];
}

/** The commands of a step's `run`, word by word. */
export function linesOf({ run }: PythonStep): ShellWord[][] {
  return run && typeof run.node.value === 'string' ? (commandLines(run.node.value) ?? []) : [];
}

export function urisOf(paths: readonly string[], uri: string): string[] {
  return paths.flatMap((path) => resolveUri(uri, path) ?? []);
}

function entrypointPaths({ entrypoint, folders }: PythonStep): string[] {
  if (!entrypoint || folders === null) return [];
  const { file } = entrypoint;
  const module = file.replaceAll('.', '/');
  const paths = file.endsWith('.py') ? [file] : [`${module}.py`, `${module}/__init__.py`];
  // Where a step has a folder of its own, people count from either.
  return below(paths, file.endsWith('.py') ? [...new Set(['', ...folders])] : folders);
}

function scriptPaths({ folders }: PythonStep, script: string): string[] {
  return folders === null ? [] : below([script], folders);
}

function below(paths: readonly string[], folders: readonly string[]): string[] {
  const relative = paths.filter((path) => !/^[~/]|^[a-z][a-z0-9+.-]*:/i.test(path));
  return relative.flatMap((path) => folders.map((folder) => folder + path));
}

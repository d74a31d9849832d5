import { stringify } from 'yaml';
import { keyText } from '../../schema/check-value.ts';
import { inline } from '../../schema/describe.ts';
import type { Unit } from '../../symbols/file-symbols.ts';
import type { Origin } from '../../symbols/resolve.ts';
import type { ScalarNode } from '../../syntax/ast.ts';
import { entriesOf } from '../../syntax/walk.ts';
import type { Position } from '../cursor.ts';
import { lineText } from '../line-shape.ts';
import { locate, offsetAt, positionAt } from '../locate.ts';
import { chunkAt, nodesAround } from '../node-at.ts';
import { rangeOfSpan } from '../symbol-at.ts';
import { type CodeAction, endOfLine, lastNestedLine, newlineOf, replaceOffsets } from './action.ts';

/** Values of a step that may be expressions, by where they stand below it. */
const places: readonly (readonly string[])[] = [
  ['with', '**'],
  ['env', '*'],
  ['timeout'],
  ['retry', 'limit'],
  ['resources', '*'],
  ['container', 'image'],
  ['outputs', '*', 'path'],
  ['inputs', '*', 'path'],
];

/** Makes the value at the cursor a param of the pipeline, with the value as its default. */
export function literalToParam(origin: Origin, position: Position): CodeAction[] {
  const { source } = origin.file.symbols;
  const { document } = origin;
  const located = locate(source, position);
  if (document.kind !== 'Pipeline' || document.unreadable || document.incomplete.has('params')) return [];
  if (!located || located.onKey || !isPlace([...located.path, located.key])) return [];
  const found = scalarAt(origin, position);
  if (!found) return [];
  const keys = [...located.path, located.key].filter((key) => key !== '*');
  const name = freeName(origin, keys.at(-1) ?? 'value');
  const declaration = declarationOf(found.node);
  const insertion = declaration && name !== null && paramsEdit(origin, name, declaration);
  if (!insertion || name === null) return [];
  const text = `\${{ params.${name} }}`;
  return [
    {
      title: `Turn into the param ${name}`,
      edits: [insertion, replaceOffsets(source, found, found.inFlow ? `"${text}"` : text)],
      preferred: false,
    },
  ];
}

function isPlace([section, , ...path]: readonly string[]): boolean {
  if (section !== 'steps' && section !== 'finally') return false;
  return places.some((place) =>
    place.at(-1) === '**'
      ? path.length > 1 && path[0] === place[0]
      : place.length === path.length && place.every((step, index) => step === '*' || step === path[index]),
  );
}

/** The scalar at a position, with its offsets in the file. */
function scalarAt(
  { file }: Origin,
  position: Position,
): { node: ScalarNode; start: number; end: number; inFlow: boolean } | null {
  const { source } = file.symbols;
  const offset = offsetAt(source, position);
  const chunk = chunkAt(source, offset);
  if (!chunk || chunk.parsed.problems.length > 0) return null;
  const around = nodesAround(chunk.parsed.root, offset - chunk.offset);
  const node = around.at(-1)?.node;
  if (node?.type !== 'scalar' || node.style === 'literal' || node.style === 'folded' || node.anchor || node.tag)
    return null;
  const inFlow = around.some(({ node: each }) => (each?.type === 'map' || each?.type === 'seq') && each.flow);
  return { node, start: chunk.offset + node.start, end: chunk.offset + node.end, inFlow };
}

interface Declaration {
  readonly type: string;
  readonly default: string | number | boolean;
}

function declarationOf({ value }: ScalarNode): Declaration | null {
  if (typeof value === 'string') return value.includes('${{') ? null : { type: 'string', default: value };
  if (typeof value === 'boolean') return { type: 'boolean', default: value };
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  return { type: Number.isInteger(value) ? 'integer' : 'number', default: value };
}

function freeName({ document }: Origin, key: string): string | null {
  const wanted = key.replace(/[^\w-]/g, '_');
  if (!/^[A-Za-z_][\w-]*$/.test(wanted)) return null;
  let name = wanted;
  for (let count = 2; document.params.has(name); count++) name = `${wanted}_${count}`;
  return name;
}

/** The new param in `params`, or with a `params` of its own before the steps. */
function paramsEdit(origin: Origin, name: string, declaration: Declaration): CodeAction['edits'][number] | null {
  const { source } = origin.file.symbols;
  const unit = origin.document.units.find((each) => each.section === null && each.name === 'params');
  if (!unit) return newSection(origin, name, declaration);
  const { pair } = unit.symbols.view;
  const isSpread = unit.symbols.view.value.container !== null;
  if (!isSpread && pair.value?.type === 'map' && pair.value.flow)
    return inFlow(origin, unit, `${name}: ${flowText(declaration)}`);
  if (!isSpread && pair.value !== null && pair.value.type !== 'map') return null;
  const line = rangeOfSpan(origin.file, unit, unit.symbols.view.key).start.line;
  const indent = innerIndent(origin, line);
  const end = endOfLine(source, lastNestedLine(source, line, 1));
  const lines = linesOf(name, declaration, indent);
  return replaceOffsets(source, { start: end, end }, newlineOf(source) + lines.join(newlineOf(source)));
}

function innerIndent(origin: Origin, line: number): number {
  const { lines } = origin.file.symbols.source;
  for (let below = line + 1; below < lines.count; below++) {
    const indent = lines.indents[below] ?? -1;
    if (indent >= 0) return indent > 0 ? indent : 2;
  }
  return 2;
}

function inFlow(origin: Origin, unit: Unit, entry: string): CodeAction['edits'][number] | null {
  const { source } = origin.file.symbols;
  const { value } = unit.symbols.view.pair;
  const chunk = unit.chunks[0];
  if (value?.type !== 'map' || !chunk) return null;
  const close = chunk.offset + value.end - 1;
  const before = source.text.slice(chunk.offset + value.start, close);
  const at = close - (/\s*$/.exec(before)?.[0].length ?? 0);
  const isFirst = value.items.length === 0;
  const comma = isFirst ? '' : source.text[at - 1] === ',' ? ' ' : ', ';
  return replaceOffsets(source, { start: at, end: at }, comma + entry);
}

function newSection(origin: Origin, name: string, declaration: Declaration): CodeAction['edits'][number] | null {
  const { source } = origin.file.symbols;
  const { body } = origin.document.document;
  const steps = body === null ? undefined : entriesOf(body).find(({ pair }) => keyText(pair.key) === 'steps');
  if (!steps) return null;
  let { line } = positionAt(source, steps.chunk.offset + steps.pair.key.start);
  // A comment right above the steps is theirs.
  while (line > 0 && lineText(source, line - 1).startsWith('#') && line - 1 >= origin.document.document.bodyLine)
    line--;
  const at = source.lines.starts[line] ?? 0;
  const newline = newlineOf(source);
  const lines = ['params:', ...linesOf(name, declaration, 2)];
  return replaceOffsets(source, { start: at, end: at }, lines.join(newline) + newline);
}

function linesOf(name: string, declaration: Declaration, indent: number): string[] {
  const lines = stringify({ [name]: declaration }, { lineWidth: 0 })
    .trimEnd()
    .split('\n');
  return lines.map((line) => ' '.repeat(indent) + line);
}

function flowText(declaration: Declaration): string {
  return inline(declaration).replace(/^\{ | \}$/g, (brace) => brace.trim());
}

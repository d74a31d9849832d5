import { stringify } from 'yaml';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { inline } from '../../schema/describe.ts';
import { type SchemaNode, schemaOf } from '../../schema/schema-model.ts';
import { expand, fittingMappings, schemasAt } from '../../schema/schema-path.ts';
import { type Source, updateSource } from '../../syntax/source.ts';
import type { CursorContext } from '../cursor.ts';
import { cursorContext } from '../cursor-context.ts';
import { offsetAt, positionAt } from '../locate.ts';
import { type CodeAction, endOfLine, lastNestedLine, newlineOf, replaceOffsets } from './action.ts';

/** The keys that a mapping has to have and has not, with the schema's examples as their values. */
export function addMissingKeys(source: Source, diagnostic: Diagnostic): CodeAction[] {
  const isEmptyValue = diagnostic.code === 'schema-type' && diagnostic.message.startsWith('A value is missing');
  if (diagnostic.code !== 'schema-missing-key' && !isEmptyValue) return [];
  const place = placeOf(source, diagnostic);
  if (!place) return [];
  const missing = missingKeys(contextAt(source, place));
  if (missing.length === 0) return [];
  const edit = place.flow
    ? inBraces(source, place, missing)
    : `${newlineOf(source)}${linesOf(missing, place.column).join(newlineOf(source))}`;
  const names = missing.map(({ name }) => name).join(', ');
  const title = missing.length === 1 ? `Add the key ${names}` : `Add the missing keys ${names}`;
  const at = { start: place.offset, end: place.offset };
  return [{ title, edits: [replaceOffsets(source, at, edit)], preferred: true }];
}

interface Place {
  /** Where the new text goes. */
  readonly offset: number;
  readonly column: number;
  readonly flow: boolean;
}

/** Where more keys of the mapping go that a diagnostic is about: it stands at the mapping's key, or at the mapping. */
function placeOf(source: Source, { range }: Diagnostic): Place | null {
  const start = offsetAt(source, { line: range.startLine, character: range.startCharacter });
  const end = offsetAt(source, { line: range.endLine, character: range.endCharacter });
  if (source.text[start] === '{') {
    if (source.text[end - 1] !== '}') return null;
    return {
      offset: end - 1 - (/\s*$/.exec(source.text.slice(start, end - 1))?.[0].length ?? 0),
      column: 0,
      flow: true,
    };
  }
  const column = range.startCharacter;
  const isKey = /^["']?\s*:(?:\s|$)/.test(source.text.slice(end, end + 80));
  // What a whole document lacks is told at its kind.
  const isDocument = isKey && column === 0 && source.text.slice(start, end) === 'kind';
  const least = isKey && !isDocument ? column + 1 : column;
  const last = lastNestedLine(source, range.startLine, least);
  const inner = isKey && !isDocument ? innerColumn(source, range.startLine, column) : column;
  return { offset: endOfLine(source, last), column: inner, flow: false };
}

function innerColumn(source: Source, line: number, column: number): number {
  for (let below = line + 1; below < source.lines.count; below++) {
    const indent = source.lines.indents[below] ?? -1;
    if (indent >= 0) return indent > column ? indent : column + 2;
  }
  return column + 2;
}

/** What the cursor would be at, if it stood on a new line of the mapping. */
function contextAt(source: Source, { offset, column, flow }: Place): CursorContext {
  if (flow) return contextAfter(source, offset, isEmptyBraces(source, offset) ? '' : ', ');
  return contextAfter(source, offset, `${newlineOf(source)}${' '.repeat(column)}`);
}

function contextAfter(source: Source, offset: number, inserted: string): CursorContext {
  const text = source.text.slice(0, offset) + inserted + source.text.slice(offset);
  const end = offset + inserted.length;
  const speculative = updateSource(source, text, { start: offset, oldEnd: offset, newEnd: end });
  return cursorContext(speculative, positionAt(speculative, end));
}

interface Missing {
  readonly name: string;
  readonly node: SchemaNode;
}

function missingKeys(context: CursorContext): Missing[] {
  if (context.kind === null || (context.role !== 'key' && context.role !== 'item')) return [];
  const mappings = fittingMappings(schemasAt(schemaOf(context.kind), context.path), context.siblings);
  const mapping = mappings.find((each) => suits(each, context.siblings)) ?? mappings[0];
  if (!mapping) return [];
  return [...mapping.required].flatMap((name) => {
    const node = mapping.properties.get(name);
    return node && !context.siblings.has(name) ? [{ name, node }] : [];
  });
}

/** Whether what a mapping has already is of the types that this alternative wants. */
function suits(mapping: SchemaNode, siblings: ReadonlyMap<string, string>): boolean {
  return [...siblings].every(([name, text]) => {
    const types = expand(mapping.properties.get(name) ?? mapping).flatMap((each) => each.types);
    if (text === '' || types.includes('object') || types.includes('array')) return true;
    if (text === 'true' || text === 'false') return types.includes('boolean');
    if (/^-?\d+$/.test(text)) return types.includes('integer') || types.includes('number');
    return /^-?[\d.]+$/.test(text) ? types.includes('number') : types.includes('string');
  });
}

/** The default of a key, else its first allowed value, else its example. */
function placeholderOf(node: SchemaNode): unknown {
  if (node.default !== undefined) return node.default;
  for (const each of expand(node)) if (each.enum && each.enum.length > 0) return each.enum[0];
  for (const each of [node, ...expand(node)]) if (each.examples.length > 0) return each.examples[0];
  const types = expand(node).flatMap(({ types }) => types);
  if (types.includes('number') || types.includes('integer')) return 0;
  if (types.includes('boolean')) return false;
  return types.includes('array') ? [] : types.includes('object') ? {} : '';
}

function linesOf(missing: readonly Missing[], column: number): string[] {
  const indent = ' '.repeat(column);
  return missing.flatMap(({ name, node }) =>
    stringify({ [name]: placeholderOf(node) }, { lineWidth: 0 })
      .trimEnd()
      .split('\n')
      .map((line) => (line === '' ? '' : indent + line)),
  );
}

function inBraces(source: Source, { offset }: Place, missing: readonly Missing[]): string {
  const entries = missing.map(({ name, node }) => `${name}: ${inline(placeholderOf(node))}`).join(', ');
  if (source.text[offset - 1] === ',') return ` ${entries}`;
  return isEmptyBraces(source, offset) ? entries : `, ${entries}`;
}

/** Whether an entry may stand at an offset of a flow mapping without a comma before it. */
function isEmptyBraces(source: Source, offset: number): boolean {
  return /[{,]\s*$/.test(source.text.slice(Math.max(0, offset - 200), offset));
}

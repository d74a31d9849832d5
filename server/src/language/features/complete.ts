import { kinds } from '#schemas/config/document.ts';
import { allowedValues, describeKey, inline, typeOf } from '../schema/describe.ts';
import { type SchemaNode, schemaOf } from '../schema/schema-model.ts';
import { expand, fittingMappings, schemasAt } from '../schema/schema-path.ts';
import type { Source } from '../syntax/source.ts';
import type { CursorContext, Position } from './cursor.ts';
import { cursorContext } from './cursor-context.ts';
import { entrySnippets } from './entry-snippets.ts';
import { documentSnippets, keySnippet } from './snippets.ts';

/** Something to insert. `text` is a snippet; lines after its first carry their whole indentation. */
export interface Completion {
  readonly label: string;
  readonly kind: 'key' | 'value' | 'snippet' | 'function' | 'reference' | 'file';
  readonly detail: string;
  /** A few words that stand beside the label in every row, where `detail` would be cut. */
  readonly summary?: string;
  /** Markdown. */
  readonly documentation: string;
  readonly text: string;
  readonly replace: CursorContext['replace'];
  /** The order in the list. */
  readonly sort: string;
  /** Offer the next list at once, for the value of a key. */
  readonly continues: boolean;
}

/** What may stand at the cursor, the likeliest first. */
export function complete(source: Source, position: Position): Completion[] {
  const context = cursorContext(source, position);
  if (context.path.length === 0 && (context.newDocument || context.key === 'kind')) return newDocument(context);
  return context.kind === null ? [] : completeBySchema(context, schemaOf(context.kind));
}

/** Keys and values that a schema has for the place of the cursor. */
export function completeBySchema(context: CursorContext, root: SchemaNode): Completion[] {
  switch (context.role) {
    case 'key':
      return nested(schemasAt(root, context.path), context);
    case 'item': {
      const items = schemasAt(root, context.path);
      return [...keys(items, context), ...values(items, context)].map((each) => ({
        ...each,
        text: `${context.needsSpace && !each.text.startsWith(' ') ? ' ' : ''}${each.text}`,
      }));
    }
    case 'value':
      return values(valueSchemas(root, context), context);
    default:
      return [];
  }
}

/** What may stand on a line below a key: keys of its mapping, else its value, else the first item of its list. */
function nested(nodes: readonly SchemaNode[], context: CursorContext): Completion[] {
  const own = keys(nodes, context);
  if (own.length > 0 || context.siblings.size > 0 || context.flow || context.colonFollows) return own;
  const items = nodes.flatMap(expand).flatMap((node) => node.items ?? []);
  if (items.length === 0) return values(nodes, { ...context, role: 'value', needsSpace: false });
  const inside = { ...context, role: 'item' as const, path: [...context.path, '*'], column: context.column + 2 };
  return [...keys(items, inside), ...values(items, inside)].map((each) => ({ ...each, text: `- ${each.text}` }));
}

function valueSchemas(root: SchemaNode, context: CursorContext): SchemaNode[] {
  const siblings = new Map([...context.siblings].filter(([key]) => key !== context.key));
  const mappings = fittingMappings(schemasAt(root, context.path), siblings);
  return mappings.flatMap((node) => node.properties.get(context.key) ?? node.additional ?? []);
}

function keys(nodes: readonly SchemaNode[], context: CursorContext): Completion[] {
  const mappings = fittingMappings(nodes, context.siblings);
  const offered = new Map<string, { node: SchemaNode; required: boolean; order: number }>();
  for (const mapping of mappings) {
    for (const [name, node] of mapping.properties) {
      if (context.siblings.has(name)) continue;
      const required = mapping.required.has(name);
      const known = offered.get(name);
      if (!known) offered.set(name, { node, required, order: offered.size });
      else offered.set(name, { ...known, node: merged(known.node, node), required: known.required || required });
    }
  }
  const named = [...offered].map(([name, { node, required, order }]) => ({
    label: name,
    kind: 'key' as const,
    detail: `${typeOf(node)}${required ? ', required' : ''}`,
    documentation: describeKey(name, node, required),
    text: keyText(name, node, context),
    replace: context.replace,
    sort: `${required ? '0' : '1'}${String(order).padStart(3, '0')}`,
    continues: !context.colonFollows && allowedValues(node).length > 0,
  }));
  return [...named, ...entries(mappings, context)];
}

/** New entries where names are the author's own: steps, params, environments. */
function entries(mappings: readonly SchemaNode[], context: CursorContext): Completion[] {
  if (context.colonFollows || context.flow) return [];
  const additional = mappings.find((mapping) => mapping.properties.size === 0)?.additional;
  if (!additional) return [];
  return entrySnippets(context, additional).map(({ label, detail, text }, index) => ({
    label,
    kind: 'snippet' as const,
    detail,
    documentation: additional.description ?? '',
    text,
    replace: context.replace,
    sort: `2${index}`,
    continues: false,
  }));
}

/** The key that tells alternatives apart offers the values of all of them. */
function merged(first: SchemaNode, second: SchemaNode): SchemaNode {
  if (!first.enum || !second.enum) return first;
  return { ...first, enum: [...new Set([...first.enum, ...second.enum])] };
}

function keyText(name: string, node: SchemaNode, context: CursorContext): string {
  if (context.colonFollows) return name;
  const snippet = keySnippet(name, node, context.column);
  return context.flow && snippet.includes('\n') ? `${name}: $1` : snippet;
}

function values(nodes: readonly SchemaNode[], context: CursorContext): Completion[] {
  const found = new Map<string, Completion>();
  const offer = (label: string, detail: string, order: string, text = label) => {
    if (found.has(label)) return;
    found.set(label, {
      label,
      kind: 'value',
      detail,
      documentation: '',
      text: `${spaceBefore(context)}${text.replace(/[\\$}]/g, '\\$&')}`,
      replace: context.replace,
      sort: order,
      continues: false,
    });
  };
  for (const [index, node] of nodes.flatMap(expand).entries()) {
    const order = String(index).padStart(3, '0');
    if (node.enum)
      for (const [at, value] of node.enum.entries())
        offer(String(value), node.description ?? '', `0${order}${String(at).padStart(3, '0')}`, inline(value));
    else if (node.types.includes('boolean')) for (const value of ['true', 'false']) offer(value, '', `0${order}`);
  }
  if (context.role === 'value') offerExamples(nodes, offer);
  return [...found.values()];
}

function offerExamples(
  nodes: readonly SchemaNode[],
  offer: (label: string, detail: string, order: string) => void,
): void {
  for (const node of nodes) {
    if (node.default !== undefined && isScalar(node.default)) offer(inline(node.default), 'default', '1');
    for (const example of node.examples) if (isScalar(example)) offer(inline(example), 'example', '2');
  }
}

/** `key:` needs a space before its value. */
function spaceBefore(context: CursorContext): string {
  return context.role === 'value' && context.needsSpace ? ' ' : '';
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object';
}

function newDocument(context: CursorContext): Completion[] {
  if (context.role === 'value')
    return context.key === 'apiVersion'
      ? [literal('mlops/v1', context)]
      : context.key === 'kind'
        ? kinds.map((kind) => literal(kind, context))
        : [];
  if (context.role !== 'key') return [];
  const heads = (['apiVersion', 'kind'] as const).filter((name) => !context.siblings.has(name));
  const whole = context.siblings.size > 0 ? [] : kinds;
  return [
    ...whole.map((kind, index) => ({
      label: kind,
      kind: 'snippet' as const,
      detail: `a whole ${kind} document`,
      documentation: describeKey('kind', kindSchema(kind), true),
      text: documentSnippets[kind],
      replace: context.replace,
      sort: `0${index}`,
      continues: false,
    })),
    ...heads.map((name) => ({
      label: name,
      kind: 'key' as const,
      detail: 'required',
      documentation: '',
      text: context.colonFollows ? name : name === 'kind' ? `kind: \${1|${kinds.join(',')}|}` : 'apiVersion: mlops/v1',
      replace: context.replace,
      sort: `1${name}`,
      continues: false,
    })),
  ];
}

function kindSchema(kind: (typeof kinds)[number]): SchemaNode {
  const schema = schemaOf(kind);
  return schema.properties.get('kind') ?? schema;
}

function literal(label: string, context: CursorContext): Completion {
  return {
    label,
    kind: 'value',
    detail: '',
    documentation: '',
    text: label,
    replace: context.replace,
    sort: '0',
    continues: false,
  };
}

import { keptWith } from '../../platform/kept-with.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Finding, Report } from '../diagnostics/finding.ts';
import type { MapNode, Node, Pair, ScalarNode, SeqNode } from '../syntax/ast.ts';
import type { ScalarValue, SchemaNode, SchemaType } from './schema-model.ts';

/** Resolves `*name` to the node it stands for; undefined where the anchor is in another chunk or nowhere. */
export type ResolveAlias = (name: string) => Node | null | undefined;

export interface CheckContext {
  readonly report: Report;
  readonly resolve: ResolveAlias;
}

const MAX_DEPTH = 100;

/** Checks one value against its place in the schema and reports every finding at the node that is to blame. */
export function checkValue(
  node: Node | null,
  schema: SchemaNode,
  place: Place,
  context: CheckContext,
  depth = 0,
): void {
  if (depth > MAX_DEPTH) return;
  if (node?.type === 'alias') {
    // The anchored value is checked where it stands; only its type matters here.
    const target = context.resolve(node.name);
    if (target && target.type !== 'alias' && !acceptsType(schema, target)) typeMismatch(target, schema, node, context);
    return;
  }
  if (node === null || (node.type === 'scalar' && node.value === null && node.style === 'plain')) {
    if (!allowsNull(schema)) missingValue(schema, node ?? place, context);
    return;
  }
  if (node.type === 'scalar' && holdsExpression(node)) {
    if (schema.enum?.length !== 1) return;
  }
  if (node.type === 'map' && reportDiscriminator(node, schema, place, context)) return;
  const chosen = chooseAlternative(node, schema, context);
  if (chosen === null) {
    typeMismatch(node, schema, node, context);
    return;
  }
  if (node.type === 'scalar') checkScalar(node, chosen, context);
  else if (node.type === 'seq') checkSequence(node, chosen, context, depth);
  else checkMapping(node, chosen, place, context, depth);
}

/**
 * Where alternatives are told apart by one key (`type: slack`), a value of it that none has, or its absence, is the one
 * thing to report: what the other keys mean depends on it.
 */
function reportDiscriminator(node: MapNode, schema: SchemaNode, place: Place, context: CheckContext): boolean {
  const found = discriminatorOf(schema);
  if (!found) return false;
  const pair = node.items.find(({ key }) => keyText(key) === found.name);
  if (!pair) {
    const keys = mergedKeys(node, context);
    if (keys === null || keys.has(found.name)) return false;
    const list = found.values.map((value) => `\`${value}\``).join(', ');
    report(
      context,
      node.flow ? node : place,
      'schema-missing-key',
      `The key \`${found.name}\` is missing: one of ${list}.`,
    );
    return true;
  }
  const value = pair.value;
  if (value?.type !== 'scalar' || found.values.includes(value.value as ScalarValue)) return false;
  checkEnum(value, found.values, context);
  return true;
}

interface Discriminator {
  readonly name: string;
  readonly values: readonly ScalarValue[];
}
const discriminators = keptWith<SchemaNode, Discriminator | null>();

/** The key that has another fixed value in each alternative; null where there is none. */
function discriminatorOf(schema: SchemaNode): Discriminator | null {
  if (schema.alternatives.length < 2) return null;
  const known = discriminators.get(schema);
  if (known !== undefined) return known;
  const found = findDiscriminator(schema);
  discriminators.set(schema, found);
  return found;
}

function findDiscriminator(schema: SchemaNode): Discriminator | null {
  const mappings = schema.alternatives.filter((each) => each.types.includes('object'));
  if (mappings.length < 2) return null;
  for (const [name] of mappings[0]?.properties ?? []) {
    const values = mappings.map((each) => {
      const inner = each.properties.get(name);
      return inner?.enum?.length === 1 && each.required.has(name) ? inner.enum[0] : undefined;
    });
    if (values.every((value) => value !== undefined)) return { name, values: values as ScalarValue[] };
  }
  return null;
}

/** Where a value belongs that has no node of its own: the key it stands behind. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

function checkSequence(node: SeqNode, schema: SchemaNode, context: CheckContext, depth: number): void {
  if (schema.minItems !== null && node.items.length < schema.minItems) {
    report(context, node, 'schema-value', `At least ${count(schema.minItems, 'item')} belong here.`);
  }
  if (!schema.items) return;
  for (const item of node.items) checkValue(item, schema.items, item ?? node, context, depth + 1);
}

function checkMapping(node: MapNode, schema: SchemaNode, place: Place, context: CheckContext, depth: number): void {
  checkPairs(node.items, schema, context, depth);
  const keys = mergedKeys(node, context);
  if (keys !== null) checkRequired(keys, schema, node.flow ? node : place, context);
  checkDuplicates(node.items, context);
}

/** Checks keys and values one by one; what is about all keys together is for the caller, who may see more of them. */
export function checkPairs(pairs: readonly Pair[], schema: SchemaNode, context: CheckContext, depth = 0): void {
  for (const { key, value } of pairs) {
    const name = keyText(key);
    if (name === null || name === '<<') continue;
    const inner = schema.properties.get(name);
    if (inner) {
      checkValue(value, inner, key, context, depth + 1);
    } else if (schema.additional) {
      if (schema.keyPattern && !schema.keyPattern.test(name)) {
        report(context, key, 'schema-key-name', schema.keyPatternMessage ?? `\`${name}\` can't be a name here.`);
      }
      checkValue(value, schema.additional, key, context, depth + 1);
    } else {
      unknownKey(key, name, schema, context);
    }
  }
}

function unknownKey(key: Node, name: string, schema: SchemaNode, context: CheckContext): void {
  const meant = didYouMean(name, schema.properties.keys());
  const known = [...schema.properties.keys()];
  const hint = meant[0]
    ? ` Did you mean \`${meant[0]}\`?`
    : known.length > 0 && known.length <= 12
      ? ` Known here: ${known.join(', ')}.`
      : '';
  report(context, key, 'schema-unknown-key', `\`${name}\` is not a key of this place.${hint}`, meant);
}

/** Reports each required key that is missing, at the key that the mapping stands behind. */
export function checkRequired(
  keys: { has(name: string): boolean; keys(): Iterable<string> },
  schema: SchemaNode,
  place: Place,
  context: CheckContext,
): void {
  const absent = [...schema.required].filter((name) => !keys.has(name));
  if (absent.length === 0) return;
  // A key that was misspelt is reported where it stands, not again as missing.
  const misspelt = new Set(
    [...keys.keys()]
      .filter((name) => !schema.properties.has(name))
      .map((name) => didYouMean(name, schema.properties.keys())[0]),
  );
  const missing = absent.filter((name) => !misspelt.has(name));
  if (missing.length === 0) return;
  const list = missing.map((name) => `\`${name}\``).join(', ');
  report(
    context,
    place,
    'schema-missing-key',
    missing.length === 1 ? `The key ${list} is missing.` : `Keys are missing: ${list}.`,
  );
}

/** The keys of a mapping with those that `<<` brings; null where it merges something that is out of sight. */
function mergedKeys(node: MapNode, context: CheckContext): Set<string> | null {
  const keys = new Set<string>();
  for (const { key, value } of node.items) {
    const name = keyText(key);
    if (name === null) continue;
    if (name !== '<<') {
      keys.add(name);
      continue;
    }
    const sources = value?.type === 'seq' ? value.items : [value];
    for (const source of sources) {
      const target = source?.type === 'alias' ? context.resolve(source.name) : source;
      if (target?.type !== 'map') return null;
      for (const pair of target.items) {
        const merged = keyText(pair.key);
        if (merged !== null) keys.add(merged);
      }
    }
  }
  return keys;
}

function checkDuplicates(pairs: readonly Pair[], context: CheckContext): void {
  const seen = new Map<string, Node>();
  for (const { key } of pairs) {
    const name = keyText(key);
    if (name === null || name === '<<') continue;
    const first = seen.get(name);
    if (!first) {
      seen.set(name, key);
      continue;
    }
    context.report({
      code: 'yaml-duplicate-key',
      start: key.start,
      end: Math.max(key.end, key.start + 1),
      message: `The key \`${name}\` stands here twice; only one value would count.`,
      related: [{ start: first.start, end: first.end, message: `\`${name}\` stands here first.` }],
    });
  }
}

/** The text of a key; null for one that is no scalar. */
export function keyText(key: Node): string | null {
  return key.type === 'scalar' ? String(key.value) : null;
}

function checkScalar(node: ScalarNode, schema: SchemaNode, context: CheckContext): void {
  const value = node.value;
  if (schema.enum) {
    checkEnum(node, schema.enum, context);
  } else if (typeof value === 'number' || typeof value === 'bigint') {
    checkNumber(node, Number(value), schema, context);
  } else if (typeof value === 'string') {
    checkText(node, value, schema, context);
  }
}

function checkEnum(node: ScalarNode, allowed: readonly ScalarValue[], context: CheckContext): void {
  if (allowed.some((each) => each === node.value)) return;
  const meant = didYouMean(String(node.value), allowed.map(String));
  const hint = meant[0] ? ` Did you mean \`${meant[0]}\`?` : '';
  const list = allowed.map((each) => `\`${each}\``);
  const expected = list.length === 1 ? `Expected ${list[0]}.` : `Expected one of ${list.join(', ')}.`;
  report(context, node, 'schema-value', `\`${node.value}\` is not allowed here.${hint || ` ${expected}`}`, meant);
}

function checkNumber(node: ScalarNode, value: number, schema: SchemaNode, context: CheckContext): void {
  const found =
    schema.minimum !== null && value < schema.minimum
      ? `at least ${schema.minimum}`
      : schema.exclusiveMinimum !== null && value <= schema.exclusiveMinimum
        ? `more than ${schema.exclusiveMinimum}`
        : schema.maximum !== null && value > schema.maximum
          ? `at most ${schema.maximum}`
          : schema.exclusiveMaximum !== null && value >= schema.exclusiveMaximum
            ? `less than ${schema.exclusiveMaximum}`
            : null;
  if (found) report(context, node, 'schema-value', `${value} is out of bounds: ${found} is allowed.`);
}

function checkText(node: ScalarNode, value: string, schema: SchemaNode, context: CheckContext): void {
  if (schema.minLength !== null && value.length < schema.minLength) {
    report(context, node, 'schema-value', 'This must not be empty.');
  } else if (schema.pattern && !schema.pattern.test(value)) {
    report(context, node, 'schema-value', schema.patternMessage ?? `\`${value}\` has not the form that belongs here.`);
  }
}

/**
 * The alternative that the value was meant for: by its type, then by the key that tells them apart (`type: slack`), then
 * by the keys it has. null where none takes a value of this type.
 */
function chooseAlternative(node: Node, schema: SchemaNode, context: CheckContext): SchemaNode | null {
  if (schema.alternatives.length === 0) return acceptsType(schema, node) ? schema : null;
  const fitting = schema.alternatives.filter((each) => acceptsType(each, node));
  if (fitting.length <= 1 || node.type === 'alias') return fitting[0] ?? null;
  if (node.type === 'map') return chooseMapping(node, fitting);
  const silent = (each: SchemaNode) => findings(node, each, context);
  return fitting.reduce((best, each) => (silent(each) < silent(best) ? each : best));
}

function findings(node: Node, schema: SchemaNode, context: CheckContext): number {
  let count = 0;
  checkValue(node, schema, node, { ...context, report: () => count++ });
  return count;
}

function chooseMapping(node: MapNode, fitting: readonly SchemaNode[]): SchemaNode {
  const values = new Map(node.items.map((pair) => [keyText(pair.key), pair.value]));
  return bestAlternative(
    fitting,
    (name) => values.has(name),
    (name) => {
      const value = values.get(name);
      return value?.type === 'scalar' ? value.value : undefined;
    },
  );
}

/** Chooses among alternatives for a mapping of which keys, and values of scalars, are known. */
export function bestAlternative(
  alternatives: readonly SchemaNode[],
  has: (key: string) => boolean,
  scalarOf: (key: string) => unknown,
): SchemaNode {
  const score = (each: SchemaNode): number => {
    let points = 0;
    for (const [name, inner] of each.properties) {
      if (!has(name)) continue;
      const value = scalarOf(name);
      const tells = inner.enum?.length === 1;
      points += tells && inner.enum?.[0] === value ? 1000 : tells ? -1 : 2;
    }
    for (const name of each.required) if (!has(name)) points -= 1;
    return points;
  };
  return alternatives.reduce((best, each) => (score(each) > score(best) ? each : best));
}

const typeNames: Readonly<Record<SchemaType, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'nothing',
  object: 'keys with values',
  array: 'a list',
};

function acceptsType(schema: SchemaNode, node: Node): boolean {
  if (schema.alternatives.length > 0) return schema.alternatives.some((each) => acceptsType(each, node));
  if (schema.types.length === 0 || node.type === 'alias') return true;
  return schema.types.some((type) => isOfType(node, type));
}

function isOfType(node: Node, type: SchemaType): boolean {
  if (node.type === 'map') return type === 'object';
  if (node.type === 'seq') return type === 'array';
  if (node.type === 'alias') return true;
  if (holdsExpression(node)) return type !== 'object' && type !== 'array' && type !== 'null';
  switch (typeof node.value) {
    case 'string':
      return type === 'string';
    case 'number':
    case 'bigint':
      return type === 'number' || (type === 'integer' && Number.isInteger(Number(node.value)));
    case 'boolean':
      return type === 'boolean';
    default:
      return type === 'null';
  }
}

function typeMismatch(node: Node, schema: SchemaNode, at: Place, context: CheckContext): void {
  const form = node.type === 'scalar' && typeof node.value === 'number' ? formOfText(schema, String(node.value)) : null;
  if (form !== null) {
    report(context, at, 'schema-type', `${form} This is ${describeNode(node)}.`);
    return;
  }
  const expected = expectation(schema);
  const quoted =
    node.type === 'scalar' && node.style === 'plain' && typeof node.value !== 'string' && acceptsText(schema);
  const unspaced =
    node.type === 'scalar' && node.style === 'plain' && !acceptsText(schema) && /^\w+:\S/.test(String(node.value));
  const hint = quoted ? ' Put it in quotes to make it text.' : unspaced ? ' A key needs a space after its colon.' : '';
  report(context, at, 'schema-type', `Expected ${expected}, but this is ${describeNode(node)}.${hint}`);
}

/** What form text has to have here, where no number can have it: quotes alone would not help. */
function formOfText(schema: SchemaNode, value: string): string | null {
  const texts = (schema.alternatives.length > 0 ? schema.alternatives : [schema]).filter((each) =>
    each.types.includes('string'),
  );
  const [first] = texts;
  return first?.pattern && texts.every(({ pattern }) => pattern && !pattern.test(value)) ? first.patternMessage : null;
}

function acceptsText(schema: SchemaNode): boolean {
  return schema.alternatives.length > 0 ? schema.alternatives.some(acceptsText) : schema.types.includes('string');
}

/** What belongs here, in words: `text`, `a number or a list`. */
export function expectation(schema: SchemaNode): string {
  const all = schema.alternatives.length > 0 ? schema.alternatives : [schema];
  const names = new Set(all.flatMap((each) => each.types.map((type) => typeNames[type])));
  if (names.has('a number')) names.delete('a whole number');
  const list = [...names];
  if (list.length === 0) return 'a value';
  return list.length === 1 ? (list[0] ?? '') : `${list.slice(0, -1).join(', ')} or ${list.at(-1)}`;
}

function describeNode(node: Node): string {
  if (node.type === 'map') return 'a mapping';
  if (node.type === 'seq') return 'a list';
  if (node.type === 'alias') return 'an alias';
  switch (typeof node.value) {
    case 'string':
      return node.value.length > 40 ? 'text' : `the text \`${node.value}\``;
    case 'number':
    case 'bigint':
      return `the number ${node.value}`;
    case 'boolean':
      return `${node.value}`;
    default:
      return 'nothing';
  }
}

function missingValue(schema: SchemaNode, at: Place, context: CheckContext): void {
  report(context, at, 'schema-type', `A value is missing here: expected ${expectation(schema)}.`);
}

function allowsNull(schema: SchemaNode): boolean {
  if (schema.alternatives.length > 0) return schema.alternatives.some(allowsNull);
  return schema.types.length === 0 || schema.types.includes('null');
}

function holdsExpression(node: ScalarNode): boolean {
  return typeof node.value === 'string' && node.value.includes('${{');
}

function report(
  context: CheckContext,
  at: Place,
  code: Finding['code'],
  message: string,
  replacements: readonly string[] = [],
): void {
  context.report({ code, start: at.start, end: Math.max(at.end, at.start + 1), message, replacements });
}

function count(number: number, noun: string): string {
  return number === 1 ? `one ${noun}` : `${number} ${noun}s`;
}

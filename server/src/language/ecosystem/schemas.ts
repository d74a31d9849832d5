import { existsSync, readFileSync } from 'node:fs';
import { anything, type ScalarValue, type SchemaNode, type SchemaType } from '../schema/schema-model.ts';

/** A folder of `schemas/ecosystem`. */
type SchemaSetName =
  | 'argo-rollouts'
  | 'argo-workflows'
  | 'conda'
  | 'dvc'
  | 'kfp'
  | 'kserve'
  | 'kubernetes'
  | 'mlproject';

type Json = Readonly<Record<string, unknown>>;

interface SchemaSet {
  readonly kinds: Json;
  readonly definitions: Json;
  readonly compiled: Map<string, SchemaNode>;
}

const sets = new Map<string, SchemaSet>();

/** The schema of one kind of an ecosystem's documents. Its file is read on first use, its parts where they are looked at. */
export function ecosystemSchema(name: SchemaSetName, kind: string): SchemaNode {
  const set = setOf(name);
  const schema = set.kinds[kind];
  return schema === undefined ? anything : compile(record(schema), name);
}

/** Run from sources this file is four folders down; in a bundle it is in `dist` or `dist/chunks`. */
const places = ['../../../../schemas/ecosystem/', '../schemas/ecosystem/', '../../schemas/ecosystem/'];

function setOf(name: string): SchemaSet {
  const known = sets.get(name);
  if (known) return known;
  const files = places.map((place) => new URL(`${place}${name}/schema.json`, import.meta.url));
  const file = files.find((each) => existsSync(each));
  if (!file) throw new Error(`The schema of ${name} is missing from this installation.`);
  const document = record(JSON.parse(readFileSync(file, 'utf8')));
  const set = { kinds: record(document.kinds), definitions: record(document.$defs), compiled: new Map() };
  sets.set(name, set);
  return set;
}

/** `#/$defs/Name` or `../set/schema.json#/$defs/Name`. */
const reference = /^(?:\.\.\/([\w-]+)\/schema\.json)?#\/\$defs\/(.+)$/;

function resolve(text: string, home: string): SchemaNode {
  const [, other, name] = reference.exec(text) ?? [];
  if (name === undefined) return anything;
  const setName = other ?? home;
  const set = setOf(setName);
  const known = set.compiled.get(name);
  if (known) return known;
  const compiled = compile(record(set.definitions[name]), setName);
  set.compiled.set(name, compiled);
  return compiled;
}

function compile(schema: Json, home: string): SchemaNode {
  if (typeof schema.$ref === 'string') return described(resolve(schema.$ref, home), schema.description);
  if (schema.type === undefined && schema.anyOf === undefined && schema.enum === undefined) {
    return described(anything, schema.description);
  }
  const open = isOpen(schema);
  return {
    ...anything,
    description: text(schema.description),
    examples: Array.isArray(schema.examples) ? schema.examples : [],
    types: typesOf(schema),
    enum: Array.isArray(schema.enum) ? [...(schema.enum as ScalarValue[]), null] : null,
    required: new Set(Array.isArray(schema.required) ? schema.required.map(String) : []),
    get properties() {
      return once(this, 'properties', compileAll(record(schema.properties), home));
    },
    get additional() {
      return open ? once(this, 'additional', compile(record(schema.additionalProperties), home)) : null;
    },
    get items() {
      return schema.items === undefined ? null : once(this, 'items', compile(record(schema.items), home));
    },
    get alternatives() {
      return once(this, 'alternatives', alternativesOf(schema, home));
    },
  };
}

function compileAll(properties: Json, home: string): ReadonlyMap<string, SchemaNode> {
  return new Map(Object.entries(properties).map(([name, inner]) => [name, compile(record(inner), home)]));
}

/** Alternatives of alternatives are alternatives. */
function alternativesOf(schema: Json, home: string): readonly SchemaNode[] {
  if (!Array.isArray(schema.anyOf)) return [];
  return schema.anyOf
    .map((each) => compile(record(each), home))
    .flatMap((each) => (each.alternatives.length > 0 ? each.alternatives : [each]));
}

/** Works a property out where it is first looked at, so that of a large schema only what a file uses is made. */
function once<T>(owner: object, name: string, value: T): T {
  Object.defineProperty(owner, name, { value, enumerable: true, configurable: true });
  return value;
}

/** The same place with the description of the key that leads there. */
function described(node: SchemaNode, description: unknown): SchemaNode {
  const own = text(description);
  if (own === null) return node;
  const copy: SchemaNode = { ...anything };
  const properties = { ...Object.getOwnPropertyDescriptors(node), description: { value: own, enumerable: true } };
  return Object.defineProperties(copy, properties);
}

function isOpen(schema: Json): boolean {
  if (schema.additionalProperties !== undefined) return schema.additionalProperties !== false;
  return schema.properties === undefined;
}

/** Nothing may stand for any value: the readers of these files take it for one that was left out. */
function typesOf(schema: Json): SchemaType[] {
  const own = typeof schema.type === 'string' ? [schema.type] : Array.isArray(schema.type) ? schema.type : [];
  return own.length === 0 ? [] : [...(own as SchemaType[]), 'null'];
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

import type { Kind } from '#schemas/config/document.ts';
import { type JsonSchema, jsonSchemaOf } from '#schemas/config/json-schema.ts';

export type ScalarValue = string | number | boolean | null;
export type SchemaType = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'object' | 'array';

/**
 * A JSON Schema as validation, completion and hover walk it: alternatives flattened, properties looked up by name.
 * One object stands for one place of the schema, so that results can be cached by it.
 */
export interface SchemaNode {
  readonly title: string | null;
  readonly description: string | null;
  readonly examples: readonly unknown[];
  /** undefined: there is none. */
  readonly default: unknown;
  /** Empty: any type. */
  readonly types: readonly SchemaType[];
  readonly enum: readonly ScalarValue[] | null;
  readonly pattern: RegExp | null;
  readonly patternMessage: string | null;
  readonly minimum: number | null;
  readonly exclusiveMinimum: number | null;
  readonly maximum: number | null;
  readonly exclusiveMaximum: number | null;
  readonly minLength: number | null;
  readonly minItems: number | null;
  readonly properties: ReadonlyMap<string, SchemaNode>;
  readonly required: ReadonlySet<string>;
  /** null: no other keys. */
  readonly additional: SchemaNode | null;
  readonly keyPattern: RegExp | null;
  readonly keyPatternMessage: string | null;
  readonly items: SchemaNode | null;
  /** More than one: any of them may hold. Never nested. */
  readonly alternatives: readonly SchemaNode[];
}

/** A place where any value may stand. */
export const anything: SchemaNode = {
  title: null,
  description: null,
  examples: [],
  default: undefined,
  types: [],
  enum: null,
  pattern: null,
  patternMessage: null,
  minimum: null,
  exclusiveMinimum: null,
  maximum: null,
  exclusiveMaximum: null,
  minLength: null,
  minItems: null,
  properties: new Map(),
  required: new Set(),
  get additional() {
    return anything;
  },
  keyPattern: null,
  keyPatternMessage: null,
  items: null,
  alternatives: [],
};

const cache = new Map<Kind, SchemaNode>();

/** The schema of a kind; made on first use and kept. */
export function schemaOf(kind: Kind): SchemaNode {
  let node = cache.get(kind);
  if (!node) {
    node = compile(jsonSchemaOf(kind));
    cache.set(kind, node);
  }
  return node;
}

function compile(schema: JsonSchema): SchemaNode {
  if (isEmpty(schema)) return anything;
  const alternatives = flatten(schema);
  const properties = new Map<string, SchemaNode>();
  for (const [name, inner] of Object.entries(record(schema.properties))) properties.set(name, compile(record(inner)));
  const names = record(schema.propertyNames);
  const additional = schema.additionalProperties;
  const closed = additional === false || (schema.properties === undefined && additional === undefined);
  return {
    title: text(schema.title),
    description: text(schema.description),
    examples: Array.isArray(schema.examples) ? schema.examples : [],
    default: schema.default,
    types: typesOf(schema),
    enum: enumOf(schema),
    pattern: pattern(schema.pattern),
    patternMessage: text(schema.patternErrorMessage),
    minimum: number(schema.minimum),
    exclusiveMinimum: number(schema.exclusiveMinimum),
    maximum: number(schema.maximum),
    exclusiveMaximum: number(schema.exclusiveMaximum),
    minLength: number(schema.minLength),
    minItems: number(schema.minItems),
    properties,
    required: new Set(Array.isArray(schema.required) ? schema.required.map(String) : []),
    additional: closed ? null : isEmpty(additional) ? anything : compile(record(additional)),
    keyPattern: pattern(names.pattern),
    keyPatternMessage: text(names.patternErrorMessage),
    items: schema.items === undefined ? null : compile(record(schema.items)),
    alternatives: alternatives.length > 1 ? alternatives.map(compile) : [],
  };
}

function isEmpty(schema: unknown): boolean {
  return Object.keys(record(schema)).length === 0;
}

/** Alternatives of alternatives are alternatives; what stands beside them (description, default) is for the whole. */
function flatten(schema: JsonSchema): JsonSchema[] {
  const inner = schema.anyOf ?? schema.oneOf;
  return Array.isArray(inner) ? inner.flatMap((each) => flatten(record(each))) : [schema];
}

function typesOf(schema: JsonSchema): SchemaType[] {
  if (typeof schema.type === 'string') return [schema.type as SchemaType];
  return Array.isArray(schema.type) ? (schema.type as SchemaType[]) : [];
}

function enumOf(schema: JsonSchema): ScalarValue[] | null {
  if (schema.const !== undefined) return [schema.const as ScalarValue];
  return Array.isArray(schema.enum) ? (schema.enum as ScalarValue[]) : null;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function number(value: unknown): number | null {
  // zod bounds integers by the safe range; that is no bound a person set.
  return typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : null;
}

function pattern(value: unknown): RegExp | null {
  return typeof value === 'string' ? new RegExp(value, 'u') : null;
}

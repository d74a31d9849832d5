/** The part of JSON Schema that the ecosystem's schemas use. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  enum?: (string | number | boolean | null)[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | false;
  items?: JsonSchema;
}

export type Definitions = Map<string, JsonSchema>;

const MAX_DESCRIPTION = 160;

/** The first sentence of a description, on one line: what a hover shows. */
export function shortDescription(text: string): string | null {
  const line = text
    .replace(/\n\s*\n[\s\S]*$/, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (line === '') return null;
  const sentence = /^.*?[a-z)`'"\]]\.(?=\s|$)/i.exec(line)?.[0] ?? line;
  return sentence.length <= MAX_DESCRIPTION ? sentence : `${sentence.slice(0, MAX_DESCRIPTION - 1).trimEnd()}…`;
}

/** The definitions that are reached from some roots, in order of their names. */
export function reachable(all: Definitions, roots: readonly string[]): Definitions {
  const found = new Set<string>();
  const visit = (name: string) => {
    const schema = all.get(name);
    if (!schema) throw new Error(`There is no definition ${name}.`);
    if (found.has(name)) return;
    found.add(name);
    for (const target of referencesOf(schema)) visit(target);
  };
  roots.forEach(visit);
  return new Map(
    [...found].sort().flatMap((name) => {
      const schema = all.get(name);
      return schema ? [[name, schema]] : [];
    }),
  );
}

function referencesOf(schema: JsonSchema): string[] {
  return [
    ...(schema.$ref === undefined ? [] : [schema.$ref]),
    ...Object.values(schema.properties ?? {}).flatMap(referencesOf),
    ...(schema.items ? referencesOf(schema.items) : []),
    ...(schema.additionalProperties ? referencesOf(schema.additionalProperties) : []),
  ];
}

/** A copy whose references are written by `write`. */
export function withReferences(schema: JsonSchema, write: (name: string) => string): JsonSchema {
  const inner = (each: JsonSchema) => withReferences(each, write);
  return {
    ...schema,
    ...(schema.$ref === undefined ? {} : { $ref: write(schema.$ref) }),
    ...(schema.items ? { items: inner(schema.items) } : {}),
    ...(schema.additionalProperties ? { additionalProperties: inner(schema.additionalProperties) } : {}),
    ...(schema.properties
      ? { properties: Object.fromEntries(Object.entries(schema.properties).map(([key, value]) => [key, inner(value)])) }
      : {}),
  };
}

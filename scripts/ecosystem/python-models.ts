import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Definitions, type JsonSchema, shortDescription } from './schema-set.ts';

/** Finds the definition that a model of Kubernetes itself is described by, as `V1Container`. */
export type CoreModel = (className: string) => JsonSchema | null;

/**
 * Reads the models of a Python client that the OpenAPI generator wrote: a class a file, with the tables `openapi_types`
 * and `attribute_map`, and a check in the setter of what is required.
 */
export function readPythonModels(folder: string, core: CoreModel): Definitions {
  const files = readdirSync(folder).filter((name) => name.endsWith('.py') && name !== '__init__.py');
  const classes = new Map<string, string>();
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    const name = /^class (\w+)\(object\):/m.exec(text)?.[1];
    if (name !== undefined) classes.set(name, text);
  }
  const definitions: Definitions = new Map();
  for (const [name, text] of classes) definitions.set(name, modelOf(text, { classes, core }));
  return definitions;
}

interface Known {
  readonly classes: ReadonlyMap<string, string>;
  readonly core: CoreModel;
}

function modelOf(text: string, known: Known): JsonSchema {
  const types = tableOf(text, 'openapi_types');
  const names = tableOf(text, 'attribute_map');
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const [attribute, type] of types) {
    const name = names.get(attribute) ?? attribute;
    // What the cluster writes is nothing that a person gets wrong.
    properties[name] = name === 'status' ? {} : { ...typeOf(type, known), ...describe(text, attribute) };
    if (text.includes(`Invalid value for \`${attribute}\`, must not be \`None\``)) required.push(name);
  }
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}) };
}

function tableOf(text: string, name: string): Map<string, string> {
  const body = new RegExp(`${name} = \\{([^}]*)\\}`).exec(text)?.[1] ?? '';
  return new Map([...body.matchAll(/'([^']+)': '([^']+)'/g)].map((match) => [match[1] ?? '', match[2] ?? '']));
}

const scalars: Readonly<Record<string, JsonSchema>> = {
  str: { type: 'string' },
  int: { type: 'integer' },
  float: { type: 'number' },
  bool: { type: 'boolean' },
  object: {},
  datetime: { type: 'string' },
};

function typeOf(type: string, known: Known): JsonSchema {
  const item = /^list\[(.*)\]$/.exec(type)?.[1];
  if (item !== undefined) return { type: 'array', items: typeOf(item, known) };
  const value = /^dict\(str, (.*)\)$/.exec(type)?.[1];
  if (value !== undefined) return { type: 'object', additionalProperties: typeOf(value, known) };
  const scalar = scalars[type];
  if (scalar) return { ...scalar };
  if (known.classes.has(type)) return { $ref: type };
  return known.core(type) ?? {};
}

/** The description in the docstring of an attribute's getter. */
function describe(text: string, attribute: string): { description?: string } {
  const getter = new RegExp(
    `def ${attribute}\\(self\\):\\n\\s+"""Gets the ${attribute} of [^\\n]*\\n\\n([\\s\\S]*?)"""`,
  );
  const body = getter.exec(text)?.[1]?.replace(/\s+# noqa: E501[\s\S]*$/, '') ?? '';
  const short = body.includes(':return:') ? null : shortDescription(body);
  return short === null ? {} : { description: short };
}

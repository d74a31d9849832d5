import { z } from 'zod';
import { documentSchemas, type Kind, mlopsDocument } from './document.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

const baseUri = 'https://mlops-workbench.github.io/schemas/';

/** The JSON Schema (draft 7) of a kind as someone writes it: defaults need not be given. */
export function jsonSchemaOf(kind: Kind): JsonSchema {
  return finish(z.toJSONSchema(documentSchemas[kind], { target: 'draft-07', io: 'input' }), kind);
}

/** File name → JSON Schema: one a kind, and one for a file with documents of any kind. */
export function jsonSchemas(): Record<string, JsonSchema> {
  const files: Record<string, JsonSchema> = {};
  for (const kind of Object.keys(documentSchemas) as Kind[])
    files[`${kind.toLowerCase()}.schema.json`] = jsonSchemaOf(kind);
  files['mlops.schema.json'] = finish(z.toJSONSchema(mlopsDocument, { target: 'draft-07', io: 'input' }), 'mlops');
  return files;
}

function finish(schema: object, name: string): JsonSchema {
  const { $schema, ...rest } = markdown(schema) as Record<string, unknown>;
  return { $schema, $id: `${baseUri}${name.toLowerCase()}.schema.json`, title: name, ...rest };
}

/** Editors of VS Code's family show `markdownDescription` with its code spans. */
function markdown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(markdown);
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    result[name] =
      name === 'examples' || name === 'default' || name === 'const' || name === 'enum' ? inner : markdown(inner);
    if (name === 'description' && typeof inner === 'string' && inner.includes('`')) result.markdownDescription = inner;
  }
  return result;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { documentSchemas, isKind, kinds, mlopsDocument } from '#schemas/config/document.ts';
import { jsonSchemaOf, jsonSchemas } from '#schemas/config/json-schema.ts';

interface Place {
  readonly path: string;
  readonly schema: Record<string, unknown>;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Every key of a JSON Schema, wherever it is nested. */
function keysOf(value: unknown, path: string): Place[] {
  const schema = record(value);
  if (Object.keys(schema).length === 0) return [];
  const own = Object.entries(record(schema.properties)).flatMap(([name, inner]) => [
    { path: `${path}.${name}`, schema: record(inner) },
    ...keysOf(inner, `${path}.${name}`),
  ]);
  const nested = [...list(schema.anyOf), ...list(schema.oneOf), ...list(schema.allOf)].flatMap((inner, index) =>
    keysOf(inner, `${path}|${index}`),
  );
  const inner = [schema.items, schema.additionalProperties].flatMap((each) => keysOf(each, `${path}.*`));
  return [...own, ...nested, ...inner];
}

/** Every described schema of a kind, as zod has it. */
function describedSchemas(root: z.ZodType): { description: string; schema: z.ZodType; examples: readonly unknown[] }[] {
  const found: { description: string; schema: z.ZodType; examples: readonly unknown[] }[] = [];
  z.toJSONSchema(root, {
    target: 'draft-07',
    io: 'input',
    override: ({ zodSchema }) => {
      if (!(zodSchema instanceof z.ZodType)) return;
      const meta = zodSchema.meta();
      if (meta?.examples) {
        found.push({ description: meta.description ?? '', schema: zodSchema, examples: list(meta.examples) });
      }
    },
  });
  return found;
}

describe.each(kinds)('the schema of %s', (kind) => {
  const places = keysOf(jsonSchemaOf(kind), kind);

  it('describes every key, with an example', () => {
    const bare = places.filter(({ schema }) => typeof schema.description !== 'string' || schema.description === '');
    const withoutExample = places.filter(({ schema }) => list(schema.examples).length === 0);
    expect(places.length).toBeGreaterThan(20);
    expect(bare.map(({ path }) => path)).toEqual([]);
    expect(withoutExample.map(({ path }) => path)).toEqual([]);
  });

  it('accepts each of its examples', () => {
    const described = describedSchemas(documentSchemas[kind]);
    const refused = described.flatMap(({ description, schema, examples }) =>
      examples.filter((example) => !schema.safeParse(example).success).map((example) => ({ description, example })),
    );
    expect(described.length).toBeGreaterThan(20);
    expect(refused).toEqual([]);
  });

  it('has defaults that it accepts itself', () => {
    const wrong = places.filter(({ schema }) => schema.default !== undefined && !fits(schema));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('refuses keys that it does not know, on every level', () => {
    const open = objectsOf(jsonSchemaOf(kind), kind).filter(({ schema }) => schema.additionalProperties !== false);
    expect(open.map(({ path }) => path)).toEqual([]);
  });
});

/** Whether a key's default is one of its allowed values and of its type. */
function fits(schema: Record<string, unknown>): boolean {
  const alternatives = [...list(schema.anyOf), ...list(schema.oneOf)].map(record);
  if (alternatives.length > 0) return alternatives.some((each) => fits({ ...each, default: schema.default }));
  const allowed = list(schema.enum);
  if (allowed.length > 0) return allowed.includes(schema.default);
  const type = Array.isArray(schema.default) ? 'array' : typeof schema.default;
  return schema.type === undefined || schema.type === type || (schema.type === 'integer' && type === 'number');
}

function objectsOf(value: unknown, path: string): Place[] {
  const schema = record(value);
  const own = schema.properties === undefined ? [] : [{ path, schema }];
  const inner = Object.entries(schema).flatMap(([name, each]) =>
    name === 'properties'
      ? Object.entries(record(each)).flatMap(([key, one]) => objectsOf(one, `${path}.${key}`))
      : Array.isArray(each)
        ? each.flatMap((one, index) => objectsOf(one, `${path}|${index}`))
        : name === 'items' || name === 'additionalProperties'
          ? objectsOf(each, `${path}.*`)
          : [],
  );
  return [...own, ...inner];
}

describe('the JSON Schema files', () => {
  it('are one a kind and one for all, in draft 7, with ids of their own', () => {
    const files = jsonSchemas();
    expect(Object.keys(files).sort()).toEqual(
      [...kinds.map((kind) => `${kind.toLowerCase()}.schema.json`), 'mlops.schema.json'].sort(),
    );
    const ids = Object.values(files).map(({ $id }) => $id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const schema of Object.values(files)) expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
  });

  it('are the same each time they are made', () => {
    expect(JSON.stringify(jsonSchemas())).toBe(JSON.stringify(jsonSchemas()));
  });

  it('are those in the repository', () => {
    const folder = join(import.meta.dirname, '../../../schemas/json');
    const files = jsonSchemas();
    expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
    for (const [name, schema] of Object.entries(files)) {
      expect(JSON.parse(readFileSync(join(folder, name), 'utf8')), name).toEqual(JSON.parse(JSON.stringify(schema)));
    }
  });
});

describe('the example workspace', () => {
  const folder = join(import.meta.dirname, '../../../docs/examples/churn');
  const files = readdirSync(folder).filter((name) => /(?:^|\.)mlops\.ya?ml$/.test(name));

  it.each(files)('%s is valid', (name) => {
    const documents = [...parseAllDocuments(readFileSync(join(folder, name), 'utf8'))];
    expect(documents.length).toBeGreaterThan(0);
    for (const document of documents) {
      const parsed = mlopsDocument.safeParse('toJS' in document ? document.toJS() : null);
      expect(parsed.error?.issues ?? []).toEqual([]);
    }
  });

  it('has a document of every kind', () => {
    const found = files.flatMap((name) =>
      [...parseAllDocuments(readFileSync(join(folder, name), 'utf8'))].map((document) =>
        'get' in document ? document.get('kind') : null,
      ),
    );
    expect(new Set(found.filter(isKind))).toEqual(new Set(kinds));
  });
});

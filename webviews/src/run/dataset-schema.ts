import { z } from 'zod';

/** A column of a dataset as MLflow describes it. */
export interface SchemaColumn {
  readonly name: string;
  readonly type: string;
  readonly required: boolean | null;
}

const columnSpec = z.object({
  name: z.string().optional(),
  type: z.string(),
  required: z.boolean().optional(),
});
const tensorSpec = z.object({
  name: z.string().optional(),
  'tensor-spec': z.object({ dtype: z.string(), shape: z.array(z.number()) }),
});
// A tensor has both a type, which says no more than that it is one, and its own description.
const schemaText = z.object({ mlflow_colspec: z.array(z.union([tensorSpec, columnSpec])) });

/** The columns in MLflow's JSON of a dataset's schema; null where it is none that we know. */
export function schemaColumns(text: string): SchemaColumn[] | null {
  const parsed = schemaText.safeParse(parseJson(text));
  if (!parsed.success) return null;
  return parsed.data.mlflow_colspec.map((column, index) => {
    const name = column.name ?? `column ${index + 1}`;
    if (!('tensor-spec' in column)) return { name, type: column.type, required: column.required ?? null };
    const { dtype, shape } = column['tensor-spec'];
    return { name, type: `${dtype} [${shape.join(', ')}]`, required: null };
  });
}

/** JSON with a line for each part; other text as it is. */
export function prettyJson(text: string): string {
  const parsed = parseJson(text);
  return parsed === null ? text : JSON.stringify(parsed, null, 2);
}

const plainValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const plainRecord = z.record(z.string(), z.union([plainValue, z.record(z.string(), plainValue)]));

/**
 * A JSON object of at most two levels (a profile, a source) as pairs; null where it is something else. The names of the
 * second level stand after those of the first, but for `tags`, in which MLflow puts all there is of a source in code.
 */
export function flatPairs(text: string): [string, string][] | null {
  const parsed = plainRecord.safeParse(parseJson(text));
  if (!parsed.success) return null;
  return Object.entries(parsed.data).flatMap(([key, value]): [string, string][] => {
    if (value === null || typeof value !== 'object') return [[key, String(value)]];
    const prefix = key === 'tags' ? '' : `${key}.`;
    return Object.entries(value).map(([inner, own]) => [`${prefix}${inner}`, String(own)]);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

import type { Stats } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import type { z } from 'zod';
import { readText, statInside } from './files.ts';

/** A `meta.yaml` that says something else than it should; the message names what. */
export class MetadataError extends Error {
  override readonly name = 'MetadataError';
}

/**
 * Parses a `meta.yaml`. All scalars come as texts but for null: PyYAML writes YAML 1.1 and quotes by its rules, so that
 * a plain `1e5` or `0o7` is a name there and a number elsewhere, and large integers stay exact.
 */
export function parseMetadata(text: string): unknown {
  return (
    parseFlat(text) ?? parse(text, { schema: 'failsafe', customTags: ['null'], version: '1.1', logLevel: 'error' })
  );
}

const FLAT_LINE = /^([A-Za-z_]\w*): (?:'((?:[^'\\]|'')*)'|([\w/.][\w/.:@%+ -]*)|(\[\]|\{\}))$/;

/**
 * The shape that MLflow writes for nearly every run: one `key: scalar` a line. Several times as quick as a whole parser,
 * which matters at 10,000 runs; null for anything else.
 */
function parseFlat(text: string): Record<string, unknown> | null {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length === 0) return null;
  const record: Record<string, unknown> = {};
  for (const line of lines) {
    const match = FLAT_LINE.exec(line);
    const key = match?.[1];
    if (!match || key === undefined || key in record) return null;
    const [, , quoted, plain, empty] = match;
    if (quoted !== undefined) record[key] = quoted.replaceAll("''", "'");
    else if (plain !== undefined) {
      if (
        plain.includes(': ') ||
        plain.endsWith(':') ||
        plain.endsWith(' ') ||
        /^(\.|null$|Null$|NULL$|---)/.test(plain)
      ) {
        if (plain !== 'null') return null;
        record[key] = null;
      } else record[key] = plain;
    } else record[key] = empty === '[]' ? [] : {};
  }
  return record;
}

// MLflow empties the file before it writes it anew.
const RETRY_DELAYS_MS = [20, 50, 100];

const MAX_BYTES = 1024 * 1024;

/** A `meta.yaml` with the real path of the store, which it must not be a link out of. */
export interface MetadataFile {
  readonly path: string;
  readonly boundary: string;
}

/**
 * Reads and checks a `meta.yaml`; waits a little for one that is empty because it is being written. null where there is
 * none. Throws MetadataError for one that can't be what it should.
 */
export async function readMetadata<T>(
  file: MetadataFile,
  schema: z.ZodType<T>,
  signal?: AbortSignal,
): Promise<T | null> {
  const stats = await statInside(file.path, file.boundary);
  return stats === null ? null : readStatted(file.path, stats, schema, signal);
}

/** As {@link readMetadata}, for a file whose state was asked for already. */
export async function readStatted<T>(
  path: string,
  stats: Stats,
  schema: z.ZodType<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (!stats.isFile()) throw new MetadataError('meta.yaml is no file');
  if (stats.size > MAX_BYTES) throw new MetadataError(`meta.yaml has ${stats.size} bytes, far more than MLflow writes`);
  let text = await readText(path);
  for (const wait of RETRY_DELAYS_MS) {
    if (text.trim() !== '') break;
    await delay(wait, undefined, signal ? { signal } : {});
    text = await readText(path);
  }
  if (text.trim() === '') throw new MetadataError('meta.yaml is empty');
  return check(text, schema);
}

function check<T>(text: string, schema: z.ZodType<T>): T {
  let content: unknown;
  try {
    content = parseMetadata(text);
  } catch (error) {
    throw new MetadataError(`meta.yaml is no valid YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new MetadataError(`meta.yaml has no valid ${issue?.path.join('.') || 'content'}: ${issue?.message ?? ''}`);
}
